"""Days and hours as a page says them."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from digest.models.subscribers import Schedule
from digest.rendering.opening import long_date
from digest.services.schedule import next_due


def first_issue(schedule: Schedule, now: datetime) -> str:
    """Return when the next issue comes: "Monday 23 November at 07:00 (Europe/Vienna)"."""
    moment = next_due(schedule, now)
    day, _, _year = long_date(moment.date()).rpartition(" ")
    return f"{day} at {moment:%H:%M} ({schedule.time_zone})"


def today_of(schedule: Schedule, now: datetime) -> date:
    """Return the day it is in the zone of that *schedule*."""
    return now.astimezone(ZoneInfo(schedule.time_zone)).date()
