"""Tell how each source did for a day, and who is to blame where there is nothing to read."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta

from digest.models.calendar import silence
from digest.models.issues import SourceState
from digest.models.papers import Sighting
from digest.models.visits import Visit, VisitState
from digest.rendering.opening import short_date
from digest.rendering.words import plain
from digest.services.collect import FAILED

ONE_DAY = timedelta(days=1)
"""Whoever asks sources at all asks each of them this often, at least."""


def states(
    day: date,
    *,
    visits: Sequence[Visit],
    sightings: Iterable[Sighting],
    now: datetime | None = None,
) -> tuple[SourceState, ...]:
    """Return how each source that was asked, or has papers, did for an issue of *day*, by name.

    *visits* and *sightings* are those of the issue's days, *now* by default when its last
    ended. Nobody is late who is not asked: of pages that somebody saved, only what they
    listed is told.
    """
    shelves: dict[str, _Shelf] = {visit.source: _Shelf() for visit in visits}
    for sighting in sightings:
        shelf = shelves.setdefault(sighting.source, _Shelf())
        shelf.papers.add(sighting.paper_id)
        shelf.latest = max(sighting.listed_on, shelf.latest or sighting.listed_on)
    asked = {visit.source for visit in visits}
    of_day = {visit.source: visit for visit in visits if visit.day == day}
    stopped = _asking_stopped(day, visits, now)
    found = []
    for name in sorted(shelves):
        shelf = shelves[name]
        late, why = False, ""
        if name in asked:
            late, why = _standing(name, day, of_day.get(name), shelf.latest, stopped=stopped)
        found.append(
            SourceState(
                name=name, papers=len(shelf.papers), latest=shelf.latest, late=late, why=why
            )
        )
    return tuple(found)


# Not frozen: it is filled one sighting after another.
@dataclass(slots=True)
class _Shelf:
    """The distinct papers of one source, and the day of its latest listing."""

    papers: set[str] = field(default_factory=set)
    latest: date | None = None


def _asking_stopped(day: date, visits: Sequence[Visit], now: datetime | None) -> bool:
    """Return whether nobody asked any source in the day before *now*, or before *day* ended.

    Where some are asked, one that is not is either not to be asked yet or no source any more.
    """
    end = datetime.combine(day, time(), tzinfo=UTC) + ONE_DAY
    return all(visit.asked_at < min(now or end, end) - ONE_DAY for visit in visits)


def _standing(
    name: str, day: date, visit: Visit | None, latest: date | None, *, stopped: bool
) -> tuple[bool, str]:
    """Return whether the source is late for *day*, and why it has nothing of it, or not all."""
    if visit is not None and visit.complete_at is not None and visit.papers:
        return False, ""
    listed = latest is not None and latest >= day
    if not listed and (why := silence(name, day)):
        return False, why
    if visit is None:
        return (True, "was not asked") if stopped and not listed else (False, "")
    if visit.state in FAILED or (visit.state is VisitState.RUNNING and visit.failures):
        return True, _failure(visit)
    return False, ""


def _failure(visit: Visit) -> str:
    """Return what a reader is told of a visit that failed: no more than they can use."""
    if visit.papers or visit.state is VisitState.PARTIAL:
        return "was only partly there"
    if visit.state is VisitState.UNREADABLE:
        return "gave no readable answer"
    return "could not be reached"


def why_nothing(first: date, last: date, sources: Sequence[SourceState]) -> str:
    """Return why no paper was listed from *first* to *last*; "" where no source was asked."""
    if not sources:
        return ""
    reasons = "; ".join(f"{plain(each.name)} {each.why or 'listed nothing'}" for each in sources)
    return f"Nothing was listed from {_span(first, last)}: {reasons}."


def _span(first: date, last: date) -> str:
    start = str(first.day) if first.month == last.month else short_date(first)
    return f"{start} to {short_date(last)}"
