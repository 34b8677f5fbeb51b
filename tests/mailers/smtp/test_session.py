"""Connect, greet, STARTTLS and AUTH: what is asked for before a mail or a password leaves."""

import socket
import time
import traceback
from pathlib import Path
from typing import Any

import pytest

from digest.errors import (
    DeliveryUncertain,
    MailerError,
    MailerUnavailable,
    SendingForbidden,
)
from digest.mailers.smtp import Security, SmtpMailer, SmtpServer
from digest.mailers.smtp.session import Session
from tests.mailers.conftest import Certificates
from tests.mailers.server import ScriptedServer, Then, say, silence
from tests.mailers.smtp.sending import ADA, BIG, BO, IMPATIENT, send_all, server_of


def test_a_reply_of_many_lines_is_one() -> None:
    lines = ("550-5.1.1 the mailbox", "550-5.1.1 ada", "550 5.1.1 is not here")
    script = {"greeting": [say("220-welcome", "220 to us")], "rcpt": [say(*lines)]}
    with ScriptedServer(script) as server:
        refused, taken = send_all(server, [ADA, BO])

    assert "550 5.1.1 the mailbox [address] is not here" in str(refused)
    assert taken is None


def test_nobody_listening_is_a_mailer_that_is_away() -> None:
    with ScriptedServer() as server:
        pass

    with pytest.raises(MailerUnavailable, match=r"127\.0\.0\.1:\d+ cannot be reached") as caught:
        SmtpMailer(server_of(server)).send(ADA)

    assert not isinstance(caught.value, SendingForbidden)


@pytest.mark.parametrize("host", ["mail..example.org", f"{'m' * 70}.example.org"])
def test_a_host_that_cannot_be_is_a_mailer_that_is_away(host: str) -> None:
    server = SmtpServer(host=host, port=25, security=Security.NEVER, timeout=1)

    with pytest.raises(MailerUnavailable, match="cannot be reached"):
        SmtpMailer(server).send(ADA)


def test_a_server_from_before_ehlo_is_spoken_to() -> None:
    with ScriptedServer({"ehlo": say("502 5.5.1 what?")}) as server:
        assert send_all(server) == [None]

    assert server.verbs == ["EHLO", "HELO", "MAIL", "RCPT", "DATA", "QUIT"]
    assert server.held[0].parameters == frozenset()


def test_a_server_that_wants_no_greeting_wants_no_mail() -> None:
    no = say("550 5.7.1 not you")
    with ScriptedServer({"ehlo": no, "helo": no}) as server:
        [outcome] = send_all(server)

    assert type(outcome) is SendingForbidden


def test_what_is_written_after_a_reply_has_a_time_of_its_own() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        theirs.sendall(b"250 ok\r\n")
        Session(ours, hostname="papers", seconds=30).reply(deadline=time.monotonic() + 5)

        assert ours.gettimeout() == 30


def test_a_time_that_is_over_is_not_waited_for() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs, pytest.raises(TimeoutError):
        Session(ours, hostname="papers", seconds=1).reply(deadline=time.monotonic() - 1)


@pytest.mark.parametrize(
    ("machine", "name"),
    [
        ("box", "[127.0.0.1]"),
        ("box.example.org", "box.example.org"),
        ("box.example.org\r\nMAIL", "[127.0.0.1]"),
        ("bücher.example", "[127.0.0.1]"),
    ],
)
def test_without_a_name_we_are_this_machine_or_its_address(
    machine: str, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("socket.gethostname", lambda: machine)
    with ScriptedServer() as server:
        send_all(server, hostname="")

    assert server.commands[0] == (1, f"ehlo {name}")


LOGIN = ("papers", "pÄss word:/#1")
CREDENTIALS: dict[str, Any] = {"username": LOGIN[0], "password": LOGIN[1]}


def tls_server(certificates: Certificates, **changes: Any) -> ScriptedServer:
    return ScriptedServer(changes.pop("script", None), **{"tls": certificates.server} | changes)


@pytest.mark.parametrize("security", [Security.REQUIRE, Security.TLS])
def test_a_mail_goes_under_tls(certificates: Certificates, security: Security) -> None:
    with tls_server(certificates, tls_first=security is Security.TLS) as server:
        outcomes = send_all(
            server, [ADA, BO], security=security, ca=str(certificates.authority), timeout=5
        )

    assert outcomes == [None, None]
    assert [held.encrypted for held in server.held] == [True, True]
    assert server.connections == 1
    # What was offered before the encryption is asked for again.
    assert server.verbs.count("EHLO") == (1 if security is Security.TLS else 2)


@pytest.mark.parametrize("then", [Then.DROP, Then.HANG])
def test_under_tls_an_unanswered_message_is_uncertain_too(
    certificates: Certificates, then: Then
) -> None:
    with tls_server(certificates, script={"message": [silence(then, keeps=True)]}) as server:
        [outcome] = send_all(server, security=Security.OPPORTUNISTIC, **IMPATIENT)

    assert type(outcome) is DeliveryUncertain
    assert len(server.held) == 1


@pytest.mark.parametrize("then", [Then.DROP, Then.RESET, Then.HANG])
def test_under_tls_a_message_cut_off_is_safe_to_try_again(
    certificates: Certificates, then: Then
) -> None:
    with tls_server(certificates, script={"body": [silence(then)]}) as server:
        [outcome] = send_all(server, [BIG], security=Security.OPPORTUNISTIC, **IMPATIENT)

    assert type(outcome) is MailerUnavailable
    assert server.held == []


def test_under_tls_an_idle_connection_that_ended_is_opened_again(
    certificates: Certificates,
) -> None:
    script = {"message": [say("250 taken", "421 4.4.2 you were idle", then=Then.DROP)]}
    with tls_server(certificates, script=script) as server:
        assert send_all(server, [ADA, BO], security=Security.OPPORTUNISTIC) == [None, None]

    assert [held.connection for held in server.held] == [1, 2]


@pytest.mark.parametrize("security", [Security.REQUIRE, Security.TLS])
def test_an_authority_nobody_named_is_not_trusted(
    certificates: Certificates, security: Security
) -> None:
    with tls_server(certificates, tls_first=security is Security.TLS) as server:
        [outcome] = send_all(server, security=security, timeout=5)

    assert type(outcome) is SendingForbidden
    assert "is not valid" in str(outcome)
    assert "?ca=/path" in str(outcome)
    assert "MAIL" not in server.verbs


@pytest.mark.parametrize("security", [Security.REQUIRE, Security.OPPORTUNISTIC])
def test_a_certificate_of_another_host_is_not_trusted(
    certificates: Certificates, security: Security
) -> None:
    with tls_server(certificates, tls=certificates.elsewhere) as server:
        [outcome] = send_all(server, security=security, ca=str(certificates.authority), timeout=5)

    assert type(outcome) is SendingForbidden
    assert server.held == []


@pytest.mark.parametrize("starttls", ["501 5.5.4 no", "554 5.7.3 no", "454 4.7.0 not now", None])
def test_without_the_tls_it_requires_no_mail_goes(
    certificates: Certificates, starttls: str | None
) -> None:
    tls = certificates.server if starttls else None
    script = {"starttls": say(starttls)} if starttls else {}
    with ScriptedServer(script, tls=tls, login=LOGIN) as server:
        [outcome] = send_all(server, security=Security.REQUIRE, **CREDENTIALS)

    later = starttls is not None and starttls.startswith("4")
    assert type(outcome) is (MailerUnavailable if later else SendingForbidden)
    assert server.held == []
    assert "AUTH" not in server.verbs


@pytest.mark.parametrize("then", [Then.DROP, Then.HANG, Then.GO_ON])
def test_a_server_that_will_not_shake_hands_is_away(certificates: Certificates, then: Then) -> None:
    go_ahead = say("220 go ahead", "and some", then=then)
    with tls_server(certificates, script={"starttls": [go_ahead]}) as server:
        [outcome] = send_all(server, security=Security.REQUIRE, **IMPATIENT)

    assert type(outcome) is MailerUnavailable
    assert server.held == []


def test_what_comes_before_the_encryption_is_not_believed(certificates: Certificates) -> None:
    # Somebody in between adds the answers to what will be asked under TLS.
    injected = say("220 go ahead", "250-mail.example.org", "250 AUTH PLAIN", drip=0)
    with tls_server(certificates, script={"starttls": [injected]}, login=LOGIN) as server:
        [outcome] = send_all(server, security=Security.OPPORTUNISTIC, timeout=5, **CREDENTIALS)

    assert type(outcome) is MailerUnavailable
    assert "AUTH" not in server.verbs


@pytest.mark.parametrize("starttls", [None, "454 4.7.0 not now", "502 5.5.1 what?"])
def test_where_tls_is_only_welcome_a_mail_goes_without(
    certificates: Certificates, starttls: str | None
) -> None:
    tls = certificates.server if starttls else None
    script = {"starttls": say(starttls)} if starttls else {}
    with ScriptedServer(script, tls=tls) as server:
        assert send_all(server, security=Security.OPPORTUNISTIC) == [None]

    assert [held.encrypted for held in server.held] == [False]


def test_where_tls_is_only_welcome_any_certificate_does(certificates: Certificates) -> None:
    with tls_server(certificates, tls=certificates.elsewhere) as server:
        assert send_all(server, security=Security.OPPORTUNISTIC, timeout=5) == [None]

    assert [held.encrypted for held in server.held] == [True]


@pytest.mark.parametrize("content", [None, "no certificate in here", ""])
def test_a_file_of_authorities_has_to_hold_some(content: str | None, tmp_path: Path) -> None:
    file = tmp_path / "ca.pem"
    if content is not None:
        file.write_text(content, encoding="utf-8")
    with ScriptedServer() as server:
        [outcome] = send_all(server, security=Security.REQUIRE, ca=str(file))

    assert type(outcome) is SendingForbidden
    assert f"certificate authorities in {file} cannot be read" in str(outcome)
    assert server.connections == 0


@pytest.mark.parametrize("offered", ["PLAIN LOGIN", "LOGIN", "CRAM-MD5", "XOAUTH2 LOGIN", "plain"])
def test_a_password_opens_the_server(offered: str) -> None:
    with ScriptedServer(offers=[f"AUTH {offered}"], login=LOGIN) as server:
        assert send_all(server, [ADA, BO], **CREDENTIALS) == [None, None]

    assert [held.login for held in server.held] == ["papers", "papers"]
    assert server.verbs.count("AUTH") == 1


@pytest.mark.parametrize("offered", ["PLAIN", "LOGIN", "CRAM-MD5"])
def test_a_wrong_password_stops_everything_and_is_not_told(offered: str) -> None:
    with ScriptedServer(offers=[f"AUTH {offered}"], login=LOGIN) as server:
        [outcome] = send_all(server, username="papers", password="s3cret-wrong")  # noqa: S106 - a test's

    assert type(outcome) is SendingForbidden
    assert (outcome.code, outcome.enhanced) == (535, "5.7.8")
    assert "s3cret" not in "".join(traceback.format_exception(outcome))
    assert "papers" not in str(outcome)
    assert server.held == []


@pytest.mark.parametrize(
    "echo",
    [
        "535 5.7.8 s3cret-wrong is no password of papers",
        "535 5.7.8 what is AHBhcGVycwBzM2NyZXQtd3Jvbmc= ?",
        "535 5.7.8 what are cGFwZXJz and czNjcmV0LXdyb25n ?",
        "535 5.7.8 S3CRET-WRONG",
    ],
)
def test_a_server_that_repeats_the_password_is_not_quoted(echo: str) -> None:
    with ScriptedServer({"auth": say(echo)}, login=LOGIN) as server:
        [outcome] = send_all(server, username="papers", password="s3cret-wrong")  # noqa: S106 - a test's

    told = "".join(traceback.format_exception(outcome)).lower()
    for secret in ("s3cret", "czncmv0", "czNjcmV0", "ahbhcgvycw", "cgfwzxjz"):
        assert secret.lower() not in told


@pytest.mark.parametrize(
    ("reply", "raised"),
    [
        ("454 4.7.0 cannot check now", MailerUnavailable),
        ("432 4.7.12 not now", MailerUnavailable),
        ("421 4.3.2 closing", MailerUnavailable),
        ("504 5.5.4 not this way", SendingForbidden),
        ("534 5.7.9 too weak", SendingForbidden),
        ("250 ok", MailerUnavailable),
        ("334 more", MailerUnavailable),
    ],
)
def test_what_is_answered_to_a_password(reply: str, raised: type[MailerError]) -> None:
    with ScriptedServer({"auth": say(reply)}, login=LOGIN) as server:
        [outcome] = send_all(server, **CREDENTIALS)

    assert type(outcome) is raised
    assert "MAIL" not in server.verbs


@pytest.mark.parametrize(
    ("reply", "raised"),
    [("334 !!!", MailerUnavailable), ("504 5.5.4 no more", SendingForbidden)],
)
def test_a_challenge_that_is_none_is_not_answered(reply: str, raised: type[MailerError]) -> None:
    script = {"auth": say(reply)}
    with ScriptedServer(script, offers=["AUTH CRAM-MD5"], login=LOGIN) as server:
        [outcome] = send_all(server, **CREDENTIALS)

    assert type(outcome) is raised
    assert server.verbs == ["EHLO", "AUTH"]


@pytest.mark.parametrize("offers", [(), ("AUTH GSSAPI",)])
def test_a_password_nobody_asks_for_is_not_sent(offers: tuple[str, ...]) -> None:
    with ScriptedServer(offers=offers) as server:
        [outcome] = send_all(server, **CREDENTIALS)

    assert type(outcome) is SendingForbidden
    assert server.verbs == ["EHLO"]
