"""Asking sources when they are due, and remembering what came of it."""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.errors import (
    ListingUnreadable,
    SourceError,
    SourceRefused,
    SourceUnavailable,
    StoreUnavailable,
)
from digest.models.papers import (
    Announcement,
    AuthorFigures,
    Byline,
    Entry,
    Listing,
    Paper,
)
from digest.models.visits import Rhythm, Visit, VisitState
from digest.services.collect import (
    BATCH,
    LEASE,
    WAITS,
    Collected,
    collect,
    due,
    look_up_authors,
    look_up_details,
)
from digest.services.ingest import ingest
from tests.factories import DAY, NOON, make_entry, make_listing
from tests.fakes import CannedSource, MemoryStore, StoppedClock

OFFLINE = SourceUnavailable("arXiv cannot be reached; it is asked again later.")
MINUTE = timedelta(minutes=1)


class Desk:
    """A store, a clock, and what is asked at it."""

    def __init__(self) -> None:
        self.store = MemoryStore()
        self.clock = StoppedClock(NOON)

    def ask(self, source: CannedSource, day: date = DAY, **how: Any) -> Collected:
        return collect(source, day, store=self.store, clock=self.clock, **how)

    def visits(self) -> Sequence[Visit]:
        with self.store.read() as work:
            return work.visits.between(DAY - timedelta(days=99), DAY)

    def visit(self) -> Visit:
        [visit] = self.visits()
        return visit

    def papers(self) -> int:
        with self.store.read() as work:
            return work.papers.count()


@pytest.fixture
def desk() -> Desk:
    return Desk()


def canned(*listings: Listing, error: SourceError | None = None, **rest: Any) -> CannedSource:
    return CannedSource(*listings, name="arXiv", error=error, **rest)


def listing(*titles: str, **changes: Any) -> Listing:
    return make_listing(*map(make_entry, titles), source="arXiv", seen_at=NOON, **changes)


def test_a_whole_answer_is_taken_in_and_remembered(desk: Desk) -> None:
    collected = desk.ask(canned(listing("Whales", "Squid")))

    assert (collected.state, collected.intake.new) == (VisitState.COMPLETE, 2)
    assert desk.visit() == Visit(
        source="arXiv",
        day=DAY,
        asked_at=NOON,
        state=VisitState.COMPLETE,
        papers=2,
        complete_at=NOON,
    )


def test_an_empty_answer_is_a_whole_one(desk: Desk) -> None:
    assert desk.ask(canned()).state is VisitState.COMPLETE
    assert (desk.visit().papers, desk.visit().complete_at) == (0, NOON)


@pytest.mark.parametrize(
    ("error", "came", "state"),
    [
        (OFFLINE, False, VisitState.LATE),
        (OFFLINE, True, VisitState.PARTIAL),
        (ListingUnreadable("That is no feed."), False, VisitState.UNREADABLE),
        (ListingUnreadable("That is no feed."), True, VisitState.UNREADABLE),
        (SourceRefused("arXiv refuses to answer."), False, VisitState.UNREADABLE),
    ],
)
def test_what_a_source_raises_ends_the_visit_and_what_came_before_stays(
    desk: Desk, error: SourceError, *, came: bool, state: VisitState
) -> None:
    listings = [listing("Whales")] if came else []

    collected = desk.ask(canned(*listings, error=error))

    assert (collected.state, collected.message) == (state, str(error))
    assert collected.intake.papers == desk.papers() == desk.visit().papers == len(listings)
    assert desk.visit().state is state
    assert desk.visit().complete_at is None
    assert desk.visit().message == str(error)


def test_an_error_before_the_first_listing_is_asked_for_is_one_too(desk: Desk) -> None:
    class Eager(CannedSource):
        def fetch(self, day: date) -> Iterator[Listing]:
            self.days.append(day)
            raise OFFLINE

    assert desk.ask(Eager(name="arXiv")).state is VisitState.LATE


def test_a_source_is_left_alone_for_longer_after_each_failure(desk: Desk) -> None:
    waits = []
    for _ in range(4):
        desk.clock.advance(timedelta(hours=2))
        desk.ask(canned(error=OFFLINE))
        waits.append((desk.visit().retry_at or NOON) - desk.clock.now())

    assert waits == [*WAITS, WAITS[-1]]
    assert desk.visit().failures == 4
    desk.ask(canned())
    assert (desk.visit().failures, desk.visit().retry_at, desk.visit().message) == (0, None, "")


def test_when_to_ask_again_is_what_the_source_says_but_not_at_once(desk: Desk) -> None:
    later = SourceUnavailable("Later.", retry_at=NOON + timedelta(hours=7))
    assert desk.ask(canned(error=later)).retry_at == NOON + timedelta(hours=7)

    now = SourceUnavailable("Now.", retry_at=NOON - timedelta(hours=7))
    assert desk.ask(canned(error=now)).retry_at == NOON + MINUTE


def test_asking_what_is_not_readable_again_soon_makes_no_sense(desk: Desk) -> None:
    collected = desk.ask(canned(error=SourceRefused("No.")))

    assert collected.retry_at == NOON + WAITS[-1]


def test_the_best_answer_so_far_is_what_counts(desk: Desk) -> None:
    desk.ask(canned(listing("Whales", "Squid")))
    desk.clock.advance(timedelta(hours=1))

    desk.ask(canned(listing("Whales"), error=OFFLINE))

    visit = desk.visit()
    assert (visit.state, visit.papers, visit.complete_at) == (VisitState.PARTIAL, 2, NOON)


def test_an_answer_that_was_whole_is_not_when_half_of_a_longer_one_came(desk: Desk) -> None:
    desk.ask(canned())

    desk.ask(canned(listing("Whales"), error=OFFLINE))

    assert (desk.visit().papers, desk.visit().complete_at) == (1, None)


def test_only_what_was_announced_on_the_day_is_counted(desk: Desk) -> None:
    update = make_entry("Whales, revised", announcement=Announcement.UPDATE)
    whales = listing("Whales")

    collected = desk.ask(
        canned(
            whales,
            whales,
            make_listing(make_entry("Squid"), update, source="arXiv", day=None, seen_at=NOON),
            listing("Bread", day=DAY - timedelta(days=1)),
        )
    )

    assert (collected.intake.papers, desk.visit().papers) == (3, 3)
    other = desk.ask(canned(listing("Bread", day=DAY - timedelta(days=1))), DAY)
    assert other.state is VisitState.COMPLETE
    desk.ask(canned(whales), DAY - timedelta(days=2))
    assert [visit.papers for visit in desk.visits()] == [0, 3]


def test_two_ask_and_one_does(desk: Desk) -> None:
    inner: list[Collected] = []

    class Slow(CannedSource):
        def fetch(self, day: date) -> Iterator[Listing]:
            inner.append(desk.ask(canned(listing("Squid")), day))
            yield listing("Whales")

    outer = desk.ask(Slow(name="arXiv"))

    assert inner[0].state is VisitState.RUNNING
    assert "already" in inner[0].message
    assert (outer.state, desk.papers()) == (VisitState.COMPLETE, 1)


def test_who_is_told_to_asks_all_the_same(desk: Desk) -> None:
    with desk.store.begin() as work:
        work.visits.start("arXiv", DAY, now=NOON, since=NOON)

    assert desk.ask(canned()).state is VisitState.RUNNING
    assert desk.ask(canned(), force=True).state is VisitState.COMPLETE


@pytest.mark.parametrize("error", [StoreUnavailable("The disk is full."), KeyboardInterrupt()])
def test_a_visit_that_was_stopped_is_taken_over_and_loses_nothing(
    desk: Desk, error: BaseException
) -> None:
    class Stopped(CannedSource):
        def fetch(self, day: date) -> Iterator[Listing]:
            yield from super().fetch(day)
            raise error

    with pytest.raises(type(error)):
        desk.ask(Stopped(listing("Whales"), name="arXiv"))
    assert desk.visit().state is VisitState.RUNNING
    assert desk.papers() == 1

    desk.clock.advance(LEASE - MINUTE)
    assert desk.ask(canned()).state is VisitState.RUNNING
    assert due([canned()], desk.visits(), desk.clock.now()) == []
    desk.clock.advance(MINUTE)
    assert due([canned()], desk.visits(), desk.clock.now()) == [("arXiv", DAY)]

    assert desk.ask(canned(listing("Whales", "Squid"))).intake.new == 1
    assert desk.visit().state is VisitState.COMPLETE


def test_nothing_new_is_no_empty_day_for_who_was_killed_after_the_last_paper(desk: Desk) -> None:
    ingest([listing("Whales", "Squid")], DAY, store=desk.store)

    desk.ask(canned())

    assert (desk.visit().state, desk.visit().papers) == (VisitState.COMPLETE, 2)


def test_asking_twice_adds_nothing(desk: Desk) -> None:
    source = canned(listing("Whales", "Squid"))
    desk.ask(source)
    desk.clock.advance(timedelta(hours=1))

    again = desk.ask(source)

    assert (again.intake.new, again.intake.sightings) == (0, 0)
    assert desk.visit().complete_at == desk.clock.now()


def visit(**changes: Any) -> Visit:
    defaults: dict[str, Any] = {
        "source": "arXiv",
        "day": DAY,
        "asked_at": NOON,
        "state": VisitState.COMPLETE,
        "complete_at": NOON,
    }
    return Visit(**defaults | changes)


def test_who_was_never_asked_is_asked_for_every_day_the_newest_first() -> None:
    sources = [
        canned(rhythm=Rhythm(back=2)),
        CannedSource(name="bioRxiv", rhythm=Rhythm(back=1)),
    ]

    assert due(sources, [], NOON) == [
        ("arXiv", DAY),
        ("bioRxiv", DAY),
        ("arXiv", DAY - timedelta(days=1)),
        ("bioRxiv", DAY - timedelta(days=1)),
        ("arXiv", DAY - timedelta(days=2)),
    ]


def test_today_is_that_of_utc() -> None:
    evening = datetime.fromisoformat("2026-11-19T22:00:00-05:00")

    assert due([canned()], [], evening) == [("arXiv", DAY)]


def test_before_it_opens_a_source_is_not_asked() -> None:
    source = canned(rhythm=Rhythm(back=3, opens=5))

    assert due([source], [], NOON.replace(hour=4, minute=59)) == []
    assert len(due([source], [], NOON.replace(hour=5))) == 4


def test_today_is_asked_for_again_when_its_time_is_over() -> None:
    source = canned(rhythm=Rhythm(every=timedelta(hours=3)))

    assert due([source], [visit()], NOON + timedelta(hours=3) - MINUTE) == []
    assert due([source], [visit()], NOON + timedelta(hours=3)) == [("arXiv", DAY)]


@pytest.mark.parametrize("state", [VisitState.PARTIAL, VisitState.LATE, VisitState.UNREADABLE])
def test_what_failed_is_asked_for_when_it_says(state: VisitState) -> None:
    failed = visit(state=state, complete_at=None, retry_at=NOON + 20 * MINUTE)

    assert due([canned()], [failed], NOON + 19 * MINUTE) == []
    assert due([canned()], [failed], NOON + 20 * MINUTE) == [("arXiv", DAY)]


def test_who_cannot_be_reached_today_is_not_asked_for_other_days() -> None:
    late = visit(state=VisitState.LATE, complete_at=None, retry_at=NOON + 5 * MINUTE)
    source = canned(rhythm=Rhythm(back=14))

    assert due([source], [late], NOON + MINUTE) == []
    assert due([source], [late], NOON + 5 * MINUTE) == [("arXiv", DAY)]


def test_who_is_being_asked_for_one_day_is_not_asked_for_another() -> None:
    running = visit(day=DAY - timedelta(days=1), state=VisitState.RUNNING, complete_at=None)
    source = canned(rhythm=Rhythm(back=1))

    assert due([source], [running], NOON + MINUTE) == []
    assert len(due([source], [running], NOON + LEASE)) == 2


def test_a_day_that_is_over_is_asked_for_once_a_day() -> None:
    source = canned(rhythm=Rhythm(back=1))
    yesterday = DAY - timedelta(days=1)
    today = visit(asked_at=NOON + timedelta(hours=12) - MINUTE)
    evening = datetime(2026, 11, 19, 23, tzinfo=UTC)
    asked = visit(day=yesterday, asked_at=evening, complete_at=evening)
    again = visit(day=yesterday)

    assert due([source], [today, asked], NOON) == [("arXiv", yesterday)]
    assert due([source], [today, again], NOON + timedelta(hours=11)) == []


class Fickle(CannedSource):
    """Fails now and then."""

    def __init__(self, failures: Sequence[int], rhythm: Rhythm) -> None:
        super().__init__(name="arXiv", rhythm=rhythm)
        self._failures = set(failures)

    def fetch(self, day: date) -> Iterator[Listing]:
        yield from super().fetch(day)
        if len(self.days) in self._failures:
            raise OFFLINE


@given(
    every=st.integers(min_value=30, max_value=600),
    back=st.integers(min_value=0, max_value=4),
    opens=st.integers(min_value=0, max_value=23),
    step=st.integers(min_value=1, max_value=59),
    failures=st.lists(st.integers(min_value=1, max_value=40), max_size=8),
)
@settings(max_examples=30, deadline=None)
def test_over_days_nobody_is_asked_too_often_and_no_day_is_forgotten(
    every: int, back: int, opens: int, step: int, failures: list[int]
) -> None:
    rhythm = Rhythm(every=timedelta(minutes=every), back=back, opens=opens)
    desk, source = Desk(), Fickle(failures, rhythm)
    asked: list[tuple[date, datetime, VisitState]] = []
    desk.clock.time = start = datetime(2026, 11, 18, tzinfo=UTC)
    while desk.clock.now() < start + timedelta(days=2, hours=23, minutes=59):
        now = desk.clock.now()
        waiting = due([source], desk.visits(), now)
        assert waiting == sorted(waiting, reverse=True)
        if waiting:
            day = waiting[0][1]
            asked.append((day, now, desk.ask(source, day).state))
        else:
            desk.clock.advance(step * MINUTE)

    for day, now, _state in asked:
        assert now.hour >= opens
        assert timedelta(0) <= now.date() - day <= timedelta(days=back)
    for day in {day for day, _, _ in asked}:
        mine = [(now, state) for of, now, state in asked if of == day]
        for (before, state), (after, _) in pairwise(mine):
            wait = rhythm.every if state is VisitState.COMPLETE else WAITS[0]
            assert after - before >= wait
            if state is VisitState.COMPLETE and before.date() > day:
                assert after.date() > before.date()
    if not failures and opens < 23:
        for ahead in range(3):
            today = start.date() + timedelta(days=ahead)
            mine_today = {day for day, now, _ in asked if now.date() == today}
            if every < (24 - opens) * 30 or ahead == 0:
                assert mine_today == {today - timedelta(days=n) for n in range(back + 1)}


class CannedDetails:
    """Knows of every paper but the last of a batch what it is about."""

    def __init__(self, error: SourceError | None = None) -> None:
        self.asked: list[Sequence[str]] = []
        self._error = error

    def look_up(self, arxiv_ids: Sequence[str]) -> Iterator[Listing]:
        self.asked.append(arxiv_ids)
        if self._error and len(self.asked) > 1:
            raise self._error
        yield make_listing(
            *(
                make_entry(
                    f"Paper {name}",
                    arxiv_id=name,
                    categories=("cs.CL",),
                    announcement=Announcement.UPDATE,
                )
                for name in arxiv_ids[:-1]
            ),
            source="arXiv",
        )


def _ids(count: int) -> list[str]:
    return [f"2611.{number:05}" for number in range(1, count + 1)]


def _take_in(desk: Desk, ids: Sequence[str], day: date = DAY) -> None:
    entries: list[Entry] = [make_entry(f"Paper {name}", arxiv_id=name) for name in ids]
    ingest([make_listing(*entries, day=day)], day, store=desk.store)


def _lacking(desk: Desk) -> int:
    with desk.store.read() as work:
        return len(work.papers.lacking_details(DAY - timedelta(days=14), limit=999))


def test_details_are_looked_up_in_batches_and_announce_nothing(desk: Desk) -> None:
    _take_in(desk, _ids(BATCH + 5))
    _take_in(desk, ["2610.00001"], DAY - timedelta(days=15))
    details = CannedDetails()

    found = look_up_details(details, store=desk.store, clock=desk.clock)

    assert [len(batch) for batch in details.asked] == [BATCH, 5]
    assert (found.asked, found.found, found.message) == (BATCH + 5, BATCH + 3, "")
    assert _lacking(desk) == 2
    with desk.store.read() as work:
        assert all(s.source != "arXiv" for s in work.papers.sightings(_all(desk), until=DAY))


def _all(desk: Desk) -> list[str]:
    with desk.store.read() as work:
        return [paper.id for paper in work.papers.listed(date.min, DAY)]


def test_details_that_cannot_be_had_end_it_and_keep_what_came(desk: Desk) -> None:
    _take_in(desk, _ids(2 * BATCH + 1))
    details = CannedDetails(OFFLINE)

    found = look_up_details(details, store=desk.store, clock=desk.clock)

    assert len(details.asked) == 2
    assert (found.found, found.message) == (BATCH - 1, str(OFFLINE))


def test_nobody_is_asked_for_no_details(desk: Desk) -> None:
    details = CannedDetails()

    assert look_up_details(details, store=desk.store, clock=desk.clock).asked == 0
    assert not details.asked


class CannedDirectory:
    """Knows who wrote the papers with *known* in their title, then raises *error* if any."""

    def __init__(self, name: str, known: str, error: SourceError | None = None) -> None:
        self.name = name
        self.asked: list[str] = []
        self._known = known
        self._error = error

    def look_up(self, papers: Sequence[Paper]) -> Iterator[Byline]:
        self.asked.extend(paper.title for paper in papers)
        for paper in papers:
            if self._known in paper.title:
                author = AuthorFigures(name="Ada Okafor", identity=f"{self.name}:1", h_index=9)
                yield Byline(paper_id=paper.id, authors=(author,))
        if self._error:
            raise self._error


def _byline_of(desk: Desk, title: str) -> str | None:
    with desk.store.read() as work:
        [paper] = [each for each in work.papers.listed(DAY, DAY) if each.title == title]
        byline = work.papers.byline(paper.id)
    return byline.authors[0].identity if byline else None


def _look_up(desk: Desk, *directories: CannedDirectory, limit: int = 999) -> tuple[int, int, str]:
    found = look_up_authors(directories, store=desk.store, clock=desk.clock, limit=limit)
    return found.asked, found.found, found.message


def _list(desk: Desk, *titles: str) -> None:
    entries = [make_entry(title, authors=(title,)) for title in titles]
    ingest([make_listing(*entries)], DAY, store=desk.store)


def test_the_first_directory_that_knows_tells_who_wrote_a_paper(desk: Desk) -> None:
    _list(desk, "Whales", "Squid", "Bread")
    first, second = CannedDirectory("first", "Whales"), CannedDirectory("second", "")

    assert _look_up(desk, first, second) == (3, 3, "")

    assert sorted(first.asked) == ["Bread", "Squid", "Whales"]
    assert sorted(second.asked) == ["Bread", "Squid"]
    assert _byline_of(desk, "Whales") == "first:1"
    assert _byline_of(desk, "Bread") == "second:1"


def test_authors_are_not_looked_up_again_whether_found_or_not(desk: Desk) -> None:
    _list(desk, "Whales", "Squid")
    _look_up(desk, CannedDirectory("first", "Whales"))
    desk.clock.advance(timedelta(days=1))

    assert _look_up(desk, CannedDirectory("first", "")) == (0, 0, "")


def test_a_directory_that_fails_is_left_alone_and_the_others_are_asked(desk: Desk) -> None:
    _list(desk, "Whales", "Squid", "Bread", *(f"Paper {n}" for n in range(BATCH)))
    first = CannedDirectory("first", "Whales", error=OFFLINE)
    second = CannedDirectory("second", "Squid")

    asked, found, message = _look_up(desk, first, second)

    assert (asked, found, message) == (BATCH + 3, 2, str(OFFLINE))
    assert len(first.asked) == BATCH
    assert len(second.asked) >= BATCH + 2
    again = CannedDirectory("first", "")
    _look_up(desk, again)
    assert {"Whales", "Squid"}.isdisjoint(again.asked)
    assert len(again.asked) == BATCH + 1


def test_no_more_are_looked_up_than_one_night_may(desk: Desk) -> None:
    _list(desk, "Whales", "Squid", "Bread")
    directory = CannedDirectory("first", "")

    assert _look_up(desk, directory, limit=2) == (2, 2, "")
    assert _look_up(desk, directory, limit=2) == (1, 1, "")


def test_when_all_directories_fail_nobody_is_asked_any_more(desk: Desk) -> None:
    _list(desk, *(f"Paper {n}" for n in range(BATCH + 1)))
    failing = [CannedDirectory(name, "Whales", error=OFFLINE) for name in ("first", "second")]

    assert _look_up(desk, *failing) == (BATCH, 0, f"{OFFLINE} {OFFLINE}")
    assert _look_up(desk, CannedDirectory("third", "")) == (BATCH + 1, BATCH + 1, "")


def test_without_directories_no_paper_passes_for_looked_up(desk: Desk) -> None:
    _list(desk, "Whales")

    assert _look_up(desk) == (0, 0, "")
    assert _look_up(desk, CannedDirectory("first", "")) == (1, 1, "")
