"""When issues are due: at each reader's hour, in each reader's own zone."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from digest.models.subscribers import Schedule
from digest.ports import Store

STALE = timedelta(hours=18)
"""How long after its hour an issue is still worth sending."""


def due_at(schedule: Schedule, day: date) -> datetime:
    """Return when the issue of *day* is due, in UTC.

    An hour that the clocks skip is the one they skip to; of an hour that comes twice it is
    the first.
    """
    send_at = schedule.send_at.replace(fold=0)
    local = datetime.combine(day, send_at, tzinfo=ZoneInfo(schedule.time_zone))
    return local.astimezone(UTC)


def due(schedules: Iterable[Schedule], now: datetime) -> list[tuple[Schedule, date]]:
    """Return which of *schedules* are due at *now* (UTC), each with the day of its issue."""
    return [
        (schedule, day)
        for schedule in schedules
        for day in _near_days(schedule, now)
        if day.weekday() in schedule.weekdays
        and due_at(schedule, day) <= now < due_at(schedule, day) + STALE
    ]


def still_waiting(
    due: Iterable[tuple[Schedule, date]], *, store: Store
) -> list[tuple[Schedule, date]]:
    """Return those of *due* of which some reader has no delivery of that day yet."""
    with store.read() as work:
        return [
            (schedule, day)
            for schedule, day in due
            if work.subscribers.waiting(
                schedule, day, joined_by=due_at(schedule, day), after="", limit=1
            )
        ]


def next_due(schedule: Schedule, now: datetime) -> datetime:
    """Return the first moment after *now* at which an issue is due, in the schedule's zone."""
    zone = ZoneInfo(schedule.time_zone)
    today = now.astimezone(zone).date()
    days = (today + timedelta(days=ahead) for ahead in range(9))
    moments = (due_at(schedule, day) for day in days if day.weekday() in schedule.weekdays)
    return next(moment for moment in moments if moment > now).astimezone(zone)


def _near_days(schedule: Schedule, now: datetime) -> tuple[date, date]:
    """Return yesterday and today: a late hour may be due still, after midnight."""
    today = now.astimezone(ZoneInfo(schedule.time_zone)).date()
    return today - timedelta(days=1), today
