"""The queue of record: who was sent what, and the account of it."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, Row, and_, case, func, literal, or_, select, update

from digest.models.deliveries import NEXT, Account, Claim, Delivery, DeliveryState, Outcome
from digest.models.subscribers import SubscriberState
from digest.store.columns import Words
from digest.store.statements import chunks, insert_new
from digest.store.tables import deliveries, runs, subscribers, subscriptions

State = DeliveryState


class SqlDeliveries:
    """Deliveries, each in exactly one state; every change of it is one conditional UPDATE."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def known(self, ids: Collection[str]) -> frozenset[str]:
        """Return those of *ids* that exist."""
        found: set[str] = set()
        for chunk in chunks(set(ids)):
            statement = select(deliveries.c.id).where(deliveries.c.id.in_(chunk))
            found.update(self._connection.scalars(statement))
        return frozenset(found)

    def plan(self, planned: Iterable[Delivery]) -> frozenset[str]:
        """Insert those that do not exist, counting them as candidates; return their ids.

        Raise ValueError for a state that nothing can begin in.
        """
        inserted: set[str] = set()
        for chunk in chunks(planned):
            for delivery in chunk:
                if delivery.state not in _FIRST:
                    raise ValueError(f"nothing is planned as {delivery.state}")
            for day, of_day in groupby(sorted(chunk, key=_day_and_id), key=lambda each: each.day):
                inserted |= self._plan_day(day, list(of_day))
        return frozenset(inserted)

    def _plan_day(self, day: date, planned: Sequence[Delivery]) -> set[str]:
        # The run's row is taken before those of its deliveries: of two who plan one day the
        # second waits here, where neither holds what the other wants.
        insert_new(self._connection, runs, [{"day": day, "candidates": 0}], returning=runs.c.day)
        self._connection.execute(select(runs.c.day).where(runs.c.day == day).with_for_update())
        ids = insert_new(
            self._connection,
            deliveries,
            [_record(delivery) for delivery in planned],
            returning=deliveries.c.id,
        )
        counted = update(runs).where(runs.c.day == day)
        self._connection.execute(counted.values(candidates=runs.c.candidates + len(ids)))
        theirs = subscriptions.c.id.in_({each.subscription_id for each in planned})
        served = update(subscriptions).where(theirs, subscriptions.c.served_on < day)
        self._connection.execute(served.values(served_on=day))
        return set(ids)

    def claim(
        self, day: date, claim: Claim, *, limit: int, only: Collection[str] | None
    ) -> Sequence[Delivery]:
        """Take up to *limit* planned deliveries of *day*, of *only* these ids if given."""
        if only is None:
            return self._claim(day, claim, limit, None)
        claimed: list[Delivery] = []
        for chunk in chunks(sorted(set(only))):
            if len(claimed) < limit:
                claimed += self._claim(day, claim, limit - len(claimed), chunk)
        return claimed

    def _claim(
        self, day: date, claim: Claim, limit: int, only: Sequence[str] | None
    ) -> list[Delivery]:
        ripe = and_(deliveries.c.state == State.DEFERRED, deliveries.c.retry_at <= claim.at)
        ready = select(deliveries.c.id).where(
            deliveries.c.day == day, or_(deliveries.c.state == State.PLANNED, ripe)
        )
        if only is not None:
            ready = ready.where(deliveries.c.id.in_(only))
        # A common table expression, for PostgreSQL may run a plain subquery more than once,
        # and so lock and take more than its limit. SQLite has one writer and locks no rows.
        taken = ready.order_by(deliveries.c.id).limit(limit).with_for_update(skip_locked=True)
        statement = (
            update(deliveries)
            .where(deliveries.c.id.in_(select(taken.cte("taken").c.id)))
            .values(
                state=State.CLAIMED,
                fence=claim.fence,
                lease_until=claim.lease_until,
                attempts=deliveries.c.attempts + 1,
            )
            .returning(*deliveries.c)
        )
        return _deliveries(self._connection.execute(statement))

    def gate(self, ids: Collection[str], *, fence: str) -> Sequence[Delivery]:
        """Put claimed *ids* of active readers on the wire; the others become suppressed.

        Return those of *ids* that are now on the wire under *fence*, so that asking again
        after a lost answer is safe.
        """
        reader_state = (
            select(subscribers.c.state)
            .join(subscriptions, subscriptions.c.subscriber_id == subscribers.c.id)
            .where(subscriptions.c.id == deliveries.c.subscription_id)
            .scalar_subquery()
        )
        active = reader_state == SubscriberState.ACTIVE
        values = {
            "state": case(
                (active, literal(State.ON_WIRE, Words)), else_=literal(State.SUPPRESSED, Words)
            ),
            "reason": case(
                (active, deliveries.c.reason),
                else_=literal("the reader is ", Words) + reader_state,
            ),
            "fence": case((active, deliveries.c.fence)),
            "lease_until": case((active, deliveries.c.lease_until)),
        }
        on_wire: list[Delivery] = []
        for chunk in chunks(sorted(set(ids))):
            held = (deliveries.c.id.in_(chunk), deliveries.c.fence == fence)
            self._connection.execute(
                update(deliveries).where(*held, deliveries.c.state == State.CLAIMED).values(values)
            )
            statement = select(deliveries).where(*held, deliveries.c.state == State.ON_WIRE)
            on_wire += _deliveries(self._connection.execute(statement))
        return on_wire

    def settle(self, outcomes: Iterable[Outcome], *, fence: str) -> int:
        """Write what became of deliveries held under *fence*; return how many were.

        What `NEXT` does not allow, or a gate or a claim alone may do, is not written.
        """
        settled = 0
        for (state, reason, retry_at), group in groupby(outcomes, key=_what_became):
            for chunk in chunks(outcome.delivery_id for outcome in group):
                statement = (
                    update(deliveries)
                    .where(
                        deliveries.c.id.in_(chunk),
                        deliveries.c.fence == fence,
                        deliveries.c.state.in_(_SETTLED_FROM.get(state, ())),
                    )
                    .values(_turned(state) | {"reason": reason, "retry_at": retry_at})
                )
                settled += self._connection.execute(statement).rowcount
        return settled

    def suppress(self, subscription_id: str, *, reason: str) -> int:
        """Turn what waits for that subscription, and is not on the wire, into suppressed."""
        statement = (
            update(deliveries)
            .where(
                deliveries.c.subscription_id == subscription_id,
                deliveries.c.state.in_([State.PLANNED, State.CLAIMED, State.DEFERRED]),
            )
            .values(_turned(State.SUPPRESSED) | {"reason": reason})
        )
        return self._connection.execute(statement).rowcount

    def release(self, *, fence: str) -> int:
        """Give back what is claimed under *fence* and was never on the wire."""
        statement = (
            update(deliveries)
            .where(deliveries.c.fence == fence, deliveries.c.state == State.CLAIMED)
            .values(_turned(State.PLANNED))
        )
        return self._connection.execute(statement).rowcount

    def sweep(self, now: datetime, *, idempotent: bool) -> Mapping[DeliveryState, int]:
        """End claims whose lease is over: claimed → planned, on_wire → uncertain.

        With an *idempotent* mailer on_wire → planned too. Return the counts by new state.
        What is uncertain keeps its fence: an owner that wakes may still prove it was sent.
        """
        swept = Counter({State.PLANNED: self._end_leases(now, State.CLAIMED, State.PLANNED)})
        if idempotent:
            swept[State.PLANNED] += self._end_leases(now, State.ON_WIRE, State.PLANNED)
        else:
            reason = "the lease ended on the wire"
            swept[State.UNCERTAIN] = self._end_leases(
                now, State.ON_WIRE, State.UNCERTAIN, reason=reason
            )
        return +swept

    def _end_leases(
        self, now: datetime, held: DeliveryState, then: DeliveryState, **changes: str
    ) -> int:
        # A row that somebody is just writing is skipped: waiting for it could make two wait
        # for each other, and the next sweep is a minute away.
        over = (
            select(deliveries.c.id)
            .where(deliveries.c.lease_until <= now, deliveries.c.state == held)
            .with_for_update(skip_locked=True)
            .cte("over")
        )
        # Counted by what it returns: sqlite3 counts no rows of a statement that begins WITH.
        statement = (
            update(deliveries)
            .where(deliveries.c.id.in_(select(over.c.id)))
            .values(_turned(then) | changes)
            .returning(deliveries.c.id)
        )
        return len(self._connection.scalars(statement).all())

    def account(self, day: date) -> Account:
        """Return how many deliveries of *day* are in each state, read in one statement."""
        statement = (
            select(runs.c.candidates, deliveries.c.state, func.count(deliveries.c.id))
            .join_from(runs, deliveries, deliveries.c.day == runs.c.day, isouter=True)
            .where(runs.c.day == day)
            .group_by(runs.c.candidates, deliveries.c.state)
        )
        rows = self._connection.execute(statement).all()
        return Account(
            day=day,
            candidates=rows[0][0] if rows else 0,
            states=Counter({State(state): count for _, state, count in rows if state}),
        )

    def of_day(self, day: date) -> Sequence[Delivery]:
        """Return the deliveries of *day*, in order of id."""
        return _deliveries(
            self._connection.execute(select(deliveries).where(deliveries.c.day == day))
        )

    def of_subscription(self, subscription_id: str) -> Sequence[Delivery]:
        """Return every delivery there ever was for it, the latest day first."""
        theirs = deliveries.c.subscription_id == subscription_id
        found = _deliveries(self._connection.execute(select(deliveries).where(theirs)))
        return sorted(found, key=lambda delivery: delivery.day, reverse=True)

    def subscription(self, delivery_id: str) -> str | None:
        """Return whose delivery that is, None where there is no such delivery."""
        statement = select(deliveries.c.subscription_id).where(deliveries.c.id == delivery_id)
        return self._connection.scalar(statement)


_FIRST = frozenset({State.PLANNED, State.EMPTY, State.SUPPRESSED, State.RENDER_FAILED})
_HELD = frozenset({State.CLAIMED, State.ON_WIRE, State.UNCERTAIN})
_SETTLED_FROM: Mapping[DeliveryState, tuple[DeliveryState, ...]] = {
    state: tuple(held for held in _HELD if state in NEXT[held])
    for state in State
    if state not in {State.CLAIMED, State.ON_WIRE}
}


def _turned(state: DeliveryState) -> dict[str, Any]:
    """Return what changes when a held delivery turns to *state*: its holder lets go of it."""
    if state == State.UNCERTAIN:
        return {"state": state, "lease_until": None}
    return {"state": state, "lease_until": None, "fence": None}


def _what_became(outcome: Outcome) -> tuple[DeliveryState, str, datetime | None]:
    return outcome.state, outcome.reason, outcome.retry_at


def _day_and_id(delivery: Delivery) -> tuple[date, str]:
    return delivery.day, delivery.id


def _record(delivery: Delivery) -> dict[str, Any]:
    return {
        "id": delivery.id,
        "subscription_id": delivery.subscription_id,
        "day": delivery.day,
        "issue_id": delivery.issue_id,
        "state": delivery.state,
        "reason": delivery.reason,
        "attempts": 0,
    }


def _deliveries(rows: Iterable[Row[*tuple[Any, ...]]]) -> list[Delivery]:
    """Return *rows* as deliveries, in order of id: RETURNING has an order of its own."""
    found = [
        Delivery(
            id=row.id,
            subscription_id=row.subscription_id,
            day=row.day,
            state=State(row.state),
            issue_id=row.issue_id,
            reason=row.reason,
            attempts=row.attempts,
        )
        for row in rows
    ]
    return sorted(found, key=lambda delivery: delivery.id)
