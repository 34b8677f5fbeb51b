"""Every source from its server to the archive, on a database of each kind."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from datetime import date, timedelta
from pathlib import Path

import pytest

from digest.bootstrap import App
from digest.models.papers import Paper
from digest.models.visits import VisitState
from digest.ports import Store
from digest.ports.store import Work
from digest.services.collect import (
    Collected,
    LookedUp,
    collect,
    look_up_authors,
    look_up_details,
)
from digest.sources.http import HUGGING_FACE
from digest.sources.huggingface import parse_daily, parse_page
from digest.store.sql import SqlStore
from tests.fakes import StoppedClock
from tests.replay.archives import Contents, contents, counts
from tests.replay.conftest import Install, settings_for
from tests.replay.server import Answering, Replay
from tests.replay.services import DATA, TODAY, YESTERDAY, made_up
from tests.store.databases import fresh_sqlite

Start = Callable[[Answering], Replay]
PLAN = (
    ("huggingface", YESTERDAY),
    ("huggingface", TODAY),
    ("arxiv", YESTERDAY),
    ("arxiv", TODAY),
    ("feeds", TODAY),
)
"""Which source is asked for which day, in this order."""


def fetch(app: App, name: str, day: date) -> Collected:
    [source] = app.sources[name]
    return collect(source, day, store=app.store, clock=app.clock)


def details(app: App) -> LookedUp:
    assert app.details is not None
    return look_up_details(app.details, store=app.store, clock=app.clock)


def authors(app: App) -> LookedUp:
    return look_up_authors(app.directories, store=app.store, clock=app.clock, limit=100)


def fetch_all(app: App) -> list[Collected]:
    came = [fetch(app, name, day) for name, day in PLAN]
    details(app)
    authors(app)
    return came


def archive(app: App) -> Mapping[str, Paper]:
    """Return the papers by the last digits of what they are known by."""
    with app.store.read() as work:
        papers = work.papers.archive(10_000)
    by_id = {(paper.arxiv_id or paper.doi or "")[-5:]: paper for paper in papers}
    assert len(by_id) == len(papers)
    return by_id


def origins(paper: Paper) -> dict[str, str]:
    return {origin.field: origin.source for origin in paper.origins}


def test_what_all_sources_say_of_a_day_is_there_once(replay: Start, install: Install) -> None:
    app = install(replay(made_up()))

    came = fetch_all(app)

    assert [(each.state, each.message) for each in came] == [(VisitState.COMPLETE, "")] * len(PLAN)
    assert [each.intake.entries for each in came] == [1, 2, 3, 4, 2]
    assert [each.intake.new for each in came] == [1, 1, 2, 2, 1]
    # The replacement and the old record are of papers that we do not know, the other one is of
    # a field that nobody asked for.
    names = ["10001", "10002", "10003", "10004", "10005", "06398", "ss.42"]
    assert sorted(archive(app)) == sorted(names)


def test_a_paper_is_the_union_of_what_is_said_of_it_and_says_by_whom(
    replay: Start, install: Install
) -> None:
    app = install(replay(made_up()))
    fetch_all(app)

    tides = archive(app)["10001"]

    assert tides.title == r"Tides as teachers: learning from $\mathcal{M}_2$"
    assert tides.abstract.endswith("We follow one harbour for a year.")
    assert tides.summary == "Tides schedule the training."
    assert tides.authors == ("Ines Park", "Jo van Dam", "Rui Pérez")
    assert tides.categories == ("cs.LG", "physics.ao-ph")
    assert tides.institutions == ("Tidal Institute",)
    assert tides.code_url == "https://github.com/tidal/teachers"
    said_by = origins(tides)
    assert said_by["title"] == said_by["abstract"] == said_by["primary category"] == "arXiv"
    assert said_by["summary"] == said_by["code_url"] == said_by["submitter"] == "Hugging Face"
    with app.store.read() as work:
        seen = work.papers.sightings([tides.id], until=TODAY)
    assert {(each.source, each.listed_on, each.position, each.upvotes) for each in seen} == {
        ("Hugging Face", TODAY, 1, 41),
        ("arXiv", TODAY, None, None),
    }


@pytest.mark.parametrize("order", [PLAN, tuple(reversed(PLAN))])
def test_a_preprint_and_its_published_form_are_one(
    order: tuple[tuple[str, date], ...], replay: Start, install: Install
) -> None:
    app = install(replay(made_up()))
    for name, day in order:
        fetch(app, name, day)

    cafe = archive(app)["10002"]

    # One title is in TeX, and the other in Unicode.
    assert cafe.title == r"Caf\'e acoustics of M\"unster"
    assert cafe.doi == "10.5555/moss.41"
    assert cafe.authors == ("Adá Okaför", "Bo Lindqvist")
    assert (origins(cafe)["doi"], origins(cafe)["title"]) == ("Moss Letters", "arXiv")
    with app.store.read() as work:
        assert {each.source for each in work.papers.sightings([cafe.id], until=TODAY)} == {
            "arXiv",
            "Moss Letters",
        }


def test_what_was_fetched_twice_adds_nothing(
    replay: Start, install: Install, url: str, clock: StoppedClock
) -> None:
    server = replay(made_up())
    app = install(server)
    fetch_all(app)
    before, said = counts(url), contents(url)
    server.paths()

    clock.advance(timedelta(hours=2))
    again = fetch_all(app)

    assert counts(url) == before
    assert contents(url) == said
    assert not any(each.intake.new or each.intake.sightings for each in again)
    # Neither details nor authors are asked for again, and feeds that did not change say so.
    assert [path.rpartition("/")[2] for path in server.paths()] == [
        "daily_papers",
        "daily_papers",
        "oai",
        "oai",
        "oai",
        "cs.LG+eess.AS",
        "rss.xml",
    ]
    assert [each.intake.entries for each in again[3:]] == [0, 0]


def test_details_complete_what_only_a_list_had_told(replay: Start, install: Install) -> None:
    server = replay(made_up())
    app = install(server)
    fetch(app, "huggingface", TODAY)

    # The one that arXiv's API does not know is left as it is.
    assert details(app) == LookedUp(asked=2, found=1)

    knots = archive(app)["10003"]
    assert (knots.categories, knots.version, knots.comment) == (("math.GT",), 2, "4 knots")
    assert (knots.doi, knots.journal) == ("10.5555/knots.12", "Knots 12 (2026) 3")
    assert knots.authors == ("Kai Ruiz", "Mia Seil")
    assert knots.institutions == ("Institute of Rope",)
    assert origins(knots)["abstract"] == "arXiv"
    # It is no announcement: the paper was seen on Hugging Face alone.
    with app.store.read() as work:
        assert {each.source for each in work.papers.sightings([knots.id], until=TODAY)} == {
            "Hugging Face"
        }


def test_authors_are_known_by_either_directory(replay: Start, install: Install) -> None:
    app = install(replay(made_up()))
    for name, day in PLAN:
        fetch(app, name, day)

    assert authors(app) == LookedUp(asked=7, found=4)

    papers = archive(app)
    with app.store.read() as work:
        bylines = {name: work.papers.byline(paper.id) for name, paper in papers.items()}
    figures = {
        name: [(each.identity, each.h_index) for each in byline.authors]
        for name, byline in bylines.items()
        if byline is not None
    }
    assert figures == {
        "10001": [("s2:101", 21), ("", None)],
        "10004": [("s2:104", 3)],
        "10003": [("openalex:A5000000003", None), ("", None)],
        "ss.42": [("openalex:A5000000042", 7)],
    }
    assert authors(app) == LookedUp()


def test_everybody_is_told_who_asks_and_asked_one_at_a_time(
    replay: Start, install: Install
) -> None:
    server = replay(made_up())
    app = install(server)
    fetch_all(app)

    assert all(
        heard.asked.headers["user-agent"].startswith("paper-digest/")
        and "ada@example.org" in heard.asked.headers["user-agent"]
        for heard in server.heard
    )
    assert max(heard.connections for heard in server.heard) == 1


def test_the_page_of_a_day_says_what_its_list_says(
    replay: Start, install: Install, clock: StoppedClock
) -> None:
    server = replay(made_up())
    client = install(server).live.client

    reply = client.get(f"{server.url}/papers/date/2026-08-20", manners=HUGGING_FACE)

    listed = parse_daily(
        (DATA.parent / "huggingface/2026-08-20.json").read_bytes(), day=None, seen_at=clock.now()
    )
    assert parse_page(reply.content, day=None, seen_at=clock.now()) == listed


ENOUGH = 1000


class Stopped(BaseException):
    """As if the process had been killed."""


class Mortal:
    """A store of which only so many transactions begin."""

    def __init__(self, store: Store, transactions: int) -> None:
        self._store = store
        self._left = transactions
        self.read = store.read
        self.close = store.close

    def begin(self) -> AbstractContextManager[Work]:
        if self._left <= 0:
            raise Stopped
        self._left -= 1
        return self._store.begin()


@pytest.mark.parametrize(("name", "day"), [each for each in PLAN if each[0] != "huggingface"])
def test_whoever_dies_between_any_two_transactions_loses_nothing(
    name: str, day: date, replay: Start, tmp_path: Path, clock: StoppedClock
) -> None:
    server = replay(made_up())

    settings = settings_for(server, "sqlite://")

    def outcome(number: int, *deaths: int) -> tuple[bool, Contents]:
        folder = tmp_path / f"{number}"
        folder.mkdir()
        url = fresh_sqlite(folder)
        died = False
        for transactions in (*deaths, ENOUGH):
            store = SqlStore(url)
            app = App(settings=settings, store=Mortal(store, transactions), clock=clock)
            try:
                came = fetch(app, name, day)
            except Stopped:
                died = True
            app.close()
            # Its turn lapses, and its visit.
            clock.advance(timedelta(minutes=20))
        assert came.state is VisitState.COMPLETE
        # How many papers a visit listed is not known of one that died after it had noted them.
        return died, {table: found for table, found in contents(url).items() if table != "visits"}

    _, in_peace = outcome(ENOUGH)
    deaths, died = 0, True
    while died:
        died, left = outcome(deaths, deaths)
        assert left == in_peace
        deaths += 1
    assert deaths > 5
