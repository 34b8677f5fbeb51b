"""When a form was shown: signed into it, so that what answers at once is known for a program."""

from datetime import UTC, datetime, timedelta
from enum import Enum, auto

from digest.errors import LinkInvalid
from digest.links import Links, Purpose

SOONEST = timedelta(seconds=2)
"""Nobody reads and fills in a form in less."""

LATEST = timedelta(days=1)
"""How long a form that was shown is good."""


class Haste(Enum):
    """How long somebody took to fill in a form."""

    TOO_FAST = auto()
    FINE = auto()
    TOO_LATE = auto()


def stamp(links: Links, now: datetime) -> str:
    """Return what a form that is shown *now* carries."""
    return links.token(Purpose.FORM, f"{round(now.timestamp() * 1000):x}")


def haste(given: str, links: Links, now: datetime) -> Haste:
    """Return how long ago the form with the stamp *given* was shown; TOO_FAST if it never was."""
    try:
        shown = int(links.subject(Purpose.FORM, given), 16)
    except LinkInvalid:
        return Haste.TOO_FAST
    age = now - datetime.fromtimestamp(shown / 1000, tz=UTC)
    if age < SOONEST:
        return Haste.TOO_FAST
    return Haste.FINE if age <= LATEST else Haste.TOO_LATE
