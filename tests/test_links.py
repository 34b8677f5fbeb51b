"""Tokens open one door, for one person, for as long as a key is known."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.errors import LinkExpired, LinkInvalid
from digest.links import (
    DOORS,
    LONGEST_BOUNCE_NAME,
    SETTINGS_FOR,
    Links,
    Purpose,
    bounce_tags,
    return_path,
    url,
)
from tests.factories import make_issue, make_reader

SUBJECT = "4f1c" * 8


def test_a_token_names_whom_it_was_made_for() -> None:
    links = Links(["one"])

    token = links.token(Purpose.UNSUBSCRIBE, SUBJECT)

    assert links.subject(Purpose.UNSUBSCRIBE, token) == SUBJECT


def test_the_first_key_signs_and_all_verify() -> None:
    before = Links(["old"]).token(Purpose.UNSUBSCRIBE, SUBJECT)
    rotated = Links(["new", "old"])

    assert rotated.subject(Purpose.UNSUBSCRIBE, before) == SUBJECT
    after = rotated.token(Purpose.UNSUBSCRIBE, SUBJECT)
    assert Links(["new"]).subject(Purpose.UNSUBSCRIBE, after) == SUBJECT
    with pytest.raises(LinkInvalid):
        Links(["old"]).subject(Purpose.UNSUBSCRIBE, after)


@given(st.text())
def test_nothing_but_our_own_tokens_opens_a_door(token: str) -> None:
    with pytest.raises(LinkInvalid):
        Links(["key"]).subject(Purpose.UNSUBSCRIBE, token)


@given(st.integers(min_value=0), st.characters(codec="ascii"))
def test_a_changed_token_is_refused(place: int, letter: str) -> None:
    links = Links(["key"])
    token = links.token(Purpose.UNSUBSCRIBE, SUBJECT)
    place %= len(token) - 1  # the last base64 digit holds two bits that mean nothing
    changed = token[:place] + letter + token[place + 1 :]
    if changed == token:
        return

    with pytest.raises(LinkInvalid):
        links.subject(Purpose.UNSUBSCRIBE, changed)


def test_a_token_of_one_purpose_opens_no_other_door() -> None:
    links = Links(["key"])

    for purpose in Purpose:
        token = links.token(purpose, SUBJECT)
        for other in set(Purpose) - {purpose}:
            with pytest.raises(LinkInvalid):
                links.subject(other, token)


def test_the_tokens_of_an_issue_are_the_readers_and_its_own() -> None:
    links = Links(["key"])

    issue, person = make_issue(), replace(make_reader("ada").subscriber, version=7)

    tokens = links.for_issue(issue, person)

    assert links.subject(Purpose.UNSUBSCRIBE, tokens.unsubscribe) == "subscriber-ada"
    assert tokens.issue is not None
    assert links.subject(Purpose.ISSUE, tokens.issue) == issue.id
    assert tokens.feedback is not None
    assert links.subject(Purpose.FEEDBACK, tokens.feedback) == issue.id
    assert tokens.settings is not None
    last = issue.composed_at + SETTINGS_FOR - timedelta(seconds=1)
    assert links.subject(Purpose.SETTINGS, tokens.settings, now=last) == "subscriber-ada.7"
    with pytest.raises(LinkExpired):
        links.subject(Purpose.SETTINGS, tokens.settings, now=last + timedelta(seconds=1))


def test_the_tokens_of_an_issue_are_the_same_whenever_its_mail_is_made() -> None:
    issue, person = make_issue(), make_reader("ada").subscriber

    assert Links(["key"]).for_issue(issue, person) == Links(["key"]).for_issue(issue, person)


def test_a_link_is_an_address_that_nothing_can_break_out_of() -> None:
    home = "https://papers.example.org"

    assert url(home, Purpose.ISSUE, "a.b-c_d") == f"{home}/i/a.b-c_d"
    assert url(home, Purpose.UNSUBSCRIBE, 'a>\r\n/"?#') == f"{home}/u/a%3E%0D%0A%2F%22%3F%23"


def test_every_purpose_has_a_door_of_its_own() -> None:
    assert set(DOORS) == set(Purpose)
    assert len(set(DOORS.values())) == len(Purpose)


NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


def test_a_token_that_ends_is_good_until_then_and_says_when_it_is_over() -> None:
    links = Links(["secret"])
    token = links.token(Purpose.CONFIRM, "signup-1", until=NOON)

    assert links.subject(Purpose.CONFIRM, token, now=NOON - timedelta(seconds=1)) == "signup-1"
    for now in (NOON, NOON + timedelta(days=9), None):
        with pytest.raises(LinkExpired, match="over"):
            links.subject(Purpose.CONFIRM, token, now=now)


def test_a_token_that_ends_cannot_be_made_to_last() -> None:
    links = Links(["secret"])
    token = links.token(Purpose.CONFIRM, "signup-1", until=NOON)
    subject, _, signature = token.rpartition(".")

    for longer in (subject.partition("~")[0], f"{subject}0"):
        with pytest.raises(LinkInvalid):
            links.subject(Purpose.CONFIRM, f"{longer}.{signature}", now=NOON)


def test_a_mail_that_comes_back_is_known_by_a_tag_that_we_signed() -> None:
    links = Links(["new", "old"])
    path = return_path("bounces@b.example.org", links.bounce_tag(SUBJECT))

    [tag] = bounce_tags(f"To: Somebody <{path}>, eve@example.net")

    assert path.startswith("bounces+b.")
    assert links.bounced(tag) == links.bounced(tag.upper()) == SUBJECT
    assert Links(["new"]).bounced(tag) == SUBJECT
    assert links.bounced(Links(["old"]).bounce_tag(SUBJECT)) == SUBJECT


def test_the_longest_name_leaves_room_for_a_tag() -> None:
    path = return_path(
        f"{'b' * LONGEST_BOUNCE_NAME}@b.example.org", Links(["k"]).bounce_tag(SUBJECT)
    )

    assert len(path.partition("@")[0]) == 64


@given(st.text())
def test_no_other_tag_is_one_of_ours(tag: str) -> None:
    with pytest.raises(LinkInvalid):
        Links(["key"]).bounced(tag)


def test_a_tag_opens_no_door_and_no_token_is_a_tag() -> None:
    links = Links(["key"])

    with pytest.raises(LinkInvalid):
        links.bounced(links.token(Purpose.UNSUBSCRIBE, SUBJECT))
    for purpose in Purpose:
        with pytest.raises(LinkInvalid):
            links.subject(purpose, links.bounce_tag(SUBJECT))
