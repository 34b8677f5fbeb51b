"""Mails to send to a scripted server, and what becomes of them."""

import traceback
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from digest.errors import MailerError
from digest.mailers.smtp import Security, SmtpMailer, SmtpServer
from digest.models.deliveries import Email
from tests.mailers.server import EVERYTHING, ScriptedServer

ADA = Email(
    delivery_id="d" * 32,
    sender="Daily Papers <digest@example.org>",
    recipient="ada@example.org",
    subject="Whales count",
    name="2026-11-20-ada",
    html="<p>hello</p>",
    text="hello",
    content=b"Subject: Whales count\r\n\r\nhello\r\n",
)
BO = replace(ADA, recipient="bo@example.org")
# More than the kernels of both ends keep for a reader who does not read.
BIG = replace(
    ADA, content=b"Subject: Whales\r\n\r\n" + b"All of them count in eight.\r\n" * 250_000
)

ONE_BY_ONE = tuple(offer for offer in EVERYTHING if offer != "PIPELINING")
BOTH_WAYS = pytest.mark.parametrize("offers", [EVERYTHING, ONE_BY_ONE], ids=["pipelined", "one"])


# For servers that never answer; enough for those that do.
IMPATIENT: dict[str, Any] = {"timeout": 0.5, "final_timeout": 0.5}


def server_of(server: ScriptedServer, **changes: Any) -> SmtpServer:
    plain = SmtpServer(
        host="127.0.0.1",
        port=server.port,
        security=Security.NEVER,
        timeout=10,
        final_timeout=10,
        hostname="papers.example.org",
    )
    return replace(plain, **changes)


def send_all(
    server: ScriptedServer, emails: Sequence[Email] = (ADA,), **changes: Any
) -> list[MailerError | None]:
    """Send *emails*, end both sides, and return what each raised; the server's log is final."""
    mailer = SmtpMailer(server_of(server, **changes))
    outcomes: list[MailerError | None] = []
    for email in emails:
        try:
            mailer.send(email)
        except MailerError as error:
            _says_no_address(error)
            outcomes.append(error)
        else:
            outcomes.append(None)
    mailer.close()
    server.stop()
    return outcomes


def _says_no_address(error: MailerError) -> None:
    told = "".join(traceback.format_exception(error)).replace(__file__, "")
    assert "ada@" not in told
    assert "bo@" not in told
    assert "@" not in str(error)
    assert str(error).endswith(".")
    assert "\n" not in str(error)


def recipients(server: ScriptedServer) -> list[str]:
    return [held.recipient for held in server.held]
