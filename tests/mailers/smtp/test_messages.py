"""What goes over the wire: addresses that end where they should, and every byte of the mail."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.errors import EmailRefused, MailerError, SendingForbidden
from digest.mailers.smtp.messages import canonical, message, wire_address
from tests.mailers.server import ScriptedServer
from tests.mailers.smtp.sending import ADA, BO, recipients, send_all

CONTENT = st.lists(
    st.sampled_from([b".", b"..", b"\r\n", b"\n", b"\r", b"a", b"\r\n.\r\n", b"\n.\n", b"\xc3\xa9"])
).map(b"".join)


@given(CONTENT)
def test_a_message_ends_where_it_ends_and_nowhere_before(content: bytes) -> None:
    sent = message(replace(ADA, content=content))

    wire = b"\r\n" + sent.payload
    assert wire.find(b"\r\n.\r\n") == len(wire) - 5
    assert b"\n" not in wire.replace(b"\r\n", b"")
    assert b"\r" not in wire.replace(b"\r\n", b"")
    lines = sent.payload.removesuffix(b".\r\n").split(b"\r\n")
    assert b"\r\n".join(line.removeprefix(b".") for line in lines) == canonical(content)
    assert sent.size == len(canonical(content))


@given(CONTENT)
def test_only_line_ends_are_mended(content: bytes) -> None:
    mended = canonical(content)

    assert canonical(mended) == mended
    assert mended.replace(b"\r\n", b"\n").removesuffix(b"\n") == (
        content.replace(b"\r\n", b"\n").replace(b"\r", b"\n").removesuffix(b"\n")
    )


@pytest.mark.parametrize(
    ("content", "arrives"),
    [
        (b"Subject: x\r\n\r\n.\r\n..\r\n.a\r\nb.\r\n", None),
        (b".", b".\r\n"),
        (b"", b""),
        (b"Subject: x\r\n\r\nno end", b"Subject: x\r\n\r\nno end\r\n"),
        (b"a\n.\nMAIL FROM:<>\n.\r\n", b"a\r\n.\r\nMAIL FROM:<>\r\n.\r\n"),
        (b"a\r.\rb\n\r.\r\n", b"a\r\n.\r\nb\r\n\r\n.\r\n"),
        (b"\r\n.\r\n", None),
    ],
)
def test_a_server_holds_what_was_sent(content: bytes, arrives: bytes | None) -> None:
    with ScriptedServer() as server:
        assert send_all(server, [replace(ADA, content=content), BO]) == [None, None]

    assert server.held[0].content == (content if arrives is None else arrives)
    assert recipients(server) == ["<ada@example.org>", "<bo@example.org>"]


@pytest.mark.parametrize(
    ("address", "wire"),
    [
        ("ada@example.org", "ada@example.org"),
        ("ada+papers@EXAMPLE.org", "ada+papers@EXAMPLE.org"),
        ("ada@bücher.example", "ada@xn--bcher-kva.example"),
        # IDNA 2003 would send this to strasse.example, which is somebody else.
        ("ada@straße.example", "ada@xn--strae-oqa.example"),
        ("ädä@bücher.example", "ädä@xn--bcher-kva.example"),
    ],
)
def test_a_domain_goes_over_the_wire_in_ascii(address: str, wire: str) -> None:
    assert wire_address(address) == wire


NO_ADDRESSES = [
    "",
    "ada",
    "@example.org",
    "ada@",
    "ada@-.example",
    "ada@exa mple.org",
    "a da@example.org",
    "ada>@example.org",
    "ada@example.org> SIZE=1\r\nRCPT TO:<eve@example.org",
    "ada\r\n@example.org",
    "ada@example.org\n",
    "ada\x00@example.org",
    "ada\udcff@example.org",
    "ada@ex\u2028ample.org",
    "ada@xn--ü.example",
    f"{'a' * 65}@example.org",
]


@pytest.mark.parametrize("address", NO_ADDRESSES)
def test_what_is_no_address_reaches_no_server(address: str) -> None:
    with pytest.raises(EmailRefused) as refused:
        message(replace(ADA, recipient=address))
    with pytest.raises(SendingForbidden) as forbidden:
        message(ADA, return_path=address or "no address")

    for error in (refused.value, forbidden.value):
        assert "ada" not in str(error)
        assert error.__suppress_context__


@given(st.text())
def test_an_address_cannot_leave_its_brackets(local: str) -> None:
    try:
        wire = wire_address(f"{local}@example.org")
    except ValueError:
        return
    assert not set(wire) & set("<> \r\n\t\0")
    wire.encode()


def test_a_server_is_told_only_what_it_offers_to_hear() -> None:
    with ScriptedServer(offers=["SMTPUTF8", "8BITMIME"]) as server:
        send_all(server, [ADA, replace(ADA, recipient="ädä@bücher.example")])

    assert [held.parameters for held in server.held] == [
        frozenset(),
        frozenset({"SMTPUTF8"}),
    ]
    assert recipients(server) == ["<ada@example.org>", "<ädä@xn--bcher-kva.example>"]


EIGHT_BIT = replace(ADA, content=b"Subject: x\r\n\r\n\xc3\xa9\r\n")
UTF8_HEADER = replace(ADA, content="To: ädä@example.org\r\n\r\nx\r\n".encode())


def test_what_is_not_ascii_is_announced() -> None:
    with ScriptedServer() as server:
        send_all(server, [EIGHT_BIT, UTF8_HEADER])

    assert [held.parameters for held in server.held] == [
        frozenset({"BODY=8BITMIME", "SIZE=18"}),
        frozenset({"SMTPUTF8", "BODY=8BITMIME", f"SIZE={len(UTF8_HEADER.content)}"}),
    ]
    assert [held.content for held in server.held] == [EIGHT_BIT.content, UTF8_HEADER.content]


@pytest.mark.parametrize(
    ("email", "offers", "raised", "says"),
    [
        (replace(ADA, recipient="ädä@example.org"), ["8BITMIME"], EmailRefused, "SMTPUTF8"),
        (UTF8_HEADER, ["8BITMIME"], EmailRefused, "SMTPUTF8"),
        (replace(ADA, sender="dïgest@example.org"), ["8BITMIME"], SendingForbidden, "SMTPUTF8"),
        (EIGHT_BIT, ["SMTPUTF8"], EmailRefused, "8BITMIME"),
        (ADA, ["SIZE 31"], EmailRefused, "has 32 bytes and the mail server takes at most 31"),
    ],
)
def test_what_a_server_cannot_take_is_not_given_to_it(
    email: object, offers: list[str], raised: type[MailerError], says: str
) -> None:
    assert isinstance(email, type(ADA))
    with ScriptedServer(offers=offers) as server:
        [outcome] = send_all(server, [email])

    assert type(outcome) is raised
    assert says in str(outcome)
    assert "MAIL" not in server.verbs


@pytest.mark.parametrize("offer", ["SIZE", "SIZE 0", "SIZE 32", "SIZE x", "size 100"])
def test_a_size_without_a_limit_below_ours_is_no_obstacle(offer: str) -> None:
    with ScriptedServer(offers=[offer]) as server:
        assert send_all(server) == [None]

    assert server.held[0].parameters == {"SIZE=32"}


def test_a_mail_that_cannot_be_given_keeps_the_connection() -> None:
    with ScriptedServer(offers=["SIZE 100"]) as server:
        outcomes = send_all(server, [replace(ADA, content=b"x" * 101), ADA])

    assert isinstance(outcomes[0], EmailRefused)
    assert outcomes[1] is None
    assert server.connections == 1


def test_a_mail_that_says_where_it_comes_back_to_does() -> None:
    back = replace(ADA, return_path="bounces+b.x@b.example.org")

    assert message(back, return_path="other@example.org").sender == "bounces+b.x@b.example.org"
    assert message(ADA, return_path="other@example.org").sender == "other@example.org"
    assert message(ADA).sender == "digest@example.org"


def test_a_provider_may_be_told_the_mails_id_in_a_header() -> None:
    sent = message(ADA, id_header="X-Id")

    assert sent.payload.startswith(f"X-Id: {ADA.delivery_id}\r\nSubject: ".encode())
    assert sent.size == len(sent.payload) - len(b".\r\n")
    assert not message(ADA).payload.startswith(b"X-Id")
