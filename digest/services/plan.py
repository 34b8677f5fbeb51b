"""Compose the issues of a day: who gets which papers, kept before anything is sent."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from digest.models.deliveries import Delivery, DeliveryState, delivery_id
from digest.models.issues import Issue, SourceState
from digest.models.papers import Paper, Sighting
from digest.models.subscribers import Reader, Schedule, SubscriberState, Subscription
from digest.ports import Clock, Store, Work
from digest.ranking.learning import learned
from digest.ranking.pool import Pool
from digest.ranking.selection import Choice, choose
from digest.services.lateness import states, why_nothing
from digest.services.schedule import due_at

LISTED_DAYS = 7
"""An issue of day D chooses among what was listed in this many days up to D."""

ARCHIVE = 20_000
"""How many of the latest papers tell which words are rare, and what is new."""

CHUNK = 500
"""Readers ranked at once: one sparse product and one transaction."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Morning:
    """What one day's issues are chosen from, prepared once for all readers."""

    day: date
    pool: Pool
    new_papers: int
    sources: tuple[SourceState, ...]

    @property
    def why(self) -> str:
        """Why there is nothing to choose from, "" where there is, or where nobody was asked."""
        if self.pool.papers:
            return ""
        return why_nothing(_first_day(self.day), self.day, self.sources)


@dataclass(frozen=True, slots=True, kw_only=True)
class Audience:
    """Whom a day is planned for: all active readers, or fewer.

    *only* names subscriptions. *schedule* means those who have it, and joined in time for
    its hour on the day.
    """

    only: Collection[str] | None = None
    schedule: Schedule | None = None


EVERYBODY = Audience()


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """What planning a day came to: readers looked at, issues made, readers with nothing to read.

    *known* readers had a delivery record already. *listed* is how many papers the issues
    were chosen from, and *why* there were none, where the sources can tell.
    """

    listed: int
    readers: int = 0
    issues: int = 0
    empty: int = 0
    known: int = 0
    why: str = ""


def prepare(day: date, *, store: Store, now: datetime | None = None) -> Morning:
    """Read what was listed in the week up to *day*, and score it once for everybody.

    Which sources are late is told as of *now*, or of the end of the day.
    """
    first = _first_day(day)
    with store.read() as work:
        papers = work.papers.listed(first, day)
        sightings = work.papers.sightings([paper.id for paper in papers], until=day)
        archive = work.papers.archive(ARCHIVE)
        visits = work.visits.between(first, day)
    recent = [sighting for sighting in sightings if sighting.listed_on >= first]
    return Morning(
        day=day,
        pool=Pool.prepare(papers, sightings, day=day, archive=archive),
        new_papers=len(_first_listed_on(day, sightings)),
        sources=states(day, visits=visits, sightings=recent, now=now),
    )


def plan(
    day: date,
    *,
    store: Store,
    clock: Clock,
    audience: Audience = EVERYBODY,
    progress: Callable[[int], None] = lambda _count: None,
) -> Planned:
    """Keep an issue and a delivery of *day* for each reader of *audience* who has none yet.

    *progress* is told how many more readers were looked at. Running it again, or twice at
    once, makes nothing twice. Where no paper was listed nothing is kept, so that a later
    run may still plan the day.
    """
    morning = prepare(day, store=store, now=clock.now())
    total = Planned(listed=len(morning.pool.papers), why=morning.why)
    if not morning.pool.papers:
        return total
    for readers in _chunks(day, audience, store=store):
        made = _plan_chunk(readers, morning, store=store, now=clock.now())
        total = _sum(total, made)
        progress(len(readers))
    return total


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """What some readers' issues depend on; *tastes* are what they want, with what they said."""

    tastes: Sequence[Subscription]
    seeds: Sequence[Paper]
    sent: Mapping[str, frozenset[str]]
    numbers: Mapping[str, int]
    address_key: bytes


def read_shelf(readers: Sequence[Reader], morning: Morning, *, work: Work) -> Shelf:
    """Read what `compose` needs to know of *readers*."""
    ids = [reader.subscription.id for reader in readers]
    said = work.feedbacks.of(ids)
    tastes = [learned(each.subscription, said.get(each.subscription.id, ())) for each in readers]
    return Shelf(
        tastes=tastes,
        seeds=_seeds(tastes, work),
        sent=work.issues.picked(ids, [paper.id for paper in morning.pool.papers]),
        numbers=work.issues.numbers(ids),
        address_key=work.address_key(),
    )


def compose(
    readers: Sequence[Reader], morning: Morning, shelf: Shelf, *, now: datetime
) -> list[tuple[Issue, Choice]]:
    """Return what each of *readers* would read on the morning: no I/O, same in, same out."""
    choices = choose(shelf.tastes, morning.pool, seeds=shelf.seeds, sent=shelf.sent)
    return [
        (
            Issue(
                id=_delivery_id(reader, morning.day, shelf.address_key),
                subscription_id=reader.subscription.id,
                day=morning.day,
                number=shelf.numbers.get(reader.subscription.id, 0) + 1,
                composed_at=now,
                picks=choice.picks,
                considered=choice.considered,
                new_papers=morning.new_papers,
                matching=choice.matching,
                sources=morning.sources,
            ),
            choice,
        )
        for reader, choice in zip(readers, choices, strict=True)
    ]


def rehearse(
    day: date, *, store: Store, clock: Clock, audience: Audience = EVERYBODY
) -> Iterator[tuple[Reader, Issue, Choice]]:
    """Yield what `plan` would make for each reader who has no delivery of *day*; keep nothing."""
    morning = prepare(day, store=store, now=clock.now())
    if not morning.pool.papers:
        return
    for readers in _chunks(day, audience, store=store):
        waiting, composed = _compose_waiting(readers, morning, store=store, now=clock.now())
        for reader, (issue, choice) in zip(waiting, composed, strict=True):
            yield reader, issue, choice


def _plan_chunk(
    readers: Sequence[Reader], morning: Morning, *, store: Store, now: datetime
) -> Planned:
    _waiting, composed = _compose_waiting(readers, morning, store=store, now=now)
    with store.begin() as work:
        # Another planner may have been here since: only what this one inserts is its own.
        kept = work.deliveries.plan(_delivery(issue, choice) for issue, choice in composed)
        issues = [issue for issue, choice in composed if issue.id in kept and choice.picks]
        work.issues.add(issues)
    return Planned(
        listed=0,
        readers=len(readers),
        issues=len(issues),
        empty=len(kept) - len(issues),
        known=len(readers) - len(kept),
    )


def _compose_waiting(
    readers: Sequence[Reader], morning: Morning, *, store: Store, now: datetime
) -> tuple[list[Reader], list[tuple[Issue, Choice]]]:
    """Return those of *readers* who have no delivery yet, and what each would read."""
    with store.read() as work:
        waiting = _without_record(readers, morning.day, work)
        shelf = read_shelf(waiting, morning, work=work)
    # No transaction is open while we rank: it is the slow part.
    return waiting, compose(waiting, morning, shelf, now=now)


def _without_record(readers: Sequence[Reader], day: date, work: Work) -> list[Reader]:
    key = work.address_key()
    ids = [_delivery_id(reader, day, key) for reader in readers]
    known = work.deliveries.known(ids)
    return [reader for reader, name in zip(readers, ids, strict=True) if name not in known]


def _delivery(issue: Issue, choice: Choice) -> Delivery:
    return Delivery(
        id=issue.id,
        subscription_id=issue.subscription_id,
        day=issue.day,
        state=DeliveryState.PLANNED if choice.picks else DeliveryState.EMPTY,
        issue_id=issue.id if choice.picks else None,
        reason=choice.reason,
    )


def _delivery_id(reader: Reader, day: date, key: bytes) -> str:
    return delivery_id(reader.subscriber.address_hmac, reader.subscription.cadence, day, key=key)


def _chunks(day: date, audience: Audience, *, store: Store) -> Iterator[Sequence[Reader]]:
    """Yield the readers of *audience* in chunks, each read in a transaction of its own."""
    if audience.only is not None:
        with store.read() as work:
            readers = list(work.subscribers.by_subscription(audience.only).values())
        yield [reader for reader in readers if reader.subscriber.state is SubscriberState.ACTIVE]
        return
    after = ""
    while True:
        with store.read() as work:
            if audience.schedule is None:
                readers = list(work.subscribers.active(after=after, limit=CHUNK))
            else:
                readers = list(
                    work.subscribers.waiting(
                        audience.schedule,
                        day,
                        joined_by=due_at(audience.schedule, day),
                        after=after,
                        limit=CHUNK,
                    )
                )
        if not readers:
            return
        after = readers[-1].subscription.id
        yield readers


def _seeds(subscriptions: Iterable[Subscription], work: Work) -> Sequence[Paper]:
    """Return the papers that *subscriptions* name by id or by arXiv id."""
    names = {
        name
        for subscription in subscriptions
        for interest in subscription.interests
        for name in (*interest.seeds, *interest.unlike)
    }
    by_key = work.papers.sharing([f"arxiv:{name.lower()}" for name in names])
    return [*by_key, *work.papers.get(names).values()]


def _first_listed_on(day: date, sightings: Sequence[Sighting]) -> set[str]:
    """Return the ids of papers that stood in no listing before that of *day*."""
    before = {sighting.paper_id for sighting in sightings if sighting.listed_on < day}
    return {sighting.paper_id for sighting in sightings} - before


def _first_day(day: date) -> date:
    """Return the first of the days whose listings an issue of *day* chooses from."""
    return day - timedelta(days=LISTED_DAYS - 1)


def _sum(one: Planned, other: Planned) -> Planned:
    return Planned(
        listed=one.listed,
        readers=one.readers + other.readers,
        issues=one.issues + other.issues,
        empty=one.empty + other.empty,
        known=one.known + other.known,
    )
