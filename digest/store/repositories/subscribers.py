"""Who gets mail, and what they asked for."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection, Select, case, func, select, update
from sqlalchemy.exc import IntegrityError

from digest.models.subscribers import Reader, SubscriberState
from digest.store.bulk import insert_many, insert_many_new, is_among, lists_of
from digest.store.repositories.forgetting import SqlForgetting
from digest.store.repositories.reader_rows import (
    person_changes,
    person_record,
    reader,
    selected,
    wish_changes,
    wish_record,
)
from digest.store.repositories.schedules import SqlSchedules
from digest.store.statements import chunks
from digest.store.tables import subscribers, subscriptions

BULK = 2_000
"""Readers that are added in one round."""


class SqlSubscribers(SqlSchedules, SqlForgetting):
    """Subscribers and their subscriptions."""

    def __init__(self, connection: Connection) -> None:
        super().__init__(connection)
        self._connection = connection

    def add(self, added: Reader) -> bool:
        """Keep the reader unless that address is known; return whether it was kept."""
        return bool(self.add_many([added]))

    def add_many(self, readers: Sequence[Reader]) -> frozenset[str]:
        """Keep those of *readers* whose address is not known; return their subscriber ids."""
        kept: set[str] = set()
        for chunk in chunks(readers, BULK):
            new = set(
                insert_many_new(
                    self._connection,
                    subscribers,
                    [person_record(each.subscriber) for each in chunk],
                    returning=subscribers.c.id,
                )
            )
            # Of two with one id the first is kept, as of two with one address.
            first = {each.subscriber.id: each for each in reversed(chunk)}
            wishes = [wish_record(first[id_]) for id_ in first if id_ in new]
            insert_many(self._connection, subscriptions, wishes)
            kept |= new
        return frozenset(kept)

    def by_address(self, address_hmac: str) -> Reader | None:
        """Return the reader whose address has that HMAC."""
        return self._one(selected().where(subscribers.c.address_hmac == address_hmac))

    def by_subscription(self, ids: Collection[str]) -> Mapping[str, Reader]:
        """Return the readers whose subscriptions have *ids*, by that id."""
        found: dict[str, Reader] = {}
        for chunk in chunks(set(ids)):
            rows = self._connection.execute(selected().where(subscriptions.c.id.in_(chunk)))
            found |= {row.subscription_id: reader(row) for row in rows}
        return found

    def by_id(self, subscriber_id: str) -> Reader | None:
        """Return the reader whose subscriber has that id."""
        return self._one(selected().where(subscribers.c.id == subscriber_id))

    def states(self, address_hmacs: Collection[str]) -> Mapping[str, SubscriberState]:
        """Return the state of each of those addresses that is known."""
        found: dict[str, SubscriberState] = {}
        for some in lists_of(self._connection, address_hmacs):
            theirs = is_among(self._connection, subscribers.c.address_hmac, some)
            statement = select(subscribers.c.address_hmac, subscribers.c.state)
            rows = self._connection.execute(statement.where(theirs))
            found |= {row.address_hmac: SubscriberState(row.state) for row in rows}
        return found

    def page(
        self, *, after: str, limit: int, states: Collection[SubscriberState] = ()
    ) -> Sequence[Reader]:
        """Return readers with a subscriber id above *after*, in order of it, of *states* if any."""
        some = select(subscribers.c.id).where(subscribers.c.id > after)
        if states:
            some = some.where(subscribers.c.state.in_(states))
        # Who is on the page is settled first: PostgreSQL would else join everybody for each
        # page, until it has counted a table that a large import has just filled.
        on_page = subscribers.c.id.in_(some.order_by(subscribers.c.id).limit(limit))
        return self._some(selected().where(on_page).order_by(subscribers.c.id))

    def active(self, *, after: str, limit: int) -> Sequence[Reader]:
        """Return active readers with a subscription id above *after*, in order of it."""
        statement = selected().where(
            subscribers.c.state == SubscriberState.ACTIVE, subscriptions.c.id > after
        )
        return self._some(statement.order_by(subscriptions.c.id).limit(limit))

    def turn(
        self, subscriber_id: str, state: SubscriberState, *, when: Collection[SubscriberState]
    ) -> bool:
        """Put the subscriber in *state* if it is in one of *when*; return whether it was."""
        statement = (
            update(subscribers)
            .where(subscribers.c.id == subscriber_id, subscribers.c.state.in_(when))
            .values(state=state)
        )
        if not self._connection.execute(statement).rowcount:
            return False
        self._repeat([subscriber_id], active=state is SubscriberState.ACTIVE)
        return True

    def change(self, changed: Reader, *, when: Collection[SubscriberState]) -> bool:
        """Write all of the reader but ids, address and when they were made over what is kept.

        Return False, and change nothing, where their state is none of *when* by now. A
        version is never lowered: a link that was taken back stays so, whoever writes late.
        """
        person, wish = changed.subscriber, changed.subscription
        ours = subscribers.c.version
        statement = (
            update(subscribers)
            .where(subscribers.c.id == person.id, subscribers.c.state.in_(when))
            .values(
                version=case((ours > person.version, ours), else_=person.version),
                **person_changes(person),
            )
        )
        if not self._connection.execute(statement).rowcount:
            return False
        mine = (subscriptions.c.id == wish.id) & (subscriptions.c.subscriber_id == person.id)
        self._connection.execute(update(subscriptions).where(mine).values(wish_changes(changed)))
        return True

    def move(self, subscriber_id: str, *, address: str, address_hmac: str) -> bool:
        """Give the subscriber another address; return False where it is somebody's already."""
        statement = (
            update(subscribers)
            .where(subscribers.c.id == subscriber_id, subscribers.c.state != SubscriberState.ERASED)
            .values(address=address, address_hmac=address_hmac)
        )
        try:
            # Within a savepoint: PostgreSQL would give up the whole block.
            with self._connection.begin_nested():
                return self._connection.execute(statement).rowcount > 0
        except IntegrityError:
            return False

    def resume(self, day: date, *, limit: int) -> Sequence[str]:
        """Turn up to *limit* who are PAUSED until *day*, or before, ACTIVE; return their ids."""
        due = (
            select(subscribers.c.id)
            .where(subscribers.c.state == SubscriberState.PAUSED, subscribers.c.paused_until <= day)
            .order_by(subscribers.c.id)
            .limit(limit)
            .with_for_update(skip_locked=True)
            .cte("due")
        )
        statement = (
            update(subscribers)
            .where(subscribers.c.id.in_(select(due.c.id)))
            .values(state=SubscriberState.ACTIVE, paused_until=None)
            .returning(subscribers.c.id)
        )
        resumed = sorted(self._connection.scalars(statement))
        self._repeat(resumed, active=True)
        return resumed

    def count(self) -> int:
        """Return how many subscribers there are, whatever their state."""
        return self._connection.scalar(select(func.count()).select_from(subscribers)) or 0

    def counts(self) -> Mapping[SubscriberState, int]:
        """Return how many subscribers are in each state that anybody is in."""
        statement = select(subscribers.c.state, func.count()).group_by(subscribers.c.state)
        return {
            SubscriberState(state): count for state, count in self._connection.execute(statement)
        }

    def _repeat(self, subscriber_ids: Sequence[str], *, active: bool) -> None:
        """Write into their subscriptions whether those subscribers are active."""
        for chunk in chunks(subscriber_ids):
            theirs = subscriptions.c.subscriber_id.in_(chunk)
            self._connection.execute(update(subscriptions).where(theirs).values(active=active))

    def _one(self, statement: Select[*tuple[Any, ...]]) -> Reader | None:
        row = self._connection.execute(statement.order_by(subscriptions.c.id)).first()
        return reader(row) if row else None

    def _some(self, statement: Select[*tuple[Any, ...]]) -> Sequence[Reader]:
        return [reader(row) for row in self._connection.execute(statement)]
