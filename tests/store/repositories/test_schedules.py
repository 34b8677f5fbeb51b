"""Who still waits for an issue, among many who do not."""

from dataclasses import replace
from datetime import date, time, timedelta

import pytest

from digest.models.deliveries import Delivery, DeliveryState
from digest.models.subscribers import (
    EVERY_DAY,
    WORKING_DAYS,
    Reader,
    Schedule,
    SubscriberState,
)
from digest.ports import Store
from digest.store.repositories import schedules
from tests.factories import DAY, NOON, make_reader

MORNING = Schedule(time_zone="Europe/Vienna", send_at=time(6, 30), weekdays=WORKING_DAYS)
TOMORROW = DAY + timedelta(days=1)


def add(store: Store, *readers: Reader) -> None:
    with store.begin() as work:
        work.subscribers.add_many(readers)


def serve(store: Store, day: date, *names: str) -> None:
    planned = [
        Delivery(
            id=f"{name} {day}",
            subscription_id=f"subscription-{name}",
            day=day,
            state=DeliveryState.PLANNED,
        )
        for name in names
    ]
    with store.begin() as work:
        assert len(work.deliveries.plan(planned)) == len(names)


def waiting(
    store: Store, day: date = DAY, *, schedule: Schedule = MORNING, limit: int = 9
) -> list[str]:
    """Return who waits, walked by pages of *limit*."""
    names: list[str] = []
    after = ""
    with store.read() as work:
        while page := work.subscribers.waiting(
            schedule, day, joined_by=NOON, after=after, limit=limit
        ):
            names += [each.subscription.id.removeprefix("subscription-") for each in page]
            after = page[-1].subscription.id
    return names


def test_schedules_are_told_apart_by_zone_time_and_days(store: Store) -> None:
    found = [
        Schedule(time_zone=zone, send_at=at, weekdays=days)
        for zone in ("Asia/Tokyo", "Europe/Vienna", "UTC")
        for at in (time(5), time(5, 30), time(23, 59))
        for days in ((0,), WORKING_DAYS, (6,), EVERY_DAY)
    ]
    for copy in range(2):
        add(
            store,
            *(make_reader(f"{n}-{copy}", schedule=each) for n, each in enumerate(found)),
        )
    add(store, make_reader("gone", schedule=MORNING, state=SubscriberState.UNSUBSCRIBED))

    with store.read() as work:
        assert list(work.subscribers.schedules()) == found
    assert waiting(store, schedule=found[7]) == ["7-0", "7-1"]


def test_nobody_has_no_schedule(store: Store) -> None:
    with store.read() as work:
        assert list(work.subscribers.schedules()) == []


@pytest.mark.parametrize("few", [0, 1, 3, 500])
def test_those_without_a_delivery_wait_whether_few_or_many(
    store: Store, monkeypatch: pytest.MonkeyPatch, few: int
) -> None:
    monkeypatch.setattr(schedules, "CHUNK", few)
    names = [f"{number:02}" for number in range(12)]
    add(store, *(make_reader(name, schedule=MORNING) for name in names))
    assert waiting(store, limit=5) == names

    serve(store, DAY, *names[:10])
    assert waiting(store, limit=1) == names[10:]
    assert waiting(store, TOMORROW, limit=5) == names

    # A later day was planned first: whoever has none of the day still waits for one.
    serve(store, TOMORROW, *names[8:])
    assert waiting(store, limit=1) == names[10:]
    assert waiting(store, TOMORROW, limit=5) == names[:8]

    serve(store, DAY, *names[10:])
    assert waiting(store) == []
    assert waiting(store, DAY - timedelta(days=1)) == names


def test_who_had_to_confirm_joined_when_they_did(store: Store) -> None:
    late, early = make_reader("late", schedule=MORNING), make_reader("early", schedule=MORNING)
    confirmed = replace(late.subscriber, confirmed_at=NOON + timedelta(seconds=1))
    long_ago = replace(early.subscriber, confirmed_at=NOON)
    add(store, replace(late, subscriber=confirmed), replace(early, subscriber=long_ago))

    assert waiting(store) == ["early"]
