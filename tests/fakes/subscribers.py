"""The readers of the memory store."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime

from digest.errors import StoreError
from digest.models.consent import Act
from digest.models.subscribers import (
    Reader,
    Schedule,
    Subscriber,
    SubscriberState,
    Subscription,
)
from tests.fakes.tables import Tables, among, storable, utc

NEVER_MORE_THAN_PENDING = frozenset({Act.ASKED, Act.IMPORTED})


class MemorySubscribers:
    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def add(self, reader: Reader) -> bool:
        return bool(self.add_many([reader]))

    def add_many(self, readers: Sequence[Reader]) -> frozenset[str]:
        known = {reader.subscriber.address_hmac for reader in self._tables.readers.values()}
        known |= self._tables.people
        added = set()
        for reader in readers:
            person = reader.subscriber
            if not known.isdisjoint({person.address_hmac, person.id}):
                continue
            if reader.subscription.id in self._tables.readers:
                raise StoreError("There is another subscription of that id.")
            self._tables.readers[reader.subscription.id] = storable(reader)
            known |= {person.address_hmac, person.id}
            added.add(person.id)
        return frozenset(added)

    def by_address(self, address_hmac: str) -> Reader | None:
        readers = self._tables.readers.values()
        return next((r for r in readers if r.subscriber.address_hmac == address_hmac), None)

    def by_subscription(self, ids: Collection[str]) -> Mapping[str, Reader]:
        return among(self._tables.readers, ids)

    def by_id(self, subscriber_id: str) -> Reader | None:
        readers = self._tables.readers.values()
        return next((r for r in readers if r.subscriber.id == subscriber_id), None)

    def states(self, address_hmacs: Collection[str]) -> Mapping[str, SubscriberState]:
        people = [reader.subscriber for reader in self._tables.readers.values()]
        wanted = set(address_hmacs)
        return {each.address_hmac: each.state for each in people if each.address_hmac in wanted}

    def page(
        self, *, after: str, limit: int, states: Collection[SubscriberState] = ()
    ) -> Sequence[Reader]:
        return [
            reader
            for reader in sorted(self._tables.readers.values(), key=lambda each: each.subscriber.id)
            if reader.subscriber.id > after and (not states or reader.subscriber.state in states)
        ][:limit]

    def active(self, *, after: str, limit: int) -> Sequence[Reader]:
        active = (
            reader
            for id_, reader in sorted(self._tables.readers.items())
            if id_ > after and reader.subscriber.state == SubscriberState.ACTIVE
        )
        return [reader for _, reader in zip(range(limit), active, strict=False)]

    def schedules(self) -> Sequence[Schedule]:
        found = {
            reader.subscription.schedule
            for reader in self._tables.readers.values()
            if reader.subscriber.state == SubscriberState.ACTIVE
        }
        return sorted(found, key=_zone_time_days)

    def waiting(
        self, schedule: Schedule, day: date, *, joined_by: datetime, after: str, limit: int
    ) -> Sequence[Reader]:
        deliveries = [row.delivery for row in self._tables.rows.values()]
        served = {each.subscription_id for each in deliveries if each.day == day}
        return [
            reader
            for reader in self.active(after=after, limit=len(self._tables.readers))
            if reader.subscription.schedule == schedule
            and reader.subscription.id not in served
            and _joined_at(reader.subscriber) <= utc(joined_by)
        ][:limit]

    def turn(
        self, subscriber_id: str, state: SubscriberState, *, when: Collection[SubscriberState]
    ) -> bool:
        reader = self.by_id(subscriber_id)
        if reader is None or reader.subscriber.state not in when:
            return False
        self._put(reader, replace(reader.subscriber, state=state))
        return True

    def change(self, reader: Reader, *, when: Collection[SubscriberState]) -> bool:
        known = self.by_id(reader.subscriber.id)
        if known is None or known.subscriber.state not in when:
            return False
        kept = known.subscriber
        person = replace(
            reader.subscriber,
            address=kept.address,
            address_hmac=kept.address_hmac,
            created_at=kept.created_at,
            version=max(kept.version, reader.subscriber.version),
        )
        wish = replace(reader.subscription, id=known.subscription.id)
        self._put(replace(known, subscription=wish), person)
        return True

    def move(self, subscriber_id: str, *, address: str, address_hmac: str) -> bool:
        reader, holder = self.by_id(subscriber_id), self.by_address(address_hmac)
        taken = holder is not None and holder.subscriber.id != subscriber_id
        if reader is None or taken or reader.subscriber.state is SubscriberState.ERASED:
            return False
        moved = replace(reader.subscriber, address=address, address_hmac=address_hmac)
        self._put(reader, moved)
        return True

    def erase(self, subscriber_id: str) -> bool:
        reader = self.by_id(subscriber_id)
        if reader is None or reader.subscriber.state is SubscriberState.ERASED:
            return False
        self._drop_papers_about(reader.subscriber)
        person, wish = reader.subscriber, reader.subscription
        self._tables.feedbacks = {
            key: each for key, each in self._tables.feedbacks.items() if key[0] != wish.id
        }
        for issue in list(self._tables.issues.values()):
            if issue.subscription_id == wish.id:
                self._tables.issues[issue.id] = replace(issue, picks=(), matching=0)
        nobody = Subscriber(
            id=person.id,
            address="",
            address_hmac=f"erased:{person.id}",
            state=SubscriberState.ERASED,
            created_at=person.created_at,
            version=person.version + 1,
        )
        nothing = Subscription(
            id=wish.id, subscriber_id=person.id, interests=(), cadence=wish.cadence
        )
        self._tables.readers[wish.id] = Reader(subscriber=nobody, subscription=nothing)
        return True

    def forget(self, *, created_before: datetime, limit: int) -> int:
        before = utc(created_before)
        pending = [
            reader
            for reader in self._tables.readers.values()
            if reader.subscriber.state is SubscriberState.PENDING
            and reader.subscriber.created_at < before
            and self._was_never_more(reader)
            and not self._asked_since(reader.subscriber, before)
        ]
        oldest_first = sorted(pending, key=lambda each: each.subscriber.created_at)[:limit]
        for reader in oldest_first:
            self._drop_papers_about(reader.subscriber)
            id_ = reader.subscriber.id
            self._tables.consents = [
                each for each in self._tables.consents if each.subscriber_id != id_
            ]
            self._tables.events = {
                key: pair for key, pair in self._tables.events.items() if pair[1] != id_
            }
            del self._tables.readers[reader.subscription.id]
        return len(oldest_first)

    def resume(self, day: date, *, limit: int) -> Sequence[str]:
        due = [
            reader
            for reader in self.page(after="", limit=self.count())
            if reader.subscriber.state is SubscriberState.PAUSED
            and reader.subscriber.paused_until is not None
            and reader.subscriber.paused_until <= day
        ][:limit]
        for reader in due:
            active = replace(reader.subscriber, state=SubscriberState.ACTIVE, paused_until=None)
            self._put(reader, active)
        return [reader.subscriber.id for reader in due]

    def count(self) -> int:
        return len(self._tables.readers)

    def counts(self) -> Mapping[SubscriberState, int]:
        return Counter(reader.subscriber.state for reader in self._tables.readers.values())

    def _put(self, reader: Reader, person: Subscriber) -> None:
        kept = replace(reader, subscriber=person)
        self._tables.readers[reader.subscription.id] = storable(kept)

    def _drop_papers_about(self, person: Subscriber) -> None:
        """Take away the letters to that person, and what forms sent in about them."""
        self._tables.letters = {
            id_: row
            for id_, row in self._tables.letters.items()
            if row.letter.subscriber_id != person.id
        }
        self._tables.signups = {
            id_: row
            for id_, row in self._tables.signups.items()
            if person.id not in {row.subscriber_id, row.signup.subscriber_id}
            and row.address_hmac != person.address_hmac
        }

    def _was_never_more(self, reader: Reader) -> bool:
        acts = {
            each.act for each in self._tables.consents if each.subscriber_id == reader.subscriber.id
        }
        subscription_id = reader.subscription.id
        issues = (each.subscription_id for each in self._tables.issues.values())
        planned = (row.delivery.subscription_id for row in self._tables.rows.values())
        said = (key[0] for key in self._tables.feedbacks)
        return (
            reader.subscriber.confirmed_at is None
            and acts <= NEVER_MORE_THAN_PENDING
            and subscription_id not in {*issues, *planned, *said}
        )

    def _asked_since(self, person: Subscriber, moment: datetime) -> bool:
        return any(
            row.subscriber_id == person.id and row.signup.received_at >= moment
            for row in self._tables.signups.values()
        )


def _joined_at(person: Subscriber) -> datetime:
    return person.confirmed_at or person.created_at


def _zone_time_days(schedule: Schedule) -> tuple[object, ...]:
    # As the databases sort them: Monday is the lowest bit.
    return schedule.time_zone, schedule.send_at, sum(1 << day for day in schedule.weekdays)
