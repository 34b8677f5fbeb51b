"""Whom a reply is about: one reader, or all; now, or until somebody mends something."""

import pytest

from digest.errors import (
    EmailDeferred,
    EmailRefused,
    MailerError,
    MailerUnavailable,
    SendingForbidden,
)
from digest.mailers.smtp.replies import Reply
from digest.mailers.smtp.verdicts import Stage, verdict

SESSION = [Stage.GREETING, Stage.HELLO, Stage.STARTTLS, Stage.AUTH]
OF_ONE_MAIL = [Stage.RCPT, Stage.DATA, Stage.MESSAGE]


def judged(stage: Stage, said: str) -> MailerError:
    code, _, text = said.partition(" ")
    reply = Reply(code=int(code), lines=(text,))
    return verdict(stage, reply, server="mail.example.org:25", words=("ada",))


@pytest.mark.parametrize("stage", SESSION)
def test_no_reply_to_a_session_is_about_one_reader(stage: Stage) -> None:
    for code in range(200, 600):
        expected = SendingForbidden if code >= 500 else MailerUnavailable
        assert type(judged(stage, f"{code} no")) is expected, code


@pytest.mark.parametrize("stage", OF_ONE_MAIL)
def test_no_code_lets_one_reader_stop_all_but_those_that_say_so(stage: Stage) -> None:
    about_all: dict[int, type[MailerError]] = dict.fromkeys((421, 432, 454), MailerUnavailable)
    about_all |= dict.fromkeys((521, 530, 534, 535, 538), SendingForbidden)
    if stage is not Stage.MESSAGE:
        about_all |= dict.fromkeys((500, 502, 503, 504), MailerUnavailable)
    for code in range(400, 600):
        about_one = EmailDeferred if code < 500 else EmailRefused
        assert type(judged(stage, f"{code} no")) is about_all.get(code, about_one), code


@pytest.mark.parametrize("stage", OF_ONE_MAIL)
@pytest.mark.parametrize(
    "status",
    [*range(3, 7), *range(8, 13), 14, *range(20, 33), 57, 60, 64, 501, 509, 515, 606, 708],
)
def test_a_policy_about_the_sender_is_about_all(stage: Stage, status: int) -> None:
    assert type(judged(stage, f"550 5.7.{status} no")) is SendingForbidden
    assert type(judged(stage, f"450 4.7.{status} no")) is MailerUnavailable


@pytest.mark.parametrize("stage", OF_ONE_MAIL)
@pytest.mark.parametrize("status", [0, 1, 2, 7, 13, 16, 17, 18, 19, 124, 133, 504, 505, 507])
def test_a_policy_of_a_mailbox_is_about_that_mailbox(stage: Stage, status: int) -> None:
    assert type(judged(stage, f"550 5.7.{status} no")) is EmailRefused
    assert type(judged(stage, f"450 4.7.{status} no")) is EmailDeferred


@pytest.mark.parametrize(
    "said",
    [
        "554 5.7.1 <x@example.org>: Relay access denied",
        "550 5.7.1 Unable to relay",
        "550 relay not permitted",
        "553 5.7.1 <x@example.org>: Sender address rejected: not owned by user papers",
        "554 5.7.1 Service unavailable; Client host [192.0.2.1] blocked using list.example.net",
        "554 5.7.1 <unknown[192.0.2.1]>: Client host rejected: Access denied",
        "504 5.5.2 <papers>: Helo command rejected: need fully-qualified hostname",
        "553 sorry, that domain isn't in my list of allowed rcpthosts (#5.7.1)",
        "550 Must issue a STARTTLS command first",
        "550 please authenticate first",
    ],
)
def test_what_a_server_says_late_about_us_is_about_all(said: str) -> None:
    error = judged(Stage.RCPT, said)

    assert isinstance(error, MailerUnavailable)
    assert not isinstance(error, EmailRefused)


@pytest.mark.parametrize(
    "said",
    [
        "550 5.1.1 user unknown in relay recipient table",
        "550 5.1.1 Recipient address rejected: User unknown",
        "550 5.2.1 mailbox disabled",
        "450 4.7.1 Client host rejected: cannot find your hostname",
    ],
)
def test_words_count_only_where_no_status_says_otherwise(said: str) -> None:
    assert type(judged(Stage.RCPT, said)) in {EmailRefused, EmailDeferred}


@pytest.mark.parametrize("stage", Stage)
@pytest.mark.parametrize("code", [250, 354, 421, 450, 503, 535, 550])
def test_every_verdict_is_a_sentence_that_quotes_the_server(stage: Stage, code: int) -> None:
    error = judged(stage, f"{code} ada is {{server}} %s not here")

    assert str(error).endswith(".")
    assert f"{code} [address] is {{server}} %s not here {stage.value}" in str(error)
    assert error.code == code
