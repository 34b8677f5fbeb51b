"""Thousands of rows at once, which have to come out as rows do that are added one by one."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta, timezone
from typing import Any

import pytest

from digest.errors import StoreError
from digest.models.consent import Act, Consent
from digest.models.interests import Interest
from digest.models.subscribers import Reader, Schedule, SubscriberState, Suppression
from digest.ports import Store
from digest.store.bulk import FEW, MANY
from tests.factories import NOON, make_reader

NAMES = [f"reader{number:05}" for number in range(2 * FEW)]


def _reader(name: str, /, **changes: Any) -> Reader:
    """Return a reader with something in each column."""
    reader = make_reader(
        name,
        state=SubscriberState.PAUSED,
        interests=(Interest(phrases=('say "whale"', "naïve \\u0041 🐋"), seeds=("2611.00001",)),),
        schedule=Schedule(time_zone="Asia/Kolkata", send_at=time(23, 59), weekdays=(0, 6)),
        paper_limit=25,
        dial=0.125,
    )
    person: dict[str, Any] = {
        "name": "Ada\tOkafor",
        "confirmed_at": NOON + timedelta(microseconds=1),
        "paused_until": date(2026, 12, 24),
        "catch_up": True,
        "version": 3,
    }
    return replace(reader, subscriber=replace(reader.subscriber, **person | changes))


def _all(store: Store) -> list[Reader]:
    with store.read() as work:
        return list(work.subscribers.page(after="", limit=10 * MANY))


def test_many_readers_come_back_as_they_were(store: Store) -> None:
    readers = [_reader(name) for name in NAMES]

    with store.begin() as work:
        kept = work.subscribers.add_many(readers)

    assert kept == {reader.subscriber.id for reader in readers}
    assert _all(store) == readers


def test_who_is_known_is_left_out_and_so_is_the_second_of_two(store: Store) -> None:
    known, *new = [_reader(name) for name in NAMES]
    second = replace(new[0], subscriber=replace(new[0].subscriber, id="subscriber-zoe"))
    with store.begin() as work:
        work.subscribers.add(known)

        kept = work.subscribers.add_many([_reader(NAMES[0], name="Another"), *new, second])

    assert kept == {reader.subscriber.id for reader in new}
    assert _all(store) == [known, *new]


def test_a_second_subscription_of_one_id_is_refused_among_many(store: Store) -> None:
    first, *others = [_reader(name) for name in NAMES]
    wish = replace(others[0].subscription, id=first.subscription.id)

    with pytest.raises(StoreError), store.begin() as work:
        work.subscribers.add_many([first, replace(others[0], subscription=wish), *others[1:]])

    assert _all(store) == []


@pytest.mark.parametrize("letter", ["\0", "\ud800", "\\u0000"])
def test_a_letter_that_no_database_keeps_costs_none_of_many(store: Store, letter: str) -> None:
    readers = [_reader(name) for name in NAMES]
    readers[7] = _reader(NAMES[7], name=f"Ada{letter}")

    with store.begin() as work:
        work.subscribers.add_many(readers)

    kept = "Ada\\u0000" if letter == "\\u0000" else "Ada\ufffd"
    assert _all(store)[7].subscriber.name == kept


def test_moments_of_any_zone_are_kept_and_one_of_none_is_refused(store: Store) -> None:
    tokyo = timezone(timedelta(hours=9))
    there = datetime(2026, 11, 20, 21, tzinfo=tokyo)
    readers = [_reader(name, confirmed_at=there) for name in NAMES]

    with store.begin() as work:
        work.subscribers.add_many(readers)
    assert _all(store)[0].subscriber.confirmed_at == there.astimezone(UTC)

    lost = [_reader(f"x{name}", confirmed_at=there.replace(tzinfo=None)) for name in NAMES]
    with pytest.raises(Exception, match="no time zone"), store.begin() as work:
        work.subscribers.add_many(lost)


def test_many_acts_are_kept_in_order_with_their_evidence(store: Store) -> None:
    acts = [
        Consent(
            subscriber_id="subscriber-ada",
            at=NOON,
            act=Act.IMPORTED,
            source="operator",
            evidence={"says": f"line {number}"},
        )
        for number in range(2 * FEW)
    ]
    with store.begin() as work:
        work.subscribers.add(make_reader("ada"))
        work.consents.log(acts)

    with store.read() as work:
        assert list(work.consents.of("subscriber-ada")) == acts


def test_among_more_than_fit_one_list_all_are_found(store: Store) -> None:
    readers = [_reader(name) for name in NAMES]
    keys = [reader.subscriber.address_hmac for reader in readers]
    asked = [*(f"{number:064x}" for number in range(MANY)), *keys]
    gone = Suppression(address_hmac=keys[3], reason=SubscriberState.ERASED, at=NOON)
    with store.begin() as work:
        work.subscribers.add_many(readers)
        work.suppressions.put([gone])

    with store.read() as work:
        assert work.subscribers.states(asked) == dict.fromkeys(keys, SubscriberState.PAUSED)
        assert work.suppressions.among(asked) == {keys[3]: gone}
        assert work.subscribers.states([]) == {}
