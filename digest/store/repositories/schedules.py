"""When active readers want their issue, and who of them still waits for one."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    exists,
    func,
    literal,
    select,
    tuple_,
    union_all,
)

from digest.models.subscribers import Reader, Schedule, SubscriberState
from digest.store.columns import Weekdays
from digest.store.repositories.reader_rows import reader, selected
from digest.store.statements import CHUNK
from digest.store.tables import deliveries, subscribers, subscriptions


class SqlSchedules:
    """Readers by schedule: asked every minute, and mostly for nobody."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def schedules(self) -> Sequence[Schedule]:
        """Return each schedule that some active reader has."""
        return [
            Schedule(time_zone=row.time_zone, send_at=row.send_at, weekdays=row.weekdays)
            for row in self._connection.execute(_schedules())
        ]

    def waiting(
        self, schedule: Schedule, day: date, *, joined_by: datetime, after: str, limit: int
    ) -> Sequence[Reader]:
        """As `active`, of *schedule* and without a delivery of *day*, who joined by then.

        Somebody joined when they confirmed, or where they did not have to, when they were added.
        """
        statement = (
            selected()
            .where(
                *_of_schedule(schedule),
                subscriptions.c.id > after,
                subscribers.c.state == SubscriberState.ACTIVE,
                func.coalesce(subscribers.c.confirmed_at, subscribers.c.created_at) <= joined_by,
                ~exists().where(
                    deliveries.c.subscription_id == subscriptions.c.id, deliveries.c.day == day
                ),
            )
            .order_by(subscriptions.c.id)
            .limit(limit)
        )
        few = self._not_served(schedule, day, after)
        if not few:
            return []
        if len(few) <= CHUNK:
            statement = statement.where(subscriptions.c.id.in_(few))
        return [reader(row) for row in self._connection.execute(statement)]

    def _not_served(self, schedule: Schedule, day: date, after: str) -> Sequence[str]:
        """Return the ids of those who may wait, or more than CHUNK of them if there are more.

        Few are named, so that nobody walks over all who were served already; of many the
        first are soon found on the way.
        """
        ids = select(subscriptions.c.id).where(*_of_schedule(schedule), subscriptions.c.id > after)
        # Each by itself, for an index has what is less and what is more, but not what differs.
        before, later = (
            select(ids.where(other_day).limit(CHUNK + 1).subquery().c.id)
            for other_day in (subscriptions.c.served_on < day, subscriptions.c.served_on > day)
        )
        return self._connection.scalars(union_all(before, later)).all()


def _of_schedule(schedule: Schedule) -> tuple[ColumnElement[bool], ...]:
    return (
        subscriptions.c.active,
        subscriptions.c.time_zone == schedule.time_zone,
        subscriptions.c.send_at == schedule.send_at,
        subscriptions.c.weekdays == literal(schedule.weekdays, Weekdays),
    )


def _schedules() -> Select[*tuple[Any, ...]]:
    """Return the selection of the distinct schedules, each found by one step of an index.

    A DISTINCT would read every row; this jumps from one schedule's first to the next one's.
    """
    wish, other = subscriptions.alias("wish"), subscriptions.alias("other")
    schedule = (wish.c.time_zone, wish.c.send_at, wish.c.weekdays)
    theirs = (other.c.time_zone, other.c.send_at, other.c.weekdays)
    first = select(other.c.id).where(other.c.active).order_by(*theirs).limit(1)
    start = select(*schedule).where(wish.c.id == first.scalar_subquery())
    reached = start.cte("reached", recursive=True)
    known = (reached.c.time_zone, reached.c.send_at, reached.c.weekdays)
    following = first.where(tuple_(*theirs) > tuple_(*known)).correlate(reached)
    step = select(*schedule).join_from(reached, wish, wish.c.id == following.scalar_subquery())
    every = reached.union_all(step)
    known = (every.c.time_zone, every.c.send_at, every.c.weekdays)
    return select(*known).order_by(*known)
