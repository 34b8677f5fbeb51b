"""When issues are due."""

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

MORNING = time(7)
"""When the day's issues go out, in the installation's time zone."""


def due_day(now: datetime, time_zone: str) -> date | None:
    """Return the day whose issues are due at *now* (UTC), None before its morning."""
    local = now.astimezone(ZoneInfo(time_zone))
    return local.date() if local.time() >= MORNING else None
