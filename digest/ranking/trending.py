"""How much a paper is talked about, from what listings said of it and from nothing else.

A trend is at most 100 points, each with its reason. A count earns points as it grows without
ever reaching its ceiling: count / (count + half) of it, where *half* is the count that earns
half. That is the prior, too: one vote where twenty earn half is no surge. What no listing
said earns nothing, and is not a zero either. A paper's own date plays no part: its age is
counted from the day it was first listed.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from types import MappingProxyType
from typing import NamedTuple

from digest.models.issues import Movement, Reason, Signal, Trend
from digest.models.papers import Paper, Sighting

HISTORY_DAYS = 14
"""Days a sparkline shows."""

FRESH_DAYS = 2
"""Days on the list after which the points for being fresh are halved."""


class Earning(NamedTuple):
    """At most *ceiling* points, half of them at *half*."""

    ceiling: float
    half: float

    def points(self, count: float) -> float:
        """Return the points that *count*, at least 0, earns."""
        return self.ceiling * count / (count + self.half)


# The ceilings add up to 100: what readers did counts before where a listing put the paper. The
# halves are what a good paper of a Hugging Face day reaches; the best reach five times that.
# Only the first PLACES of a listing earn points for where they stand.
UPVOTES = Earning(35, 40)
GROWTH = Earning(25, 20)
COMMENTS = Earning(4, 8)
COMMENT_GROWTH = Earning(4, 4)
STAR_GROWTH = Earning(7, 100)
PAGE_SCORE = 8.0
MORE_SOURCES = Earning(5, 1)
POSITION = 4.0
PLACES = 10
FRESHNESS = 8.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Glance:
    """A sighting and the *day* whose counts it shows."""

    day: date
    sighting: Sighting


def trends(
    papers: Iterable[Paper],
    sightings: Iterable[Sighting],
    *,
    day: date,
    novelty: Mapping[str, float] = MappingProxyType({}),
) -> dict[str, Trend]:
    """Return the trend on *day* of each of *papers* by id, ranked among them.

    Movement compares the rank with the one the same papers had on what was known a day
    earlier; a paper not yet known then is new.
    """
    ids = {paper.id for paper in papers}
    glances = _glances((one for one in sightings if one.paper_id in ids), day=day)
    today = _ranked({key: _trend(glances.get(key, ()), day=day) for key in ids})
    eve = day - timedelta(days=1)
    earlier = {key: [one for one in seen if one.day <= eve] for key, seen in glances.items()}
    before = _ranked({key: _trend(seen, day=eve) for key, seen in earlier.items() if seen})
    return {
        key: replace(_moved(trend, before.get(key)), novelty=novelty.get(key))
        for key, trend in today.items()
    }


def _glances(sightings: Iterable[Sighting], *, day: date) -> dict[str, list[Glance]]:
    """Return by paper what was seen up to *day*, oldest first.

    A sighting tells of the day it was made. Pages taken in afterwards tell of the day they
    were listed: those seen after *day*, and of several listings read on one day all but
    the latest.
    """
    latest: dict[tuple[str, str, date], date] = {}
    known = [one for one in sightings if one.listed_on <= day]
    for one in known:
        key = (one.paper_id, one.source, one.seen_at.date())
        latest[key] = max(latest.get(key, one.listed_on), one.listed_on)
    found: dict[str, list[Glance]] = {}
    for one in sorted(known, key=_moment):
        seen = one.seen_at.date()
        live = seen <= day and latest[one.paper_id, one.source, seen] == one.listed_on
        glance = Glance(day=max(seen, one.listed_on) if live else one.listed_on, sighting=one)
        found.setdefault(one.paper_id, []).append(glance)
    for seen_so_far in found.values():
        seen_so_far.sort(key=lambda glance: glance.day)
    return found


def _moment(one: Sighting) -> tuple[object, ...]:
    """Return what sightings are sorted by; of two at one moment the higher counts are later."""
    counts = (one.upvotes, one.comments, one.stars, one.score, one.position)
    return (
        one.seen_at,
        one.listed_on,
        one.source,
        *(-1 if count is None else count for count in counts),
    )


def _trend(glances: Sequence[Glance], *, day: date) -> Trend:
    """Return the trend that *glances* at one paper, oldest first, give it on *day*; unranked."""
    if not glances:
        return Trend(value=0.0, reasons=(), rank=0)
    upvotes = _series(glances, "upvotes")
    stars = _series(glances, "stars")
    reasons = tuple(
        reason
        for reason in (
            *_counted(upvotes),
            _talk(_series(glances, "comments")),
            _starred(stars),
            *_placed(glances, day=day),
        )
        if reason is not None and reason.points > 0
    )
    leading = max(upvotes, key=lambda series: series[-1], default=())
    return Trend(
        value=sum(reason.points for reason in reasons),
        reasons=reasons,
        rank=0,
        upvotes=_last(upvotes),
        growth=_gained(upvotes),
        history=leading[-HISTORY_DAYS:],
        stars=_last(stars),
    )


def _series(glances: Sequence[Glance], count: str) -> list[tuple[int, ...]]:
    """Return for each source that shows *count* its last value of every day, oldest first."""
    by_source: dict[str, dict[date, int]] = {}
    for glance in glances:
        value = getattr(glance.sighting, count)
        if value is not None:
            by_source.setdefault(glance.sighting.source, {})[glance.day] = value
    return [tuple(days.values()) for _source, days in sorted(by_source.items())]


def _last(series: Iterable[tuple[int, ...]]) -> int | None:
    """Return the highest of the latest counts; sources count different people."""
    return max((one[-1] for one in series), default=None)


def _gained(series: Iterable[tuple[int, ...]]) -> int | None:
    """Return the most that any one source gained between its last two days; None without two."""
    gains = [max(one[-1] - one[-2], 0) for one in series if len(one) > 1]
    return max(gains, default=None)


def _counted(upvotes: Sequence[tuple[int, ...]]) -> tuple[Reason | None, Reason | None]:
    return (
        _reason(Signal.UPVOTES, _last(upvotes), UPVOTES),
        _reason(Signal.GROWTH, _gained(upvotes), GROWTH),
    )


def _talk(comments: Sequence[tuple[int, ...]]) -> Reason | None:
    count = _last(comments)
    if count is None:
        return None
    points = COMMENTS.points(count) + COMMENT_GROWTH.points(_gained(comments) or 0)
    return Reason(signal=Signal.COMMENTS, subject=str(count), points=points)


def _starred(stars: Sequence[tuple[int, ...]]) -> Reason | None:
    """Return what the stars gained earn; all stars ever say how old code is, not how new."""
    return _reason(Signal.STARS, _gained(stars), STAR_GROWTH)


def _reason(signal: Signal, count: int | None, earning: Earning) -> Reason | None:
    if count is None:
        return None
    return Reason(signal=signal, subject=str(count), points=earning.points(count))


def _placed(glances: Sequence[Glance], *, day: date) -> Iterable[Reason | None]:
    """Yield what the listings themselves said of the paper."""
    sightings = [glance.sighting for glance in glances]
    scores = {one.source: one.score for one in sightings if one.score is not None}
    if scores:
        best = max(scores.values())
        points = PAGE_SCORE * min(max(best, 0), 100) / 100
        yield Reason(signal=Signal.PAGE_SCORE, subject=f"{best:g}", points=points)
    sources = len({one.source for one in sightings})
    yield Reason(
        signal=Signal.SOURCES, subject=str(sources), points=MORE_SOURCES.points(sources - 1)
    )
    newest = max(one.listed_on for one in sightings)
    places = [one.position for one in sightings if one.listed_on == newest and one.position]
    if places:
        points = POSITION * max(0, 1 - (min(places) - 1) / PLACES)
        yield Reason(signal=Signal.POSITION, subject=str(min(places)), points=points)
    age = (day - min(one.listed_on for one in sightings)).days
    yield Reason(
        signal=Signal.FRESHNESS, subject=str(age), points=FRESHNESS * 0.5 ** (age / FRESH_DAYS)
    )


def _ranked(values: Mapping[str, Trend]) -> dict[str, Trend]:
    """Return *values* by id with their rank, from 1; of equals the lower id is first."""
    order = sorted(values, key=lambda key: (-values[key].value, key))
    return {key: replace(values[key], rank=rank) for rank, key in enumerate(order, start=1)}


def _moved(trend: Trend, before: Trend | None) -> Trend:
    if before is None:
        return trend
    climbed = before.rank - trend.rank
    movement = Movement.UP if climbed > 0 else Movement.DOWN if climbed < 0 else Movement.SAME
    return replace(trend, movement=movement, moved=abs(climbed))
