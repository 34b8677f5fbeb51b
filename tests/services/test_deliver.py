"""Sending what is planned: once each, and nothing lost, whatever goes wrong."""

from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes, policy

import pytest

from digest.errors import (
    DeliveryUncertain,
    EmailDeferred,
    EmailRefused,
    MailerUnavailable,
    RenderingFailed,
)
from digest.links import IssueTokens, Purpose, bounce_tags
from digest.models.deliveries import Claim, DeliveryState, Email
from digest.models.issues import Issue
from digest.models.subscribers import Reader
from digest.rendering.emails import Press
from digest.services import deliver as deliver_module
from digest.services.deliver import RETRIES, deliver, retry_after
from tests.factories import DAY, make_reader
from tests.fakes import MemoryMailer
from tests.services.conftest import IMPRINT, Morning


def test_everybody_planned_for_gets_one_mail(morning: Morning) -> None:
    morning.plan()

    delivered = deliver(DAY, carriage=morning.carriage)

    assert morning.recipients() == ["ada@example.org", "bob@example.org"]
    assert delivered.states == {DeliveryState.SENT: 2}
    assert morning.states() == {DeliveryState.SENT: 2}


def test_a_second_run_sends_nothing(morning: Morning) -> None:
    morning.plan()
    deliver(DAY, carriage=morning.carriage)

    assert deliver(DAY, carriage=morning.carriage).settled == 0
    assert len(morning.mailer.sent) == 2


def test_each_mail_carries_its_readers_own_token(morning: Morning) -> None:
    morning.press = Press(
        type(IMPRINT)(
            sender=IMPRINT.sender,
            postal_address=IMPRINT.postal_address,
            list_host=IMPRINT.list_host,
            unsubscribe_address="leave@papers.example.org",
        )
    )
    morning.plan()
    deliver(DAY, carriage=morning.carriage)

    for email in morning.mailer.sent:
        header = message_from_bytes(email.content, policy=policy.default)["List-Unsubscribe"]
        token = header.rpartition("%20")[2].rstrip(">")
        name = email.recipient.partition("@")[0]
        assert morning.links.subject(Purpose.UNSUBSCRIBE, token) == f"subscriber-{name}"


def test_a_refused_mail_is_failed_with_the_reason_and_the_others_go_out(morning: Morning) -> None:
    morning.mailer.failures["ada@example.org"] = EmailRefused("no such mailbox")
    morning.plan()

    delivered = deliver(DAY, carriage=morning.carriage)

    assert morning.recipients() == ["bob@example.org"]
    assert delivered.states == {DeliveryState.SENT: 1, DeliveryState.FAILED: 1}
    assert delivered.reasons == {"no such mailbox": 1}
    assert morning.states() == {DeliveryState.SENT: 1, DeliveryState.FAILED: 1}


def test_a_mail_that_may_have_been_taken_is_never_sent_again(morning: Morning) -> None:
    morning.mailer.failures["ada@example.org"] = DeliveryUncertain("no answer after the dot")
    morning.plan()
    deliver(DAY, carriage=morning.carriage)

    del morning.mailer.failures["ada@example.org"]
    morning.clock.advance(timedelta(days=2))
    deliver(DAY, carriage=morning.carriage)

    assert morning.recipients() == ["bob@example.org"]
    assert morning.states() == {DeliveryState.SENT: 1, DeliveryState.UNCERTAIN: 1}


def test_a_mailer_that_is_away_ends_the_run_and_loses_nothing(morning: Morning) -> None:
    morning.plan()
    for name in ("ada", "bob"):
        morning.mailer.failures[f"{name}@example.org"] = MailerUnavailable("the server is away")

    with pytest.raises(MailerUnavailable):
        deliver(DAY, carriage=morning.carriage)
    assert morning.states() == {DeliveryState.PLANNED: 2}

    morning.mailer.failures.clear()
    deliver(DAY, carriage=morning.carriage)
    assert morning.states() == {DeliveryState.SENT: 2}
    assert morning.recipients() == ["ada@example.org", "bob@example.org"]


class _Interrupted(MemoryMailer):
    """Is interrupted in the middle of its second mail."""

    def send(self, email: Email) -> None:
        if self.sent:
            raise KeyboardInterrupt
        super().send(email)


@pytest.mark.parametrize(
    ("idempotent", "second"), [(True, DeliveryState.PLANNED), (False, DeliveryState.UNCERTAIN)]
)
def test_ctrl_c_keeps_what_was_sent_and_knows_what_it_does_not_know(
    morning: Morning, *, idempotent: bool, second: DeliveryState
) -> None:
    morning.add(make_reader("cleo", phrases=("squid",)))
    morning.plan()
    morning.mailer = _Interrupted(idempotent=idempotent)

    with pytest.raises(KeyboardInterrupt):
        deliver(DAY, carriage=morning.carriage)

    states = morning.states()
    assert states.pop(DeliveryState.SENT) == 1
    assert states.pop(second) == (2 if second is DeliveryState.PLANNED else 1)
    assert states in ({}, {DeliveryState.PLANNED: 1})


class _BrokenPress(Press):
    """Cannot make Ada's mail."""

    def issue(self, issue: Issue, reader: Reader, *, tokens: IssueTokens) -> Email:
        if reader.subscriber.address.startswith("ada"):
            raise RenderingFailed("a sentinel was lost")
        return super().issue(issue, reader, tokens=tokens)


def test_a_mail_that_cannot_be_made_stops_nobody_elses(morning: Morning) -> None:
    morning.press = _BrokenPress(IMPRINT)
    morning.plan()

    delivered = deliver(DAY, carriage=morning.carriage)

    assert delivered.states == {DeliveryState.SENT: 1, DeliveryState.RENDER_FAILED: 1}
    assert delivered.reasons == {"a sentinel was lost": 1}
    assert morning.states() == dict(delivered.states)


def test_only_the_deliveries_named_are_sent(morning: Morning) -> None:
    morning.plan()
    with morning.store.read() as work:
        [first, _second] = work.deliveries.of_day(DAY)

    deliver(DAY, carriage=morning.carriage, only=[first.id])

    assert [email.delivery_id for email in morning.mailer.sent] == [first.id]
    assert morning.states() == {DeliveryState.SENT: 1, DeliveryState.PLANNED: 1}


def test_a_run_sends_no_more_than_its_limit(morning: Morning) -> None:
    morning.plan()

    assert deliver(DAY, carriage=morning.carriage, limit=1).settled == 1
    assert deliver(DAY, carriage=morning.carriage, limit=1).settled == 1
    assert deliver(DAY, carriage=morning.carriage, limit=1).settled == 0


def test_many_readers_are_sent_in_windows(
    morning: Morning, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deliver_module, "CHUNK", 5)
    monkeypatch.setattr(deliver_module, "WINDOW", 2)
    morning.add(*(make_reader(f"reader{number}") for number in range(11)))
    morning.plan()
    counted: list[int] = []

    deliver(DAY, carriage=morning.carriage, progress=counted.append)

    assert sum(counted) == 13
    assert len(set(morning.recipients())) == len(morning.mailer.sent) == 13


def test_what_another_worker_holds_is_left_to_it_until_its_lease_is_over(morning: Morning) -> None:
    morning.plan()
    lease = morning.clock.now() + timedelta(minutes=15)
    with morning.store.begin() as work:
        work.deliveries.claim(
            DAY, Claim(fence="other", at=morning.clock.now(), lease_until=lease), limit=1, only=None
        )

    deliver(DAY, carriage=morning.carriage)
    assert len(morning.mailer.sent) == 1

    morning.clock.advance(timedelta(minutes=16))
    deliver(DAY, carriage=morning.carriage)
    assert morning.recipients() == ["ada@example.org", "bob@example.org"]


def test_a_deferred_mail_waits_and_goes_out_later_and_the_others_go_out_now(
    morning: Morning,
) -> None:
    morning.mailer.failures["ada@example.org"] = EmailDeferred("greylisted")
    morning.plan()

    delivered = deliver(DAY, carriage=morning.carriage)

    assert delivered.states == {DeliveryState.SENT: 1, DeliveryState.DEFERRED: 1}
    del morning.mailer.failures["ada@example.org"]
    assert deliver(DAY, carriage=morning.carriage).settled == 0
    morning.clock.advance(timedelta(minutes=2))
    assert deliver(DAY, carriage=morning.carriage).states == {DeliveryState.SENT: 1}
    assert morning.recipients() == ["ada@example.org", "bob@example.org"]


def test_a_mail_that_is_deferred_for_ever_has_failed(morning: Morning) -> None:
    morning.mailer.failures["ada@example.org"] = EmailDeferred("greylisted")
    morning.plan()

    for _ in range(len(RETRIES) + 1):
        deliver(DAY, carriage=morning.carriage)
        morning.clock.advance(timedelta(hours=4))

    assert morning.states() == {DeliveryState.SENT: 1, DeliveryState.FAILED: 1}
    assert deliver(DAY, carriage=morning.carriage).settled == 0


@pytest.mark.parametrize(("attempts", "minutes"), [(1, 1), (2, 5), (3, 15), (4, 60), (5, 180)])
def test_waits_grow_and_are_spread_by_a_fifth(attempts: int, minutes: int) -> None:
    waits = [retry_after(f"{number:08x}", attempts) for number in range(0, 2**32, 2**26)]

    around = timedelta(minutes=minutes)
    assert all(wait is not None and around * 0.8 <= wait <= around * 1.2 for wait in waits)
    assert len(set(waits)) > 50
    assert retry_after("0" * 32, 6) is None


def test_a_time_that_the_server_asks_for_wins() -> None:
    assert retry_after("0" * 32, 1, asked=timedelta(minutes=7)) == timedelta(minutes=7)


def test_each_mail_comes_back_to_an_address_that_proves_which_it_was(morning: Morning) -> None:
    morning.plan()
    deliver(DAY, carriage=replace(morning.carriage, bounce_address="bounces@b.example.org"))

    for email in morning.mailer.sent:
        [tag] = bounce_tags(email.return_path)
        assert morning.links.bounced(tag) == email.delivery_id
    assert len({email.return_path for email in morning.mailer.sent}) == 2


def test_without_such_an_address_it_comes_back_to_its_sender(morning: Morning) -> None:
    morning.plan()
    deliver(DAY, carriage=morning.carriage)

    assert {email.return_path for email in morning.mailer.sent} == {""}
