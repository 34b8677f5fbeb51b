"""Connections are kept, opened again and let go; no mail is lost or doubled by it."""

import signal
import threading
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import replace

import pytest

from digest.errors import DeliveryUncertain, MailerUnavailable
from digest.mailers.smtp import SmtpMailer
from tests.mailers.server import Answer, ScriptedServer, Then, say, silence
from tests.mailers.smtp.sending import (
    ADA,
    BO,
    BOTH_WAYS,
    IMPATIENT,
    recipients,
    send_all,
    server_of,
)


@BOTH_WAYS
def test_mails_go_over_one_connection(offers: Sequence[str]) -> None:
    with ScriptedServer(offers=offers) as server:
        assert send_all(server, [ADA, BO, ADA]) == [None, None, None]

    assert recipients(server) == ["<ada@example.org>", "<bo@example.org>", "<ada@example.org>"]
    assert {held.sender for held in server.held} == {"<digest@example.org>"}
    assert {held.content for held in server.held} == {ADA.content}
    assert server.connections == 1
    assert server.commands[0] == (1, "ehlo papers.example.org")
    assert server.verbs[-1] == "QUIT"
    assert server.too_early == []


def test_without_pipelining_nothing_is_said_before_its_turn() -> None:
    with ScriptedServer(offers=(), script={"mail": say("250 ok", drip=0.01)}) as server:
        assert send_all(server) == [None]

    assert server.too_early == []


def test_bounces_go_to_the_return_path() -> None:
    with ScriptedServer() as server:
        mailer = SmtpMailer(server_of(server), return_path="bounces@example.org")
        mailer.send(ADA)
        mailer.close()

    assert [held.sender for held in server.held] == ["<bounces@example.org>"]


def test_a_mail_may_name_its_own_return_path_and_carry_its_id_in_a_header() -> None:
    with ScriptedServer() as server:
        mailer = SmtpMailer(server_of(server), id_header="X-PM-Metadata-mail")
        mailer.send(replace(ADA, return_path="bounces+b.x@example.org"))
        mailer.close()

    [held] = server.held
    assert held.sender == "<bounces+b.x@example.org>"
    assert held.content.startswith(f"X-PM-Metadata-mail: {ADA.delivery_id}\r\n".encode())


def test_a_connection_with_an_uncertain_mail_is_not_used_again() -> None:
    with ScriptedServer({"message": [silence(keeps=True)]}) as server:
        uncertain, taken = send_all(server, [ADA, BO], **IMPATIENT)

    assert isinstance(uncertain, DeliveryUncertain)
    assert taken is None
    assert [held.connection for held in server.held] == [1, 2]


@pytest.mark.parametrize(
    "script",
    [
        {"message": [say("250 taken", "421 4.4.2 you were idle", then=Then.DROP)]},
        {"message": [say("250 taken", then=Then.DROP)]},
        {"message": [say("250 taken", then=Then.RESET)]},
        {"message": [say("250 taken", "250 taken")]},
        {"mail": [say("250 ok"), say("421 4.4.2 you were idle", then=Then.DROP)]},
        {"mail": [say("250 ok"), say("421 4.7.0 enough on one connection")]},
        {"mail": [say("250 ok"), silence(Then.DROP)]},
        {"mail": [say("250 ok"), silence(Then.RESET)]},
        {"mail": [say("250 ok"), silence(Then.HANG)]},
        {"mail": [say("250 ok"), Answer(content=b"nonsense\r\n")]},
    ],
)
@pytest.mark.parametrize("pause", [0, 0.05])
@BOTH_WAYS
def test_a_connection_that_ended_while_idle_is_opened_again(
    script: dict[str, list[Answer]], pause: float, offers: Sequence[str]
) -> None:
    with ScriptedServer(script, offers=offers) as server:
        mailer = SmtpMailer(server_of(server, **IMPATIENT))
        mailer.send(ADA)
        time.sleep(pause)
        mailer.send(BO)
        mailer.close()

    assert recipients(server) == ["<ada@example.org>", "<bo@example.org>"]
    assert server.connections == 2


@BOTH_WAYS
def test_a_connection_that_ends_within_a_mail_is_not_opened_again(offers: Sequence[str]) -> None:
    script = {"rcpt": [say("250 ok"), silence(Then.DROP)]}
    with ScriptedServer(script, offers=offers) as server:
        taken, lost = send_all(server, [ADA, BO])

    assert taken is None
    assert type(lost) is MailerUnavailable
    assert server.connections == 1


def test_a_connection_is_opened_again_once() -> None:
    gone = say("421 4.3.2 closing", then=Then.DROP)
    with ScriptedServer({"mail": [say("250 ok"), gone, gone]}) as server:
        taken, lost = send_all(server, [ADA, BO])

    assert taken is None
    assert type(lost) is MailerUnavailable
    assert server.connections == 2
    assert recipients(server) == ["<ada@example.org>"]


def test_a_connection_carries_so_many_mails() -> None:
    with ScriptedServer() as server:
        send_all(server, [ADA] * 5, max_mails=2)

    assert [held.connection for held in server.held] == [1, 1, 2, 2, 3]
    assert server.verbs.count("QUIT") == 3


def test_a_connection_lasts_so_long() -> None:
    with ScriptedServer() as server:
        mailer = SmtpMailer(server_of(server, max_seconds=0.05))
        mailer.send(ADA)
        time.sleep(0.06)
        mailer.send(ADA)
        mailer.close()

    assert [held.connection for held in server.held] == [1, 2]


@pytest.mark.parametrize("quitting", [silence(), silence(Then.RESET), say("500 never")])
def test_closing_needs_no_answer(quitting: Answer) -> None:
    started = time.monotonic()
    with ScriptedServer({"quit": quitting}) as server:
        assert send_all(server, **IMPATIENT) == [None]

    assert time.monotonic() - started < 3


@pytest.mark.parametrize("stage", ["mail", "message"])
def test_an_interrupt_passes_and_its_connection_is_not_used_again(stage: str) -> None:
    main = threading.main_thread().ident
    assert main is not None
    with ScriptedServer({stage: [silence(keeps=stage == "message")]}) as server:
        mailer = SmtpMailer(server_of(server, timeout=10, final_timeout=10))
        timer = threading.Timer(0.2, signal.pthread_kill, (main, signal.SIGINT))
        timer.start()
        with pytest.raises(KeyboardInterrupt):
            mailer.send(ADA)
        timer.join()

        mailer.send(BO)
        mailer.close()

    assert server.connections == 2
    assert recipients(server)[-1:] == ["<bo@example.org>"]


def test_threads_share_a_mailer_and_no_connection() -> None:
    with ScriptedServer({"message": say("250 2.0.0 taken", drip=0.01)}) as server:
        mailer = SmtpMailer(server_of(server, timeout=5, final_timeout=5))
        readers = [replace(ADA, recipient=f"reader{n}@example.org") for n in range(12)]
        threads = [
            threading.Thread(target=lambda part=part: deque(map(mailer.send, part), maxlen=0))
            for part in (readers[::3], readers[1::3], readers[2::3])
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        mailer.close()
        server.finish()

    assert sorted(recipients(server)) == sorted(f"<{email.recipient}>" for email in readers)
    assert server.connections <= 3
    assert server.verbs.count("QUIT") == server.connections


def test_a_forked_child_leaves_the_connections_of_its_parent(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with ScriptedServer() as server:
        mailer = SmtpMailer(server_of(server))
        mailer.send(ADA)
        monkeypatch.setattr("os.getpid", lambda: -1)
        mailer.send(BO)
        mailer.close()

    assert [held.connection for held in server.held] == [1, 2]
    assert [number for number, line in server.commands if line == "QUIT"] == [2]
