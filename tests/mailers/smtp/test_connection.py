"""Every answer a server can give, at every moment: what is raised, and what the server holds."""

import time
from collections.abc import Sequence
from datetime import timedelta

import pytest

from digest.errors import (
    DeliveryUncertain,
    EmailDeferred,
    EmailRefused,
    MailerError,
    MailerUnavailable,
    SendingForbidden,
)
from tests.mailers.server import Answer, ScriptedServer, Then, say, silence
from tests.mailers.smtp.sending import ADA, BIG, BO, BOTH_WAYS, IMPATIENT, recipients, send_all

REPLIES: list[tuple[str, str, type[MailerError]]] = [
    ("greeting", "421 4.3.2 closed for the night", MailerUnavailable),
    ("greeting", "450 4.3.2 later", MailerUnavailable),
    ("greeting", "554 5.7.1 no mail from you", SendingForbidden),
    ("greeting", "250 hello", MailerUnavailable),
    ("ehlo", "421 4.3.2 closing", MailerUnavailable),
    ("ehlo", "450 4.3.2 later", MailerUnavailable),
    ("mail", "421 4.3.2 closing", MailerUnavailable),
    ("mail", "451 4.3.0 disk on fire", MailerUnavailable),
    ("mail", "452 4.3.1 full", MailerUnavailable),
    ("mail", "530 5.7.0 authentication required", SendingForbidden),
    ("mail", "550 5.7.1 you may not send", SendingForbidden),
    ("mail", "553 5.1.8 sender unknown", SendingForbidden),
    ("mail", "503 5.5.1 nested", SendingForbidden),
    ("mail", "552 5.3.4 too big", EmailRefused),
    ("mail", "354 go on", MailerUnavailable),
    ("rcpt", "421 4.3.2 closing", MailerUnavailable),
    ("rcpt", "450 4.2.0 greylisted", EmailDeferred),
    ("rcpt", "451 4.7.1 greylisted", EmailDeferred),
    ("rcpt", "452 4.2.2 mailbox full", EmailDeferred),
    ("rcpt", "452 4.3.1 disk full", MailerUnavailable),
    ("rcpt", "450 4.7.28 mail flood", MailerUnavailable),
    ("rcpt", "454 4.7.0 cannot authenticate you now", MailerUnavailable),
    ("rcpt", "501 5.1.3 bad address", EmailRefused),
    ("rcpt", "550 5.1.1 unknown user", EmailRefused),
    ("rcpt", "550 unknown user", EmailRefused),
    ("rcpt", "550 5.7.1 not wanted by this mailbox", EmailRefused),
    ("rcpt", "552 5.2.2 mailbox full", EmailRefused),
    ("rcpt", "554 5.7.1 <ada@example.org>: Relay access denied", SendingForbidden),
    ("rcpt", "550 relay not permitted", SendingForbidden),
    ("rcpt", "550 5.7.26 unauthenticated", SendingForbidden),
    ("rcpt", "503 5.5.1 MAIL first", MailerUnavailable),
    ("rcpt", "354 go on", MailerUnavailable),
    ("data", "421 4.3.2 closing", MailerUnavailable),
    ("data", "451 4.3.0 try later", EmailDeferred),
    ("data", "554 5.5.1 no valid recipients", EmailRefused),
    ("data", "503 5.5.1 RCPT first", MailerUnavailable),
    ("data", "250 taken", MailerUnavailable),
    ("message", "421 4.3.2 closing", MailerUnavailable),
    ("message", "450 4.2.0 busy", EmailDeferred),
    ("message", "451 4.7.1 greylisted", EmailDeferred),
    ("message", "452 4.3.1 disk full", MailerUnavailable),
    ("message", "550 5.7.1 looks like spam", EmailRefused),
    ("message", "552 5.3.4 too big", EmailRefused),
    ("message", "554 5.6.0 malformed", EmailRefused),
    ("message", "503 5.5.1 what", EmailRefused),
    ("message", "550 5.7.515 no DKIM", SendingForbidden),
    ("message", "354 go on", DeliveryUncertain),
]


@BOTH_WAYS
@pytest.mark.parametrize(("stage", "reply", "raised"), REPLIES)
def test_a_reply_says_what_became_of_the_mail(
    stage: str, reply: str, raised: type[MailerError], offers: Sequence[str]
) -> None:
    with ScriptedServer({stage: [say(reply)]}, offers=offers) as server:
        outcomes = send_all(server, [ADA, BO])

    assert type(outcomes[0]) is raised
    # The next mail goes, over whichever connection.
    assert outcomes[1] is None
    assert recipients(server) == ["<bo@example.org>"]
    assert server.too_early == []


@BOTH_WAYS
@pytest.mark.parametrize(("stage", "reply"), [(s, r) for s, r, _ in REPLIES if s == "rcpt"])
def test_no_body_follows_a_refused_recipient(stage: str, reply: str, offers: Sequence[str]) -> None:
    script = {stage: [say(reply)], "data": [say("354 go on all the same")]}
    with ScriptedServer(script, offers=offers) as server:
        [outcome] = send_all(server)

    assert outcome is not None
    assert server.body_bytes == 0
    assert server.held == []


@BOTH_WAYS
@pytest.mark.parametrize("stage", ["rcpt", "data", "message"])
def test_a_refusal_of_one_mail_keeps_the_connection(stage: str, offers: Sequence[str]) -> None:
    script = {stage: [say("550 5.1.1 no"), say("450 4.2.0 later")]}
    with ScriptedServer(script, offers=offers) as server:
        refused, deferred, taken = send_all(server, [ADA, ADA, BO])

    assert isinstance(refused, EmailRefused)
    assert isinstance(deferred, EmailDeferred)
    assert taken is None
    assert server.connections == 1
    assert server.verbs.count("RSET") == (0 if stage == "message" else 2)


def test_a_server_that_cannot_start_over_is_left() -> None:
    for rset in (say("421 no"), say("500 what?"), silence(), silence(Then.DROP)):
        with ScriptedServer({"rcpt": [say("550 5.1.1 no")], "rset": [rset]}) as server:
            refused, taken = send_all(server, [ADA, BO], **IMPATIENT)

        assert isinstance(refused, EmailRefused)
        assert taken is None
        assert server.connections == 2


@BOTH_WAYS
@pytest.mark.parametrize("stage", ["mail", "rcpt"])
def test_after_a_goodbye_nothing_more_is_waited_for(stage: str, offers: Sequence[str]) -> None:
    started = time.monotonic()
    goodbye = say("421 4.3.2 closing", then=Then.HANG)
    with ScriptedServer({stage: [goodbye]}, offers=offers) as server:
        [outcome] = send_all(server)

    assert type(outcome) is MailerUnavailable
    assert time.monotonic() - started < 5


@pytest.mark.parametrize("then", [Then.DROP, Then.HANG])
def test_a_refusal_counts_though_the_server_then_says_no_more(then: Then) -> None:
    script = {"rcpt": [say("550 5.1.1 no")], "data": [silence(then)]}
    with ScriptedServer(script) as server:
        refused, taken = send_all(server, [ADA, BO], **IMPATIENT)

    assert type(refused) is EmailRefused
    assert taken is None
    assert recipients(server) == ["<bo@example.org>"]


def test_the_error_carries_what_the_server_said() -> None:
    reply = "451 4.7.1 Greylisted for ada@example.org, ada! Try again in 5 minutes"
    with ScriptedServer({"rcpt": say(reply)}) as server:
        [error] = send_all(server)

    assert error is not None
    assert (error.code, error.enhanced) == (451, "4.7.1")
    assert error.retry_after == timedelta(minutes=5)
    assert "451 4.7.1 Greylisted for [address], [address]! Try again" in str(error)


STAGES = ["greeting", "ehlo", "mail", "rcpt", "data"]


@BOTH_WAYS
@pytest.mark.parametrize("then", [Then.DROP, Then.RESET, Then.HANG])
@pytest.mark.parametrize("stage", STAGES)
def test_no_answer_before_the_message_is_safe_to_try_again(
    stage: str, then: Then, offers: Sequence[str]
) -> None:
    with ScriptedServer({stage: [silence(then)]}, offers=offers) as server:
        lost, taken = send_all(server, [ADA, ADA], **IMPATIENT)

    assert type(lost) is MailerUnavailable
    assert taken is None
    assert recipients(server) == ["<ada@example.org>"]


@pytest.mark.parametrize("then", [Then.DROP, Then.RESET, Then.HANG])
@pytest.mark.parametrize("keeps", [True, False])
def test_no_answer_to_the_message_is_uncertain(then: Then, *, keeps: bool) -> None:
    with ScriptedServer({"message": [silence(then, keeps=keeps)]}) as server:
        [outcome] = send_all(server, **IMPATIENT)

    assert type(outcome) is DeliveryUncertain
    assert len(server.held) == keeps
    # It is not tried again by itself.
    assert server.verbs.count("DATA") == 1


NONSENSE = [
    b"hello?\r\n",
    b"2500 taken\r\n",
    b"25\r\n",
    b"\r\n",
    b"250-taken\r\n550 not taken\r\n",
    b"\x16\x03\x01\x02\x00\n",
    b"250_taken\r\n",
    b"650 taken\r\n",
    b"150 taken\r\n",
    b"\xff\xfe\r\n",
    b"250-" + b"x" * 70_000,
    b"250-more\r\n" * 8000,
]


@pytest.mark.parametrize("nonsense", NONSENSE)
@pytest.mark.parametrize("stage", [*STAGES, "message"])
def test_nonsense_is_no_answer(stage: str, nonsense: bytes) -> None:
    with ScriptedServer({stage: [Answer(content=nonsense, keeps=True)]}) as server:
        [outcome] = send_all(server)

    assert type(outcome) is (DeliveryUncertain if stage == "message" else MailerUnavailable)
    assert len(server.held) == (stage == "message")


@pytest.mark.parametrize("stage", [*STAGES, "message"])
def test_an_answer_byte_by_byte_is_one_if_it_is_in_time(stage: str) -> None:
    answers = {"greeting": "220 hi", "ehlo": "250 hi", "data": "354 go"}
    reply = say(answers.get(stage, "250 ok"), drip=0.01)
    with ScriptedServer({stage: [reply]}) as server:
        assert send_all(server) == [None]

    assert len(server.held) == 1


@pytest.mark.parametrize("stage", [*STAGES, "message"])
def test_an_answer_byte_by_byte_has_no_more_time_than_another(stage: str) -> None:
    started = time.monotonic()
    with ScriptedServer({stage: [say("250 " + "o" * 1000, drip=0.1)]}) as server:
        [outcome] = send_all(server, **IMPATIENT)

    assert type(outcome) is (DeliveryUncertain if stage == "message" else MailerUnavailable)
    assert time.monotonic() - started < 3


def test_the_answer_to_a_message_has_a_time_of_its_own() -> None:
    with ScriptedServer({"message": say("250 2.0.0 taken at last", drip=0.03)}) as server:
        assert send_all(server, timeout=0.2, final_timeout=5) == [None]

    assert len(server.held) == 1


@pytest.mark.parametrize("then", [Then.DROP, Then.RESET, Then.HANG])
def test_a_message_cut_off_before_its_end_is_safe_to_try_again(then: Then) -> None:
    started = time.monotonic()
    with ScriptedServer({"body": [silence(then)]}) as server:
        [outcome] = send_all(server, [BIG], timeout=0.5, final_timeout=60)

    assert type(outcome) is MailerUnavailable
    assert server.held == []
    assert time.monotonic() - started < 10


def test_the_reason_of_a_server_that_stops_reading_is_heard() -> None:
    script = {"body": [say("552 5.3.4 enough", then=Then.HANG)]}
    with ScriptedServer(script) as server:
        refused, taken = send_all(server, [BIG, BO], **IMPATIENT)

    assert type(refused) is EmailRefused
    # What it waits for on that connection is the rest of the body.
    assert taken is None
    assert [held.connection for held in server.held] == [2]


def test_a_server_that_takes_half_a_message_is_not_believed() -> None:
    script = {"body": [say("250 2.0.0 taken", then=Then.HANG)]}
    with ScriptedServer(script) as server:
        [outcome] = send_all(server, [BIG], **IMPATIENT)

    assert type(outcome) is DeliveryUncertain


def test_a_big_message_arrives_whole() -> None:
    with ScriptedServer() as server:
        assert send_all(server, [BIG], timeout=30, final_timeout=30) == [None]

    assert server.held[0].content == BIG.content


def test_a_server_that_speaks_before_the_message_gets_none() -> None:
    # A reply too many would be taken for the reply to the message.
    with ScriptedServer({"data": [say("354 go on", "250 taken")]}) as server:
        [outcome] = send_all(server)

    assert type(outcome) is MailerUnavailable
    assert server.body_bytes == 0
