"""An issue: one subscription's digest for one day, with the exact reasons for every pick."""

import math
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from digest.models.papers import Paper


class Signal(StrEnum):
    """What kind of evidence a reason rests on."""

    TERM = "term"
    CATEGORY = "category"
    AUTHOR = "author"
    ORGANISATION = "organisation"
    SEED = "seed"
    UPVOTES = "upvotes"
    COMMENTS = "comments"
    STARS = "stars"
    GROWTH = "growth"
    PAGE_SCORE = "page score"
    SOURCES = "sources"
    POSITION = "position"
    FRESHNESS = "freshness"
    UNLIKE = "unlike"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """One summand of a score: *points* for *subject*, as *signal* saw it.

    *subject* is what a reader can check: the term, the name, or the count in digits.
    """

    signal: Signal
    subject: str
    points: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """How well a paper suits a reader, 0 to 100, and every reason that makes it so.

    The reasons sum to *value*: a score that its own explanation does not add up to is
    refused here, so that no mail can print one.
    """

    value: float
    reasons: tuple[Reason, ...]

    def __post_init__(self) -> None:
        total = math.fsum(reason.points for reason in self.reasons)
        if not math.isclose(total, self.value, rel_tol=1e-6, abs_tol=1e-6):
            raise ValueError(f"the reasons sum to {total}, the score is {self.value}")


class Movement(StrEnum):
    """Where a paper went in the trend since the day before."""

    NEW = "new"
    UP = "up"
    DOWN = "down"
    SAME = "same"


@dataclass(frozen=True, slots=True, kw_only=True)
class Trend:
    """How much one paper is talked about on one day.

    *value* and *novelty* run from 0 to 100; *novelty* is None where the archive is too
    small to say. *rank* counts from 1. *history* is the upvotes on each day the paper was
    seen, oldest first, at most fourteen. *growth* is the upvotes gained since the sighting
    before the last. The reasons sum to *value*.
    """

    value: float
    reasons: tuple[Reason, ...]
    rank: int
    movement: Movement = Movement.NEW
    moved: int = 0
    upvotes: int | None = None
    growth: int | None = None
    history: tuple[int, ...] = ()
    stars: int | None = None
    novelty: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Pick:
    """A paper that made the issue, at its *rank* from 1.

    *matches* says that it is about what the reader asked for, rather than what is talked about.
    """

    rank: int
    paper: Paper
    score: Score
    trend: Trend
    matches: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceState:
    """How one source did for an issue: how many papers it listed in the issue's days.

    *latest* is the day of its last listing, None where it has none in these days. *late*
    says that it should have one of the issue's day, and *why* it has not, or that it could
    not; both are the end of a sentence that begins with its name.
    """

    name: str
    papers: int
    latest: date | None
    late: bool = False
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Issue:
    """One subscription's digest for one day: data, from which the mail is made.

    *considered* papers were looked at, *new_papers* of them listed on the day itself;
    *matching* of them are close to what the reader asked for. *composed_at* (UTC) is
    the Date of the mail, on every attempt to send it.
    """

    id: str
    subscription_id: str
    day: date
    number: int
    composed_at: datetime
    picks: tuple[Pick, ...]
    considered: int
    new_papers: int
    matching: int
    sources: tuple[SourceState, ...] = ()
