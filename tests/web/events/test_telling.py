"""What providers write, read without believing it."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.links import Links, return_path
from digest.models.events import EventKind
from digest.web.events.telling import Told, Unreadable, mail_id, moment, parsed, short, status_in
from tests.factories import NOON

LINKS = Links(["key"])
MAIL = "0123456789abcdef" * 2


def told(*about: str) -> Told:
    return Told(external_id="x", kind=EventKind.HARD, at=NOON, about=about)


@pytest.mark.parametrize(
    "text",
    [
        f"<d.{MAIL}@papers.example.org>",
        f"l.{MAIL}@papers.example.org",
        f" <d.{MAIL}@papers.example.org> ",
        MAIL,
        f"Daily Papers <{return_path('b@example.org', LINKS.bounce_tag(MAIL))}>",
    ],
)
def test_a_mail_of_ours_is_known(text: str) -> None:
    assert mail_id(told("", "nonsense", text), LINKS) == MAIL


@pytest.mark.parametrize(
    "text",
    [
        "",
        "ada@example.org",
        f"<x.{MAIL}@papers.example.org>",
        f"<d.{MAIL}0@papers.example.org>",
        f"see <d.{MAIL}@papers.example.org> there",
        return_path("b@example.org", Links(["theirs"]).bounce_tag(MAIL)),
    ],
)
def test_nothing_else_is(text: str) -> None:
    assert mail_id(told(text), LINKS) == ""


def test_what_we_signed_is_believed_before_what_anybody_can_write() -> None:
    other = "f" * 32
    ours = return_path("b@example.org", LINKS.bounce_tag(MAIL))

    assert mail_id(told(f"<d.{other}@example.org>", ours), LINKS) == MAIL


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("5.1.1", "5.1.1"),
        ("5.1.1 No such user", "5.1.1"),
        ("smtp; 550 5.1.1 user unknown", "5.1.1"),
        ("550-5.7.26 no", "5.7.26"),
        ("450 4.2.1 later", "4.2.1"),
        ("host 5.1.1.9 said no", ""),
        ("version 5.1.1", ""),
        ("", ""),
    ],
)
def test_a_status_is_found_where_one_stands(text: str, status: str) -> None:
    assert status_in("", text) == status


@pytest.mark.parametrize(
    ("value", "at"),
    [
        ("2026-11-20T11:00:00.123Z", NOON - timedelta(hours=1) + timedelta(milliseconds=123)),
        ("2026-11-20T06:00:00-05:00", NOON - timedelta(hours=1)),
        ("2026-11-20T11:00:00", NOON - timedelta(hours=1)),
        (NOON.timestamp() - 60, NOON - timedelta(minutes=1)),
        (NOON.timestamp() + 60, NOON),
        ("soon", NOON),
        (None, NOON),
        (1e300, NOON),
        (float("nan"), NOON),
        ("0001-01-01T00:00:00+23:00", NOON),
        ([], NOON),
    ],
)
def test_a_time_is_never_later_than_now(value: object, at: datetime) -> None:
    assert moment(value, now=NOON) == at


@given(st.none() | st.booleans() | st.floats() | st.integers() | st.text())
def test_any_value_has_a_time(value: object) -> None:
    assert moment(value, now=NOON) <= NOON
    assert moment(value, now=NOON).tzinfo is UTC


@given(st.text())
def test_any_id_can_be_kept(text: str) -> None:
    kept = short(text)

    assert kept.isascii()
    assert len(kept) <= 128
    assert short(text) == kept
    assert (kept == text) or len(kept) == 64


@given(st.binary())
def test_any_bytes_are_json_or_unreadable(body: bytes) -> None:
    with suppress(Unreadable):
        parsed(body)
