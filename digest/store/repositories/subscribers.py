"""Who gets mail, and what they asked for."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Row, Select, func, insert, select

from digest.models.subscribers import (
    Cadence,
    Reader,
    Subscriber,
    SubscriberState,
    Subscription,
)
from digest.store.documents import interests, interests_document
from digest.store.statements import chunks, insert_new
from digest.store.tables import subscribers, subscriptions


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
                "send_at": wish.send_at,
                "time_zone": wish.time_zone,
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
            send_at=row.send_at,
            time_zone=row.time_zone,
        ),
    )
