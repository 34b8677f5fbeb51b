"""Tokens open one door, for one person, for as long as a key is known."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.errors import LinkInvalid
from digest.links import Links, Purpose

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
