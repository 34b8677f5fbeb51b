"""Replies are read strictly, as whole lines of one code, and quoted without addresses."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.mailers.smtp.replies import (
    MAX_REPLY,
    Reply,
    ReplyMalformed,
    scrubbed,
    take_reply,
)


def reply(*lines: str, code: int = 550) -> Reply:
    return Reply(code=code, lines=lines)


@given(
    st.integers(200, 599),
    st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\r\n")), min_size=1),
    st.binary(),
)
def test_a_reply_is_taken_and_what_follows_stays(code: int, lines: list[str], rest: bytes) -> None:
    last = len(lines) - 1
    wire = "".join(f"{code}{'- '[i == last]}{line}\r\n" for i, line in enumerate(lines)).encode()
    received = bytearray()
    for byte in wire[:-1]:
        received.append(byte)
        assert take_reply(received) is None
    received += wire[-1:] + rest

    assert take_reply(received) == Reply(code=code, lines=tuple(lines))
    assert received == rest


@given(st.binary(max_size=200))
def test_any_bytes_are_a_reply_or_none_yet_or_nonsense(received: bytes) -> None:
    buffer = bytearray(received)
    try:
        taken = take_reply(buffer)
    except ReplyMalformed:
        return
    assert (taken is None) == (bytes(buffer) == received)
    assert taken is None or 200 <= taken.code < 600


def test_a_reply_without_text_is_one() -> None:
    assert take_reply(bytearray(b"250\n")) == Reply(code=250, lines=("",))


@pytest.mark.parametrize(
    "endless",
    [
        b"2" * MAX_REPLY * 2,
        b"250-x\r\n" * MAX_REPLY,
        b"250-x\r\n" * MAX_REPLY + b"250 x\r\n",
        b"250 " + b"x" * MAX_REPLY + b"\r\n",
    ],
)
def test_a_reply_without_end_is_nonsense(endless: bytes) -> None:
    with pytest.raises(ReplyMalformed):
        take_reply(bytearray(endless))


@pytest.mark.parametrize(
    ("lines", "enhanced", "text"),
    [
        (("5.1.1 no such user",), "5.1.1", "no such user"),
        (("5.7.515 Access denied",), "5.7.515", "Access denied"),
        (("5.1.1 no", "5.1.1 such user"), "5.1.1", "no such user"),
        (("no such user",), "", "no such user"),
        (("sorry, no mailbox here by that name. (#5.1.1)",), "5.1.1", None),
        (("running 5.1.1 of our software",), "", None),
        (("5.1.1",), "5.1.1", ""),
        (("5.1.1111 x",), "", None),
        ((), "", ""),
        (("a\x1b[31m\tb\x00\u2028c",), "", "a [31m b c"),
    ],
)
def test_a_status_is_told_from_the_text(
    lines: tuple[str, ...], enhanced: str, text: str | None
) -> None:
    said = reply(*lines)

    assert said.enhanced == enhanced
    assert said.text == (" ".join(lines) if text is None else text)


@pytest.mark.parametrize(
    ("text", "wait"),
    [
        ("Greylisted, try again in 300 seconds", timedelta(minutes=5)),
        ("please retry after 5 minutes", timedelta(minutes=5)),
        ("try again in 1 hour", timedelta(hours=1)),
        ("wait 90s", timedelta(seconds=90)),
        ("wait at least 2m.", timedelta(minutes=2)),
        ("try again later", None),
        ("seen in 2 mailboxes", None),
        ("in 99999999999999999999 seconds", None),
        ("delivered in 3 steps", None),
    ],
)
def test_how_long_to_wait_is_read(text: str, wait: timedelta | None) -> None:
    assert reply(f"4.7.1 {text}").retry_after == wait


@pytest.mark.parametrize(
    "text",
    [
        "<ada@example.org>: unknown",
        "ada@example.org,bo@example.org",
        "http://spf.example.net/why?id=ada%40example.org&ip=192.0.2.1",
        "prvs=1234=ada@example.org",
        "user 'ADA' unknown",
        "mailbox ada.",
        "ada\N{FULLWIDTH COMMERCIAL AT}example.org",
        "x" * 1995 + " ada@example.org",
    ],
)
def test_no_address_is_quoted(text: str) -> None:
    assert "ada" not in scrubbed(text, words=("ada",)).lower()


def test_the_words_of_others_stay() -> None:
    text = "a mailbox like a is not at 5.1.1"

    assert scrubbed(text, words=("a",)) == "[address] mailbox like [address] is not at 5.1.1"
    assert scrubbed("canada is far", words=("ada", "")) == "canada is far"


def test_a_secret_is_taken_out_wherever_it_stands() -> None:
    assert scrubbed("xhunter2x HUNTER2", secrets=("hunter2", "")) == "x[hidden]x [hidden]"


def test_a_long_text_is_cut() -> None:
    assert scrubbed("word " * 100_000) == "word " * 59 + "word…"


def test_a_long_word_takes_no_long_time() -> None:
    assert scrubbed("x" * 1_000_000).endswith("…")
