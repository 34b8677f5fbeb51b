"""How long the headers of a reply ask us to wait."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

LONGEST = timedelta(days=1)
"""No header keeps us away for longer: a slip of theirs must not silence a source for good."""


def retry_after(headers: Mapping[str, str], now: datetime) -> timedelta | None:
    """Return what Retry-After says, in seconds or as a date, up to LONGEST; None if nothing."""
    said = headers.get("retry-after", "").strip()
    if seconds := _seconds(said):
        return seconds
    until = _date(said)
    if until is None:
        return None
    # Their own clock made both dates; ours may be another.
    return _bounded((until - (_date(headers.get("date", "")) or now)).total_seconds())


def exhausted_for(headers: Mapping[str, str]) -> timedelta | None:
    """Return how long a RateLimit of `"api";r=0;t=12` leaves us no requests; None if it does not.

    The form is that of draft-ietf-httpapi-ratelimit-headers-09, one item for each policy.
    """
    waits = [
        wait
        for item in headers.get("ratelimit", "").split(",")
        if _parameter(item, "r") == 0 and (wait := _bounded(_parameter(item, "t")))
    ]
    return max(waits, default=None)


def refusal(headers: Mapping[str, str], now: datetime) -> timedelta | None:
    """Return how long a 429 asks us to stay away, None where it does not say."""
    if found := retry_after(headers, now) or exhausted_for(headers):
        return found
    if headers.get("x-ratelimit-remaining", "").strip() == "0":
        # A budget for a day: OpenAlex fills it again at midnight, UTC.
        return _until_midnight(now)
    return None


def _until_midnight(now: datetime) -> timedelta:
    now = now.astimezone(UTC)
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight + timedelta(days=1) - now


def _seconds(text: str) -> timedelta | None:
    return _bounded(float(text)) if _NUMBER.fullmatch(text) else None


def _bounded(seconds: float | None) -> timedelta | None:
    """Return *seconds* up to LONGEST, None where it is no time at all."""
    if seconds is None or not seconds > 0:
        return None
    return timedelta(seconds=min(seconds, LONGEST.total_seconds()))


def _date(text: str) -> datetime | None:
    try:
        found = parsedate_to_datetime(text)
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def _parameter(item: str, name: str) -> float | None:
    for part in item.split(";")[1:]:
        key, _, value = part.partition("=")
        if key.strip() == name and _NUMBER.fullmatch(value.strip()):
            return float(value)
    return None


_NUMBER = re.compile(r"\d+(\.\d+)?", re.ASCII)
