"""Sources asked by real tasks on a real store; a queued task runs at once, in this process."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path

import pytest
from celery.exceptions import SoftTimeLimitExceeded

from digest.bootstrap import App, bootstrap, upgrade_database
from digest.errors import SourceUnavailable
from digest.models.papers import Announcement, AuthorFigures, Byline, Listing, Paper
from digest.models.visits import Rhythm, Visit, VisitState
from digest.ports import Source
from digest.services.collect import LEASE
from digest.services.ingest import ingest
from digest.settings import Settings
from tests.factories import DAY, NOON, make_entry, make_listing
from tests.fakes import CannedSource, StoppedClock
from workers.app import celery, working_on
from workers.tasks import ASKING, authors, collect, details, fetch

BEFORE = DAY - timedelta(days=1)
OFFLINE = SourceUnavailable("It is out of reach.")


@pytest.fixture
def clock() -> StoppedClock:
    return StoppedClock(NOON)


@pytest.fixture
def app(tmp_path: Path, clock: StoppedClock, monkeypatch: pytest.MonkeyPatch) -> Iterator[App]:
    url = f"sqlite:///{tmp_path / 'digest.db'}"
    upgrade_database(url)
    settings = Settings(database_url=url, broker_url="memory://", sources=("feeds",))
    app = bootstrap(settings, clock=clock)
    _configure(app)
    for name in ("task_always_eager", "task_eager_propagates"):
        monkeypatch.setitem(celery.conf, name, value=True)
    with working_on(app):
        yield app
    app.close()


def _configure(app: App, *sources: Source) -> None:
    app.sources = {"feeds": sources}


def _visits(app: App) -> Sequence[Visit]:
    with app.store.read() as work:
        return work.visits.between(DAY - timedelta(days=30), DAY)


def _states(app: App) -> set[tuple[str, date, VisitState]]:
    return {(visit.source, visit.day, visit.state) for visit in _visits(app)}


def _papers(app: App) -> int:
    with app.store.read() as work:
        return work.papers.count()


def listing(source: str) -> Listing:
    return make_listing(make_entry(f"Paper of {source}"), source=source, seen_at=NOON)


def canned(name: str, *, back: int = 0, error: SourceUnavailable | None = None) -> CannedSource:
    listings = [] if error else [listing(name)]
    return CannedSource(*listings, name=name, error=error, rhythm=Rhythm(back=back))


def test_one_poke_asks_each_source_for_each_day_that_is_due_the_newest_first(app: App) -> None:
    whales, squid = canned("whales", back=3), canned("squid")
    _configure(app, whales, squid)

    collect.delay()

    assert whales.days == [DAY - timedelta(days=back) for back in range(4)]
    assert squid.days == [DAY]
    assert {state for _, _, state in _states(app)} == {VisitState.COMPLETE}
    assert _papers(app) == 2


def test_the_next_poke_asks_nobody_before_the_hour_is_over(app: App, clock: StoppedClock) -> None:
    whales = canned("whales", back=3)
    _configure(app, whales)
    collect.delay()

    clock.advance(timedelta(minutes=59))
    collect.delay()
    assert len(whales.days) == 4

    clock.advance(timedelta(minutes=1))
    collect.delay()
    assert whales.days[4:] == [DAY]


def test_a_source_that_fails_keeps_no_other_from_being_asked(app: App, clock: StoppedClock) -> None:
    failing, squid = canned("whales", back=3, error=OFFLINE), canned("squid")
    _configure(app, failing, squid)

    collect.delay()

    assert _states(app) == {
        ("whales", DAY, VisitState.LATE),
        ("squid", DAY, VisitState.COMPLETE),
    }
    clock.advance(timedelta(minutes=5))
    collect.delay()
    assert failing.days == [DAY, DAY]


def test_a_message_that_comes_twice_or_late_asks_nobody_again(app: App) -> None:
    whales = canned("whales")
    _configure(app, whales)

    for _ in range(2):
        fetch.delay("whales", DAY.isoformat())
    fetch.delay("whales", (DAY - timedelta(days=40)).isoformat())

    assert whales.days == [DAY]


def test_a_source_is_known_by_its_key_too(app: App) -> None:
    whales = canned("whales")
    _configure(app, whales)

    fetch.delay("feeds", DAY.isoformat())

    assert _states(app) == {("whales", DAY, VisitState.COMPLETE)}


def test_what_is_not_scheduled_is_taken_in_and_never_late(app: App) -> None:
    app.sources = {"sample": (canned("sample"),)}

    fetch.delay("sample", DAY.isoformat())

    assert (_papers(app), _visits(app)) == (1, [])


def test_a_source_that_is_not_configured_any_more_is_left_alone(app: App) -> None:
    fetch.delay("whales", DAY.isoformat())
    collect.delay()

    assert not _visits(app)


def test_a_fetch_that_runs_out_of_time_is_taken_over_later(app: App, clock: StoppedClock) -> None:
    class Slow(CannedSource):
        def fetch(self, day: date) -> Iterator[Listing]:
            yield from super().fetch(day)
            if len(self.days) == 1:
                raise SoftTimeLimitExceeded

    slow = Slow(listing("whales"), name="whales", rhythm=Rhythm())
    _configure(app, slow)

    with pytest.raises(SoftTimeLimitExceeded):
        collect.delay()
    assert (_papers(app), _states(app)) == (1, {("whales", DAY, VisitState.RUNNING)})
    collect.delay()
    assert slow.days == [DAY]

    clock.advance(LEASE)
    collect.delay()
    assert _states(app) == {("whales", DAY, VisitState.COMPLETE)}


def test_a_fetch_is_over_before_another_takes_its_source_for_abandoned() -> None:
    assert fetch.soft_time_limit == ASKING
    assert fetch.time_limit is not None
    assert ASKING < fetch.time_limit < LEASE.total_seconds() < 60 * 60


class CannedDetails:
    def look_up(self, arxiv_ids: Sequence[str]) -> Iterator[Listing]:
        yield make_listing(
            *(
                make_entry(
                    "Whales count in base eight",
                    arxiv_id=name,
                    categories=("cs.SD",),
                    announcement=Announcement.UPDATE,
                )
                for name in arxiv_ids
            ),
            source="arXiv",
        )
        raise OFFLINE


class CannedDirectory:
    name = "directory"

    def look_up(self, papers: Sequence[Paper]) -> Iterator[Byline]:
        for paper in papers:
            yield Byline(paper_id=paper.id, authors=(AuthorFigures(name="Ada Okafor", h_index=9),))
        raise OFFLINE


def test_details_and_authors_are_looked_up_and_an_error_fails_nothing(
    app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    ingest([make_listing(make_entry(arxiv_id="2611.00001"))], DAY, store=app.store)
    monkeypatch.setattr(App, "details", CannedDetails())
    monkeypatch.setattr(App, "directories", (CannedDirectory(),))

    details.delay()
    authors.delay()

    with app.store.read() as work:
        [paper] = work.papers.listed(DAY, DAY)
        byline = work.papers.byline(paper.id)
    assert paper.categories == ("cs.SD",)
    assert byline is not None
    assert byline.authors[0].h_index == 9


def test_without_anybody_who_knows_nothing_is_looked_up(app: App) -> None:
    ingest([make_listing(make_entry(arxiv_id="2611.00001"))], BEFORE, store=app.store)

    details.delay()
    authors.delay()

    with app.store.read() as work:
        assert work.papers.lacking_authors(BEFORE, asked_before=NOON, limit=9)
