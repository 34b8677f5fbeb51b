"""The same against a server somebody else wrote."""

import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from digest.errors import EmailDeferred, EmailRefused, MailerUnavailable, SendingForbidden
from digest.mailers.smtp import Security, SmtpMailer, SmtpServer
from tests.mailers.conftest import Certificates
from tests.mailers.smtp.sending import ADA, BO

LONG = replace(ADA, content=b"Subject: x\r\n\r\n" + b"Whales count in eight.\r\n" * 10_000)


class Keeper:
    """Keeps what it takes; refuses and defers by name."""

    def __init__(self) -> None:
        self.held: list[tuple[str, str, bytes]] = []
        self.senders: list[str] = []

    async def handle_RCPT(  # noqa: N802 - aiosmtpd calls it so
        self,
        server: SMTP,  # noqa: ARG002
        session: Session,  # noqa: ARG002
        envelope: Envelope,
        address: str,
        rcpt_options: list[str],  # noqa: ARG002
    ) -> str:
        if address.startswith("nobody@"):
            return "550 5.1.1 nobody by that name"
        if address.startswith("later@"):
            return "450 4.2.0 greylisted, try again in 60 seconds"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 ok"

    async def handle_DATA(  # noqa: N802 - aiosmtpd calls it so
        self,
        server: SMTP,  # noqa: ARG002
        session: Session,  # noqa: ARG002
        envelope: Envelope,
    ) -> str:
        assert isinstance(envelope.content, bytes)
        self.held += [
            (str(envelope.mail_from), address, envelope.content) for address in envelope.rcpt_tos
        ]
        return "250 2.0.0 taken"


@contextmanager
def started(
    *, security: Security = Security.NEVER, client: dict[str, Any] | None = None, **server: Any
) -> Iterator[tuple[SmtpMailer, Keeper]]:
    keeper = Keeper()
    # Controller has to know its port beforehand.
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
    controller = Controller(keeper, hostname="127.0.0.1", port=port, **server)
    controller.start()
    mailer = SmtpMailer(
        SmtpServer(
            host="127.0.0.1",
            port=port,
            security=security,
            timeout=20,
            final_timeout=20,
            **client or {},
        )
    )
    try:
        yield mailer, keeper
    finally:
        mailer.close()
        controller.stop()


def test_mails_arrive_whole() -> None:
    dotted = replace(BO, content=b"Subject: x\r\n\r\n.\r\n..a\r\nlast")
    with started() as (mailer, keeper):
        for email in (ADA, dotted, LONG):
            mailer.send(email)

    assert keeper.held == [
        ("digest@example.org", "ada@example.org", ADA.content),
        ("digest@example.org", "bo@example.org", dotted.content + b"\r\n"),
        ("digest@example.org", "ada@example.org", LONG.content),
    ]


def test_one_reader_refused_or_deferred_stops_nobody_else() -> None:
    with started() as (mailer, keeper):
        with pytest.raises(EmailRefused):
            mailer.send(replace(ADA, recipient="nobody@example.org"))
        with pytest.raises(EmailDeferred) as deferred:
            mailer.send(replace(ADA, recipient="later@example.org"))
        mailer.send(BO)

    assert deferred.value.retry_after is not None
    assert [recipient for _, recipient, _ in keeper.held] == ["bo@example.org"]


def test_a_name_that_is_not_ascii_arrives() -> None:
    email = replace(ADA, recipient="ädä@bücher.example")
    with started(enable_SMTPUTF8=True) as (mailer, keeper):
        mailer.send(email)
    with started(enable_SMTPUTF8=False) as (mailer, refusing), pytest.raises(EmailRefused):
        mailer.send(email)

    assert [recipient for _, recipient, _ in keeper.held] == ["ädä@xn--bcher-kva.example"]
    assert refusing.held == []


def test_a_mail_that_is_too_big_is_refused() -> None:
    with started(data_size_limit=1000) as (mailer, keeper):
        with pytest.raises(EmailRefused, match="at most 1000"):
            mailer.send(LONG)
        mailer.send(ADA)

    assert len(keeper.held) == 1


def _knows(_server: Any, _session: Any, _envelope: Any, _mechanism: str, login: Any) -> AuthResult:
    right = login == LoginPassword(b"papers", "pÄss".encode())
    return AuthResult(success=right, handled=False)


@pytest.mark.parametrize("mechanism", ["PLAIN", "LOGIN"])
def test_starttls_and_a_password(certificates: Certificates, mechanism: str) -> None:
    context: ssl.SSLContext = certificates.server
    server: dict[str, Any] = {
        "tls_context": context,
        "require_starttls": True,
        "authenticator": _knows,
        "auth_required": True,
        "auth_exclude_mechanism": {"PLAIN", "LOGIN"} - {mechanism},
    }
    login = {"username": "papers", "ca": str(certificates.authority)}
    with started(security=Security.REQUIRE, client={**login, "password": "pÄss"}, **server) as (
        mailer,
        keeper,
    ):
        mailer.send(ADA)
        mailer.send(BO)
    assert len(keeper.held) == 2

    with started(security=Security.REQUIRE, client={**login, "password": "wrong"}, **server) as (
        mailer,
        keeper,
    ):
        with pytest.raises(SendingForbidden) as forbidden:
            mailer.send(ADA)
        assert forbidden.value.code == 535
    assert keeper.held == []


def test_a_server_that_wants_starttls_says_so_to_everybody(certificates: Certificates) -> None:
    wanting = started(tls_context=certificates.server, require_starttls=True)
    with wanting as (mailer, keeper), pytest.raises(SendingForbidden, match="530"):
        mailer.send(ADA)

    assert keeper.held == []


def test_a_server_that_closes_between_two_mails_is_met_again() -> None:
    with started() as (mailer, keeper):
        mailer.send(ADA)
    with pytest.raises(MailerUnavailable):
        mailer.send(ADA)

    assert len(keeper.held) == 1
