"""Ask sources when they are due, and remember what came of it."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from typing import TypeVar

from digest.errors import SourceError, SourceUnavailable
from digest.models.papers import Announcement, Byline, Listing, Paper
from digest.models.visits import Rhythm, Visit, VisitState
from digest.ports import AuthorDirectory, Clock, Details, Source, Store
from digest.services.ingest import Intake, ingest

Item = TypeVar("Item")

LEASE = timedelta(minutes=15)
"""How long somebody may ask one source for one day before another takes it for dead."""

WAITS = (timedelta(minutes=5), timedelta(minutes=15), timedelta(minutes=60))
"""How long to leave a source alone after its first, second and every later failure in a row."""

FEW_MOMENTS = timedelta(minutes=1)
"""The least we wait after a failure, whatever a source says."""

YOUNG = timedelta(days=14)
"""How long after its listing more is asked about a paper."""

AUTHORS_KEPT = timedelta(days=30)
"""How long who wrote a paper is not looked up again."""

BATCH = 100
"""Papers that are looked up at once: what an error takes along, at most."""

MOST_DETAILS = 1_000
"""Papers whose details are looked up in one go, at most."""

FAILED = frozenset({VisitState.PARTIAL, VisitState.LATE, VisitState.UNREADABLE})
"""How a visit ends that did not bring all there is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Collected:
    """What came of asking *source* for *day*: how it ended, and what was taken in till then.

    *state* is RUNNING where somebody else is asking already. *message* says what went
    wrong, and *retry_at* from when on asking again makes sense.
    """

    source: str
    day: date
    state: VisitState
    intake: Intake = field(default_factory=Intake)
    message: str = ""
    retry_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LookedUp:
    """What came of looking papers up: *asked* of them, *found* so many, and what went wrong."""

    asked: int = 0
    found: int = 0
    message: str = ""


def collect(
    source: Source, day: date, *, store: Store, clock: Clock, force: bool = False
) -> Collected:
    """Take in what *source* listed on *day*, unless somebody else is at it; *force* does anyway.

    What the source raises is kept as the end of the visit. What the store raises is not
    caught: the visit stays as one that runs, till another takes it over.
    """
    started = clock.now()
    since = started if force else started - LEASE
    with store.begin() as work:
        known = _known(source.name, day, work.visits.between(day, day))
        if not work.visits.start(source.name, day, now=started, since=since):
            message = f"Somebody is asking {source.name} for {day} already."
            return Collected(source=source.name, day=day, state=VisitState.RUNNING, message=message)
    answer = _Answer(partial(source.fetch, day), day)
    intake = ingest(answer.listings(), day, store=store)
    visit = _ended(known or _first(source.name, day, started), answer, intake, started, clock.now())
    with store.begin() as work:
        if visit.state is VisitState.COMPLETE and not visit.papers:
            # "Nothing new" may be said to who was killed after the last papers, before this.
            visit = replace(visit, papers=len(work.papers.last_seen(source.name, day)))
        work.visits.end(visit)
    return Collected(
        source=source.name,
        day=day,
        state=visit.state,
        intake=intake,
        message=visit.message,
        retry_at=visit.retry_at,
    )


class _Answer:
    """What a source lists, up to the error it ends with, if any."""

    def __init__(self, ask: Callable[[], Iterator[Listing]], day: date) -> None:
        self._ask = ask
        self._day = day
        self.announced = 0
        self.error: SourceError | None = None

    def listings(self) -> Iterator[Listing]:
        try:
            for listing in self._ask():
                yield listing
                # Whoever asks for the next one has kept this one.
                self.announced += self._of_the_day(listing)
        except SourceError as error:
            self.error = error

    def _of_the_day(self, listing: Listing) -> int:
        if (listing.day or self._day) != self._day:
            return 0
        return sum(entry.announcement is not Announcement.UPDATE for entry in listing.entries)


def _known(source: str, day: date, visits: Iterable[Visit]) -> Visit | None:
    return next((v for v in visits if (v.source, v.day) == (source, day)), None)


def _first(source: str, day: date, asked_at: datetime) -> Visit:
    return Visit(source=source, day=day, asked_at=asked_at, state=VisitState.RUNNING)


def _ended(
    known: Visit, answer: _Answer, intake: Intake, started: datetime, now: datetime
) -> Visit:
    """Return how the visit that *started* then ended *now*, after what was *known* before."""
    failed = answer.error is not None
    failures = known.failures + 1 if failed else 0
    # One that stands on two pages of an answer is one paper.
    papers = min(intake.papers, answer.announced)
    complete_at = known.complete_at
    if not failed:
        # Whatever was listed after it was asked is not in the answer.
        complete_at = started
    elif papers > known.papers:
        # What was once all there is, is not any more.
        complete_at = None
    return Visit(
        source=known.source,
        day=known.day,
        asked_at=started,
        state=_state(answer, intake),
        papers=max(known.papers, papers),
        complete_at=complete_at,
        failures=failures,
        retry_at=_retry_at(answer.error, failures, now) if answer.error else None,
        message=str(answer.error or ""),
    )


def _state(answer: _Answer, intake: Intake) -> VisitState:
    if answer.error is None:
        return VisitState.COMPLETE
    if not isinstance(answer.error, SourceUnavailable):
        return VisitState.UNREADABLE
    return VisitState.PARTIAL if intake.entries else VisitState.LATE


def _retry_at(error: SourceError, failures: int, now: datetime) -> datetime:
    if not isinstance(error, SourceUnavailable):
        return now + WAITS[-1]
    if error.retry_at is not None:
        return max(error.retry_at, now + FEW_MOMENTS)
    return now + WAITS[min(failures, len(WAITS)) - 1]


def due(
    sources: Iterable[Source], visits: Iterable[Visit], now: datetime
) -> list[tuple[str, date]]:
    """Return which of *sources* are to be asked *now* for which days (UTC), newest day first.

    *visits* are at least those of the days that their rhythms go back to. A source that
    somebody is asking is left to them.
    """
    known = {(visit.source, visit.day): visit for visit in visits}
    busy = {visit.source for visit in known.values() if _runs(visit, now)}
    found = [
        (source.name, day)
        for source in sources
        if source.name not in busy
        for day in _due_days(source, known, now.astimezone(UTC))
    ]
    return sorted(found, key=lambda each: each[1], reverse=True)


def _due_days(
    source: Source, visits: Mapping[tuple[str, date], Visit], now: datetime
) -> Iterator[date]:
    rhythm = source.rhythm
    if now.hour < rhythm.opens:
        return
    visit = visits.get((source.name, now.date()))
    if _is_ripe(visit, rhythm, now):
        yield now.date()
    if visit is not None and visit.state is VisitState.LATE:
        # Who cannot be reached for one day cannot be for fourteen others.
        return
    midnight = datetime.combine(now, time(), tzinfo=UTC)
    for back in range(1, rhythm.back + 1):
        day = now.date() - timedelta(days=back)
        visit = visits.get((source.name, day))
        complete_at = None if visit is None else visit.complete_at
        if _is_ripe(visit, rhythm, now) and (complete_at is None or complete_at < midnight):
            yield day


def _runs(visit: Visit, now: datetime) -> bool:
    """Return whether somebody is on that visit still, rather than was stopped while at it."""
    return visit.state is VisitState.RUNNING and now < visit.asked_at + LEASE


def _is_ripe(visit: Visit | None, rhythm: Rhythm, now: datetime) -> bool:
    """Return whether what came of *visit* is a reason to ask again."""
    if visit is None:
        return True
    if visit.state is VisitState.RUNNING:
        return not _runs(visit, now)
    if visit.state in FAILED:
        return visit.retry_at is None or visit.retry_at <= now
    return visit.asked_at + rhythm.every <= now


def look_up_details(details: Details, *, store: Store, clock: Clock) -> LookedUp:
    """Complete what is known of the latest papers; an error ends it, and is told."""
    today = clock.now().astimezone(UTC).date()
    with store.read() as work:
        papers = work.papers.lacking_details(today - YOUNG, limit=MOST_DETAILS)
    names = [paper.arxiv_id for paper in papers if paper.arxiv_id]
    asked = found = 0
    for batch in _batches(names):
        answer = _Answer(partial(details.look_up, batch), today)
        found += ingest(answer.listings(), today, store=store).papers
        asked += len(batch)
        if answer.error is not None:
            return LookedUp(asked=asked, found=found, message=str(answer.error))
    return LookedUp(asked=asked, found=found)


def look_up_authors(
    directories: Sequence[AuthorDirectory], *, store: Store, clock: Clock, limit: int
) -> LookedUp:
    """Find out who wrote up to *limit* of the latest papers, of the first directory that knows.

    A directory that fails is left alone for this time, and is told; the others are asked
    all the same, and the papers it might have known are asked for again another time.
    """
    now = clock.now()
    with store.read() as work:
        papers = work.papers.lacking_authors(
            now.astimezone(UTC).date() - YOUNG, asked_before=now - AUTHORS_KEPT, limit=limit
        )
    asking = [_Asking(directory) for directory in directories]
    asked = count = 0
    for batch in _batches(papers):
        if all(each.error for each in asking):
            break
        bylines: dict[str, Byline] = {}
        for each in asking:
            waiting = [paper for paper in batch if paper.id not in bylines]
            bylines |= {found.paper_id: found for found in each.bylines(waiting) if found.authors}
        everybody_answered = not any(each.error for each in asking)
        with store.begin() as work:
            work.papers.keep_bylines(bylines.values(), seen_at=now)
            answered = [p.id for p in batch if everybody_answered or p.id in bylines]
            work.papers.asked_authors(answered, asked_at=now)
        asked += len(batch)
        count += len(bylines)
    message = " ".join(str(each.error) for each in asking if each.error)
    return LookedUp(asked=asked, found=count, message=message)


class _Asking:
    """A directory that is asked until it fails."""

    def __init__(self, directory: AuthorDirectory) -> None:
        self._directory = directory
        self.error: SourceError | None = None

    def bylines(self, papers: Sequence[Paper]) -> Iterator[Byline]:
        if self.error is not None or not papers:
            return
        try:
            yield from self._directory.look_up(papers)
        except SourceError as error:
            self.error = error


def _batches(items: Sequence[Item]) -> Iterator[Sequence[Item]]:
    for first in range(0, len(items), BATCH):
        yield items[first : first + BATCH]
