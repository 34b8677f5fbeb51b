"""Who gets mail, and what they asked for."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, exists, func, insert, select, update

from digest.models.subscribers import (
    Cadence,
    Reader,
    Schedule,
    Subscriber,
    SubscriberState,
    Subscription,
)
from digest.store.documents import interests, interests_document
from digest.store.statements import chunks, insert_new
from digest.store.tables import deliveries, subscribers, subscriptions


class SqlSubscribers:
    """Subscribers and their subscriptions."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, reader: Reader) -> bool:
        """Keep *reader* unless that address is known; return whether it was kept."""
        person, wish = reader.subscriber, reader.subscription
        kept = insert_new(
            self._connection,
            subscribers,
            [
                {
                    "id": person.id,
                    "address": person.address,
                    "address_hmac": person.address_hmac,
                    "state": person.state,
                    "created_at": person.created_at,
                }
            ],
            returning=subscribers.c.id,
        )
        if not kept:
            return False
        self._connection.execute(
            insert(subscriptions),
            {
                "id": wish.id,
                "subscriber_id": wish.subscriber_id,
                "interests": interests_document(wish.interests),
                "cadence": wish.cadence,
                "paper_limit": wish.paper_limit,
                "dial": wish.dial,
                "send_at": wish.schedule.send_at,
                "time_zone": wish.schedule.time_zone,
            },
        )
        return True

    def by_address(self, address_hmac: str) -> Reader | None:
        """Return the reader whose address has that HMAC."""
        statement = _readers().where(subscribers.c.address_hmac == address_hmac)
        row = self._connection.execute(statement.order_by(subscriptions.c.id)).first()
        return _reader(row) if row else None

    def by_subscription(self, ids: Collection[str]) -> Mapping[str, Reader]:
        """Return the readers whose subscriptions have *ids*, by that id."""
        found: dict[str, Reader] = {}
        for chunk in chunks(set(ids)):
            rows = self._connection.execute(_readers().where(subscriptions.c.id.in_(chunk)))
            found |= {row.subscription_id: _reader(row) for row in rows}
        return found

    def active(self, *, after: str, limit: int) -> Sequence[Reader]:
        """Return active readers with a subscription id above *after*, in order of it."""
        statement = (
            _readers()
            .where(subscribers.c.state == SubscriberState.ACTIVE, subscriptions.c.id > after)
            .order_by(subscriptions.c.id)
            .limit(limit)
        )
        return [_reader(row) for row in self._connection.execute(statement)]

    def by_id(self, subscriber_id: str) -> Reader | None:
        """Return the reader whose subscriber has that id."""
        statement = _readers().where(subscribers.c.id == subscriber_id)
        row = self._connection.execute(statement.order_by(subscriptions.c.id)).first()
        return _reader(row) if row else None

    def schedules(self) -> Sequence[Schedule]:
        """Return each schedule that some active reader has."""
        statement = (
            select(subscriptions.c.time_zone, subscriptions.c.send_at)
            .join(subscribers, subscriptions.c.subscriber_id == subscribers.c.id)
            .where(subscribers.c.state == SubscriberState.ACTIVE)
            .distinct()
            .order_by(subscriptions.c.time_zone, subscriptions.c.send_at)
        )
        return [
            Schedule(time_zone=row.time_zone, send_at=row.send_at)
            for row in self._connection.execute(statement)
        ]

    def waiting(
        self, schedule: Schedule, day: date, *, joined_by: datetime, after: str, limit: int
    ) -> Sequence[Reader]:
        """As `active`, of *schedule* and without a delivery of *day*, who joined by then."""
        served = exists().where(
            deliveries.c.subscription_id == subscriptions.c.id, deliveries.c.day == day
        )
        statement = (
            _readers()
            .where(
                subscriptions.c.time_zone == schedule.time_zone,
                subscriptions.c.send_at == schedule.send_at,
                subscriptions.c.id > after,
                subscribers.c.state == SubscriberState.ACTIVE,
                subscribers.c.created_at <= joined_by,
                ~served,
            )
            .order_by(subscriptions.c.id)
            .limit(limit)
        )
        return [_reader(row) for row in self._connection.execute(statement)]

    def turn(
        self, subscriber_id: str, state: SubscriberState, *, when: Collection[SubscriberState]
    ) -> bool:
        """Put the subscriber in *state* if it is in one of *when*; return whether it was."""
        statement = (
            update(subscribers)
            .where(subscribers.c.id == subscriber_id, subscribers.c.state.in_(when))
            .values(state=state)
        )
        return self._connection.execute(statement).rowcount > 0

    def count(self) -> int:
        """Return how many subscribers there are, whatever their state."""
        return self._connection.scalar(select(func.count()).select_from(subscribers)) or 0


def _readers() -> Select[*tuple[Any, ...]]:
    return select(
        subscribers,
        subscriptions.c.id.label("subscription_id"),
        *(column for column in subscriptions.c if column.name != "id"),
    ).join(subscriptions, subscriptions.c.subscriber_id == subscribers.c.id)


def _reader(row: Row[*tuple[Any, ...]]) -> Reader:
    return Reader(
        subscriber=Subscriber(
            id=row.id,
            address=row.address,
            address_hmac=row.address_hmac,
            state=SubscriberState(row.state),
            created_at=row.created_at,
        ),
        subscription=Subscription(
            id=row.subscription_id,
            subscriber_id=row.subscriber_id,
            interests=interests(row.interests),
            cadence=Cadence(row.cadence),
            paper_limit=row.paper_limit,
            dial=row.dial,
            schedule=Schedule(send_at=row.send_at, time_zone=row.time_zone),
        ),
    )
