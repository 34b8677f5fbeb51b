"""What every mailer does, the fake included: takes a mail, refuses one, is away, comes back."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from digest.errors import EmailDeferred, EmailRefused, MailerError, MailerUnavailable
from digest.mailers.outbox import Outbox
from digest.mailers.smtp import Security, SmtpMailer, SmtpServer
from digest.ports import Mailer
from tests.fakes import MemoryMailer
from tests.mailers.server import ScriptedServer, Then, say, silence
from tests.mailers.smtp.sending import ADA as MAIL

ADA = replace(MAIL, delivery_id="a" * 32, name="2026-11-20-ada")
BO = replace(MAIL, delivery_id="b" * 32, name="2026-11-20-bo", recipient="bo@example.org")


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A mailer, the contents it has handed over, and how to make it say no.

    *go_away* takes what lies behind the mailer away and returns what brings it back;
    *answer* makes it answer the next mail for Ada so, None where it takes whatever comes.
    """

    mailer: Mailer
    held: Callable[[], list[bytes]]
    go_away: Callable[[], Callable[[], None]]
    answer: Callable[[type[MailerError]], None] | None = None


def _memory() -> Candidate:
    mailer = MemoryMailer()

    def answer(error: type[MailerError]) -> None:
        mailer.failures = {ADA.recipient: error("No.")}

    def go_away() -> Callable[[], None]:
        away = MailerUnavailable("Away.")
        mailer.failures = {ADA.recipient: away, BO.recipient: away}
        return mailer.failures.clear

    return Candidate(
        mailer=mailer,
        held=lambda: [email.content for email in mailer.sent],
        go_away=go_away,
        answer=answer,
    )


def _outbox(folder: Path) -> Candidate:
    folder.mkdir()

    def go_away() -> Callable[[], None]:
        aside = folder.rename(folder.with_name("aside"))
        folder.write_text("a file where the folder was", encoding="utf-8")

        def come_back() -> None:
            folder.unlink()
            aside.rename(folder)

        return come_back

    return Candidate(
        mailer=Outbox(folder),
        held=lambda: [path.read_bytes() for path in sorted(folder.glob("*.eml"))],
        go_away=go_away,
    )


def _smtp(server: ScriptedServer) -> Candidate:
    replies = {EmailRefused: "550 5.1.1 no", EmailDeferred: "450 4.2.0 later"}
    mailer = SmtpMailer(
        SmtpServer(
            host="127.0.0.1",
            port=server.port,
            security=Security.NEVER,
            timeout=1,
            final_timeout=1,
        )
    )

    def go_away() -> Callable[[], None]:
        # Gone for whoever is connected, and for whoever connects next.
        server.tell("mail", silence(Then.DROP))
        server.tell("greeting", *[silence(Then.DROP)] * 2)

        def come_back() -> None:
            server.tell("mail")
            server.tell("greeting")

        return come_back

    return Candidate(
        mailer=mailer,
        held=lambda: [held.content for held in server.held],
        go_away=go_away,
        answer=lambda error: server.tell("rcpt", say(replies[error])),
    )


@pytest.fixture(params=["memory", "outbox", "smtp"])
def candidate(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Candidate]:
    match request.param:
        case "memory":
            yield _memory()
        case "outbox":
            yield _outbox(tmp_path / "outbox")
        case _:
            with ScriptedServer() as server:
                made = _smtp(server)
                yield made
                made.mailer.close()


def test_it_takes_mails(candidate: Candidate) -> None:
    candidate.mailer.send(ADA)
    candidate.mailer.send(BO)

    assert candidate.held() == [ADA.content, BO.content]


def test_the_same_mail_twice_is_one_where_it_says_so(candidate: Candidate) -> None:
    candidate.mailer.send(ADA)
    candidate.mailer.send(ADA)

    assert len(candidate.held()) == (1 if candidate.mailer.idempotent else 2)


@pytest.mark.parametrize("error", [EmailRefused, EmailDeferred])
def test_no_to_one_mail_is_no_to_that_mail_alone(
    candidate: Candidate, error: type[MailerError]
) -> None:
    if candidate.answer is None:
        # A folder takes whatever comes.
        candidate.mailer.send(ADA)
        assert candidate.held() == [ADA.content]
        return
    candidate.answer(error)

    with pytest.raises(error) as caught:
        candidate.mailer.send(ADA)
    candidate.mailer.send(BO)

    assert type(caught.value) is error
    assert candidate.held() == [BO.content]


def test_while_it_is_away_nothing_is_taken_and_later_all_is(candidate: Candidate) -> None:
    come_back = candidate.go_away()
    for email in (ADA, BO):
        with pytest.raises(MailerUnavailable):
            candidate.mailer.send(email)
    come_back()
    assert candidate.held() == []

    candidate.mailer.send(ADA)
    candidate.mailer.send(BO)

    assert candidate.held() == [ADA.content, BO.content]


def test_it_may_go_away_between_two_mails(candidate: Candidate) -> None:
    candidate.mailer.send(ADA)
    come_back = candidate.go_away()
    with pytest.raises(MailerUnavailable):
        candidate.mailer.send(BO)
    come_back()

    candidate.mailer.send(BO)

    assert candidate.held() == [ADA.content, BO.content]


def test_after_closing_it_can_be_used_again(candidate: Candidate) -> None:
    candidate.mailer.close()
    candidate.mailer.send(ADA)
    candidate.mailer.close()
    candidate.mailer.close()
    candidate.mailer.send(BO)

    assert candidate.held() == [ADA.content, BO.content]
