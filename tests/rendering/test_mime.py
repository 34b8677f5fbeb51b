from email import message_from_bytes
from email.header import decode_header, make_header
from email.policy import SMTP
from quopri import decodestring

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.errors import RenderingFailed
from digest.rendering.mime import (
    encoded_words,
    folded,
    mailbox,
    mailto,
    message,
    named_mailbox,
    quoted_printable,
    wire_address,
)

lines = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r"))


def decoded(encoded: bytes) -> str:
    return decodestring(encoded).decode().replace("\r\n", "\n")


@given(lines)
def test_quoted_printable_decodes_to_what_went_in(text: str) -> None:
    assert decoded(quoted_printable(text)) == text


@given(st.lists(lines))
def test_pieces_encoded_apart_join_to_the_whole(texts: list[str]) -> None:
    assert decoded(b"".join(map(quoted_printable, texts))) == "".join(texts)


@given(st.lists(st.text(alphabet=". ab=\n\tä", max_size=200)))
def test_lines_are_short_and_none_starts_with_a_dot(texts: list[str]) -> None:
    encoded = b"".join(map(quoted_printable, texts))

    for line in encoded.split(b"\r\n"):
        assert len(line) <= 76
        assert not line.startswith(b".")
        assert not line.endswith((b" ", b"\t"))
        assert line.isascii()
        assert b"\n" not in line
        assert b"=_" not in line


def test_nothing_is_encoded_as_nothing() -> None:
    assert quoted_printable("") == b""


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=120))
def test_a_subject_of_any_letters_arrives(text: str) -> None:
    header = folded("Subject", encoded_words(text))
    _, _, value = header.partition(":")

    assert header.isascii()
    assert all(len(line) <= 76 for line in header.split("\r\n") if "=?" in line)
    assert str(make_header(decode_header(value.strip()))).strip() == text.strip()


def test_plain_words_are_not_encoded_and_a_disguise_is() -> None:
    assert encoded_words("Whales, and nine more") == "Whales, and nine more"
    assert encoded_words("=?utf-8?q?Free?=") == "=?utf-8?q?=3D=3Futf-8=3Fq=3FFree=3F=3D?="


def test_a_long_header_is_folded_at_spaces() -> None:
    value = " ".join(["whales"] * 15)
    header = folded("Subject", value)

    assert all(len(line) <= 76 for line in header.split("\r\n"))
    assert header.replace("\r\n", "") == f"Subject: {value}"
    assert folded("X", "y" * 100) == f"X: {'y' * 100}"


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("", "a@example.org"),
        ("Daily Papers", "Daily Papers <a@example.org>"),
        ("Papers, daily", '"Papers, daily" <a@example.org>'),
        ('The "Papers" \\', '"The \\"Papers\\" \\\\" <a@example.org>'),
        ("Täglich", "=?utf-8?q?T=C3=A4glich?= <a@example.org>"),
    ],
)
def test_a_name_is_written_as_headers_allow(name: str, written: str) -> None:
    assert named_mailbox(name, "a@example.org") == written


def test_a_mailbox_is_a_name_and_an_address() -> None:
    assert mailbox("Daily Papers <digest@bücher.example>") == (
        "Daily Papers",
        "digest@xn--bcher-kva.example",
    )


@pytest.mark.parametrize(
    "address", ["", "ada", "@b.org", "a@", "a b@c.org", "a@b\r\n.org", "a<b@c"]
)
def test_what_is_no_address_is_refused(address: str) -> None:
    with pytest.raises(ValueError, match=r"address|label|codec"):
        wire_address(address)


def test_a_mailto_link_holds_nothing_that_could_end_it() -> None:
    link = mailto("le&ave@example.org", 'unsubscribe a"b>c\r\nBcc: d')

    assert link == "mailto:le%26ave@example.org?subject=unsubscribe%20a%22b%3Ec%0D%0ABcc%3A%20d"


@given(lines, lines)
def test_both_parts_of_a_message_arrive_in_order(text: str, html: str) -> None:
    parts = [quoted_printable(f"{body}\n") for body in (text, html)]

    parsed = message_from_bytes(
        message(["Subject: x"], [parts[0]], [parts[1]], boundary="=_0f"), policy=SMTP
    )

    assert parsed.get_content_type() == "multipart/alternative"
    first, second = parsed.iter_parts()
    assert (first.get_content_type(), second.get_content_type()) == ("text/plain", "text/html")
    assert [part["Content-Transfer-Encoding"] for part in (first, second)] == [
        "quoted-printable"
    ] * 2
    assert first.get_content().replace("\r\n", "\n") == f"{text}\n"
    assert second.get_content().replace("\r\n", "\n") == f"{html}\n"


@pytest.mark.parametrize("boundary", ["", "plain", '=_"', "=_" + "x" * 80, "=_\r\n"])
def test_a_boundary_that_content_could_hold_is_refused(boundary: str) -> None:
    with pytest.raises(RenderingFailed):
        message([], [], [], boundary=boundary)


@pytest.mark.parametrize(
    ("address", "wire"),
    [
        ("ada@straße.example", "ada@xn--strae-oqa.example"),
        ("ada@BÜCHER.example", "ada@xn--bcher-kva.example"),
        ("ada@例え.example", "ada@xn--r8jz45g.example"),
    ],
)
def test_a_domain_is_written_in_ascii_by_the_rules_of_2008(address: str, wire: str) -> None:
    assert wire_address(address) == wire
