"""What came of asking a source for a day, and how often it is asked."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum


class VisitState(StrEnum):
    """How a visit ended, or that it has not.

    RUNNING         somebody is asking now, or was stopped while asking
    COMPLETE        all that the source has of that day was taken in, nothing at all included
    PARTIAL         what came was taken in, and more is missing: ask again
    LATE            the source could not be reached, or had not got that day yet: ask again
    UNREADABLE      what it said is nothing we know: asking again will not help by itself
    """

    RUNNING = "running"
    COMPLETE = "complete"
    PARTIAL = "partial"
    LATE = "late"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """The last time *source* was asked for *day*; a later visit takes its place.

    *asked_at* is when it began. *papers* is how many it listed, of the best answer so far.
    *complete_at* is when it was last answered in full, *failures* how often in a row it
    was not since, and *message* why, in one sentence for a person.
    """

    source: str
    day: date
    asked_at: datetime
    state: VisitState
    papers: int = 0
    complete_at: datetime | None = None
    failures: int = 0
    retry_at: datetime | None = None
    message: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rhythm:
    """How often a source is asked: today *every* so often, each of the *back* days before daily.

    Before the hour *opens* (UTC) it has nothing new of today, and is not asked.
    """

    every: timedelta = timedelta(hours=1)
    back: int = 0
    opens: int = 0
