"""Time ends pauses, and lets who never confirmed be forgotten."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from digest.models.consent import Act
from digest.models.signups import FORGET_AFTER, Signup, SignupState
from digest.models.subscribers import Reader, SubscriberState
from digest.services.tidy import Tidied, tidy
from tests.factories import make_reader
from tests.fakes import MemoryStore, StoppedClock

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


def reader(name: str, state: SubscriberState, **changes: object) -> Reader:
    made = make_reader(name)
    return replace(made, subscriber=replace(made.subscriber, state=state, **changes))  # type: ignore[arg-type]  # fields of a Subscriber


def kept(store: MemoryStore, one: Reader) -> Reader | None:
    with store.read() as work:
        return work.subscribers.by_id(one.subscriber.id)


@pytest.mark.parametrize(
    ("until", "state"),
    [
        (date(2026, 11, 19), SubscriberState.ACTIVE),
        (date(2026, 11, 20), SubscriberState.ACTIVE),
        (date(2026, 11, 21), SubscriberState.PAUSED),
        (None, SubscriberState.PAUSED),
    ],
)
def test_a_pause_ends_on_its_day_and_it_is_on_record(
    until: date | None, state: SubscriberState
) -> None:
    store = MemoryStore()
    ada = reader("ada", SubscriberState.PAUSED, paused_until=until)
    with store.begin() as work:
        work.subscribers.add(ada)

    tidied = tidy(store=store, clock=StoppedClock(NOW))

    after = kept(store, ada)
    assert after is not None
    assert after.subscriber.state is state
    assert tidied.resumed == (state is SubscriberState.ACTIVE)
    with store.read() as work:
        acts = [one.act for one in work.consents.of(ada.subscriber.id)]
    assert acts == [Act.RESUMED] * tidied.resumed


def test_who_never_confirmed_is_forgotten_after_a_week_and_nobody_else() -> None:
    store = MemoryStore()
    week = NOW - FORGET_AFTER
    old = reader("old", SubscriberState.PENDING, created_at=week - timedelta(seconds=1))
    new = reader("new", SubscriberState.PENDING, created_at=week + timedelta(seconds=1))
    active = reader("ada", SubscriberState.ACTIVE, created_at=week - timedelta(days=9))
    with store.begin() as work:
        for one in (old, new, active):
            work.subscribers.add(one)

    assert tidy(store=store, clock=StoppedClock(NOW)).forgotten == 1
    assert tidy(store=store, clock=StoppedClock(NOW)) == Tidied()

    assert kept(store, old) is None
    assert kept(store, new) == new
    assert kept(store, active) == active


def test_a_sign_up_that_was_decided_on_is_deleted_after_a_month() -> None:
    store = MemoryStore()
    with store.begin() as work:
        for name, days in (("old", 31), ("young", 29)):
            signup = Signup(
                id=name,
                form="page",
                external_id=name,
                received_at=NOW - timedelta(days=days),
                address="nobody@example.org",
            )
            work.signups.receive(signup, known_since=NOW)
            work.signups.settle(name, SignupState.REFUSED, at=NOW)

    assert tidy(store=store, clock=StoppedClock(NOW)).signups == 1

    with store.read() as work:
        assert work.signups.get("old") is None
        assert work.signups.get("young") is not None
