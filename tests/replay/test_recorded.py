"""What the services really said once, from a server to the archive; skipped where it is not."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from digest.bootstrap import App
from digest.models.papers import Entry
from digest.models.visits import VisitState
from digest.services.collect import (
    Collected,
    LookedUp,
    collect,
    look_up_authors,
    look_up_details,
)
from digest.services.ingest import ingest
from digest.sources.http import HUGGING_FACE
from digest.sources.huggingface import parse_page
from tests.factories import make_listing
from tests.fakes import StoppedClock
from tests.replay.conftest import Install
from tests.replay.server import Answering, Replay
from tests.replay.services import TODAY, recorded

Start = Callable[[Answering], Replay]


@pytest.fixture
def server(real_input: Path, replay: Start) -> Replay:
    return replay(recorded(real_input / "payloads"))


def fetch(app: App, name: str, day: date) -> Collected:
    [source] = app.sources[name]
    return collect(source, day, store=app.store, clock=app.clock)


def know(app: App, *entries: Entry) -> None:
    ingest([make_listing(*entries, day=TODAY)], TODAY, store=app.store)


def noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)


def test_a_whole_feed_of_arxiv_is_taken_in_once(
    server: Replay, install: Install, clock: StoppedClock
) -> None:
    day = date(2024, 3, 26)
    clock.time = noon(day)
    app = install(server, arxiv_categories=("stat", "hep-th"))

    came = fetch(app, "arxiv", day)

    # 35 new ones, 27 from other fields, and 61 replacements of what we never had.
    assert (came.state, came.intake.entries, came.intake.new) == (VisitState.COMPLETE, 123, 62)
    assert not came.intake.warnings
    again = fetch(app, "arxiv", day)
    assert (again.state, again.intake.new, again.intake.sightings) == (VisitState.COMPLETE, 0, 0)


def test_a_page_of_the_catalogue_adds_to_what_is_known(
    server: Replay, install: Install, clock: StoppedClock
) -> None:
    day = date(2017, 12, 14)
    clock.time = noon(date(2017, 12, 15))
    app = install(server, arxiv_categories=("hep-th",))
    know(app, Entry(title="A paper of 2016", arxiv_id="1607.01710"))

    came = fetch(app, "arxiv", day)

    # All three are changes of older papers.
    assert (came.state, came.intake.entries, came.intake.new) == (VisitState.COMPLETE, 3, 0)
    with app.store.read() as work:
        [paper] = work.papers.archive(10)
    assert "hep-th" in paper.categories
    assert paper.abstract


def test_a_list_and_the_page_of_a_day_are_read(
    server: Replay, install: Install, clock: StoppedClock
) -> None:
    app = install(server)

    came = fetch(app, "huggingface", date(2026, 5, 20))
    reply = app.live.client.get(f"{server.url}/papers/date/2024-08-01", manners=HUGGING_FACE)
    page = parse_page(reply.content, day=None, seen_at=clock.now())

    assert came.state is VisitState.COMPLETE
    assert came.intake.new == came.intake.entries > 20
    assert (page.day, len(page.entries)) == (date(2024, 8, 1), 13)


def test_a_feed_of_another_publisher_is_read(
    server: Replay, install: Install, clock: StoppedClock
) -> None:
    day = date(2023, 12, 18)
    clock.time = noon(day)
    app = install(server)

    came = fetch(app, "feeds", day)

    assert came.state is VisitState.COMPLETE
    assert came.intake.new == came.intake.entries > 0


def test_details_and_authors_of_papers_are_told(server: Replay, install: Install) -> None:
    app = install(server)
    know(
        app,
        Entry(title="One of 2020", arxiv_id="2009.02040"),
        Entry(title="One of 2025", arxiv_id="2501.10120"),
        Entry(title="Intelligence Across Embodiments", arxiv_id="2609.27095"),
        Entry(title="A highly cited one", doi="10.1038/s41586-021-03534-y"),
    )
    assert app.details is not None

    assert look_up_details(app.details, store=app.store, clock=app.clock) == LookedUp(
        asked=3, found=2
    )
    came = look_up_authors(app.directories, store=app.store, clock=app.clock, limit=10)

    assert came == LookedUp(asked=4, found=2)
    with app.store.read() as work:
        papers = {paper.arxiv_id or paper.doi: paper for paper in work.papers.archive(10)}
        preprint = work.papers.byline(papers["2609.27095"].id)
        article = work.papers.byline(papers["10.1038/s41586-021-03534-y"].id)
    assert papers["2501.10120"].version == 2
    assert papers["2501.10120"].categories
    assert preprint is not None
    assert preprint.authors[0].h_index == 5
    assert article is not None
    assert len(article.authors) == 42
