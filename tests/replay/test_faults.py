"""Each source with everything that can go wrong: what is said, what is kept, and who else works."""

import socket
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest

from digest.bootstrap import App, bootstrap
from digest.models.visits import VisitState
from digest.services.collect import (
    Collected,
    collect,
    look_up_authors,
    look_up_details,
)
from tests.fakes import StoppedClock
from tests.replay import faults
from tests.replay.archives import Contents, contents
from tests.replay.conftest import Install, hasten, settings_for
from tests.replay.server import Answering, Fault, Replay, replaying
from tests.replay.services import NOON, TODAY, generated_days, made_up, oai_error
from tests.replay.troubles import (
    ALL,
    CATALOGUE,
    DATA,
    FEED,
    HUGGING_FACE,
    JOURNAL,
    TARGETS,
    Target,
    Trouble,
)
from tests.sources.arxiv import Item, rss
from tests.store.databases import fresh_sqlite

Start = Callable[[Answering], Replay]
COMPLETE, LATE, UNREADABLE = VisitState.COMPLETE, VisitState.LATE, VisitState.UNREADABLE


CASES = [
    pytest.param(each, to, id=f"{each.name}, {to.path}") for each in ALL for to in each.targets
]


@pytest.fixture
def url(tmp_path: Path) -> str:
    """What goes wrong on the way is the same for every database."""
    return fresh_sqlite(tmp_path)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """An installation at noon, and the server that is all its sources."""

    server: Replay
    app: App
    clock: StoppedClock


@pytest.fixture
def scene(replay: Start, install: Install, clock: StoppedClock) -> Scene:
    """As it is on the day of the made-up replies."""
    server = replay(made_up())
    app = install(server)
    hasten(app, clock=clock)
    return Scene(server=server, app=app, clock=clock)


def fetch(app: App, target: Target) -> Collected:
    [source] = app.sources[target.name]
    return collect(source, target.day, store=app.store, clock=app.clock)


@pytest.fixture(scope="module")
def in_peace(tmp_path_factory: pytest.TempPathFactory) -> Contents:
    """What the archive holds where nothing goes wrong."""
    url = fresh_sqlite(tmp_path_factory.mktemp("in_peace"))
    with replaying(made_up()) as server:
        app = bootstrap(settings_for(server, url), clock=StoppedClock(NOON))
        assert {fetch(app, target).state for target in TARGETS} == {COMPLETE}
        app.close()
    return contents(url)


@pytest.mark.parametrize(("case", "broken"), CASES)
def test_a_fault_is_told_costs_nothing_else_and_leaves_no_trace(
    case: Trouble,
    broken: Target,
    scene: Scene,
    url: str,
    in_peace: Contents,
) -> None:
    server, app, clock = scene.server, scene.app, scene.clock
    server.break_(broken.path, case.fault(broken))

    came = {target: fetch(app, target) for target in TARGETS}

    failed = came[broken]
    assert (failed.state, failed.intake.entries) == (case.state, case.entries), failed.message
    assert case.said in failed.message
    assert failed.message.endswith(".")
    assert failed.message.count("\n") == 0
    assert failed.retry_at is not None
    assert failed.retry_at >= NOON + max(case.silent, timedelta(minutes=1))
    for target, other in came.items():
        if target is not broken and not (case.silent and target.service == broken.service):
            assert other.state is COMPLETE, other.message
    known, whole = ({key for key, _ in each["paper_keys"]} for each in (contents(url), in_peace))
    assert known <= whole

    server.mend()
    clock.advance(timedelta(hours=2))
    assert {fetch(app, target).state for target in TARGETS} == {COMPLETE}
    assert contents(url) == in_peace


@pytest.mark.parametrize("broken", TARGETS)
def test_who_drips_is_not_waited_for(
    broken: Target, replay: Start, install: Install, clock: StoppedClock
) -> None:
    server = replay(made_up())
    app = install(server)
    hasten(app, clock=clock, seconds_an_answer=15)
    server.break_(broken.path, faults.dripping)

    came = fetch(app, broken)

    assert (came.state, came.intake.entries) == (LATE, 0)
    assert came.message.startswith("127.0.0.1 took longer than ")


@pytest.mark.parametrize("broken", TARGETS)
def test_who_does_not_speak_tls_is_not_believed(
    broken: Target, replay: Start, install: Install, clock: StoppedClock
) -> None:
    server = replay(made_up())
    safe = server.url.replace("http:", "https:")
    app = install(server, **elsewhere(safe))
    hasten(app, clock=clock)

    came = fetch(app, broken)

    assert came.state is LATE
    assert "No safe connection to 127.0.0.1 came about" in came.message
    assert server.heard == []


@pytest.mark.parametrize("broken", TARGETS)
def test_who_has_no_address_is_said_not_to_be_found(
    broken: Target,
    replay: Start,
    install: Install,
    clock: StoppedClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def unknown(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    app = install(replay(made_up()), **elsewhere("https://papers.invalid"))
    hasten(app, clock=clock)

    came = fetch(app, broken)

    assert came.state is LATE
    assert came.message == "papers.invalid cannot be found (no network?)."


def elsewhere(url: str) -> dict[str, object]:
    """Return the settings that have every source at *url*."""
    return {
        "huggingface_url": url,
        "arxiv_feed_url": url,
        "arxiv_oai_url": f"{url}/oai",
        "feeds": (f"Moss Letters={url}/journal/rss.xml",),
    }


def test_nobody_follows_to_another_host(
    replay: Start, install: Install, clock: StoppedClock
) -> None:
    server, other = replay(made_up()), replay(made_up())
    app = install(server)
    hasten(app, clock=clock)
    for target in TARGETS:
        server.break_(target.path, faults.redirected(f"{other.url}{target.path}"))

    assert {fetch(app, target).state for target in TARGETS} == {UNREADABLE}
    assert other.heard == []


def test_a_feed_of_two_thousand_papers_is_taken_in_and_its_halves_asked_for(
    replay: Start, install: Install, clock: StoppedClock
) -> None:
    everything = [Item(number=number, title=f"Moss {number}") for number in range(2100)]
    slices = {"cs.LG+eess.AS": slice(2000), "cs.LG": slice(1500), "eess.AS": slice(1500, None)}
    feeds = {
        # Midnight in New York, in winter.
        f"/rss/{query}": rss(everything[part], day=TODAY).replace(b"-0400", b"-0500")
        for query, part in slices.items()
    }
    server = replay(replace(made_up(), feeds=feeds))
    app = install(server)
    hasten(app, clock=clock)

    came = fetch(app, FEED)

    assert (came.state, came.intake.papers, came.intake.new) == (COMPLETE, 2100, 2100)
    assert [warning.message for warning in came.intake.warnings] == [
        "arXiv's feed ends at 2,000 papers; its catalogue brings the others."
    ]
    assert server.paths() == list(feeds)


def test_two_thousand_rows_are_asked_for_page_by_page(
    replay: Start, install: Install, clock: StoppedClock
) -> None:
    server = replay(generated_days((TODAY,), each=1950))
    app = install(server)
    hasten(app, clock=clock)

    came = fetch(app, HUGGING_FACE)

    assert (came.state, came.intake.new) == (COMPLETE, 1950)
    assert len(server.heard) == 20


def test_a_journal_that_names_a_wrong_encoding_is_read_in_the_right_one(scene: Scene) -> None:
    server, app = scene.server, scene.app
    server.break_(JOURNAL.path, faults.misnamed("latin-1"))

    came = fetch(app, JOURNAL)

    assert (came.state, came.intake.new) == (COMPLETE, 2)
    with app.store.read() as work:
        titles = {paper.title for paper in work.papers.archive(10)}
    assert titles == {"Café Acoustics of Münster", "Rain on a tin roof, counted"}


@pytest.mark.parametrize("code", ["badArgument", "badResumptionToken", "whatever"])
def test_an_error_of_the_catalogue_is_told_though_its_status_is_200(
    code: str, scene: Scene
) -> None:
    server, app = scene.server, scene.app
    server.break_(CATALOGUE.path, faults.instead(oai_error(code)))

    came = fetch(app, CATALOGUE)

    assert came.state is (UNREADABLE if code == "badArgument" else LATE)
    assert came.message.startswith("arXiv's catalogue ")


OF_DETAILS = {
    "429": (faults.status(429), "was asked too often"),
    "503": (faults.status(503), "cannot answer now (503)"),
    "hung up": (faults.closed, "did not answer as a web server does"),
    "endless": (faults.endless(), "not read to its end"),
    "elsewhere": (faults.redirected("http://localhost:9/"), "we do not follow"),
    "bomb": (faults.instead(faults.bomb()), "entities"),
    "an error": (
        faults.instead((DATA / "arxiv/api_error.xml").read_bytes()),
        "arXiv's API refuses what it was asked",
    ),
    "an error with its status": (
        faults.status(400, body=(DATA / "arxiv/api_error.xml").read_bytes()),
        "arXiv's API refuses what it was asked",
    ),
    "JSON": (faults.instead(b"{}"), ""),
    "broken off": (faults.broken_off(b"<title>Knots"), "it is asked again later"),
}


@pytest.mark.parametrize(("fault", "said"), OF_DETAILS.values(), ids=OF_DETAILS.keys())
def test_details_that_cannot_be_had_change_nothing(
    fault: Fault, said: str, scene: Scene, url: str
) -> None:
    server, app = scene.server, scene.app
    fetch(app, HUGGING_FACE)
    assert app.details is not None
    before = contents(url)
    server.break_("/api/query", fault)

    came = look_up_details(app.details, store=app.store, clock=app.clock)

    assert came.found == 0
    assert came.message
    assert said in came.message
    assert contents(url) == before
    assert fetch(app, FEED).state is (COMPLETE if "too often" not in said else LATE)


OF_DIRECTORIES = {
    "429": (faults.status(429), "was asked too often"),
    "503": (faults.status(503), "cannot answer now (503)"),
    "401": (faults.status(401), "does not answer us without a key"),
    "hung up": (faults.closed, "did not answer as a web server does"),
    "endless": (faults.endless(), "not read to its end"),
    "elsewhere": (faults.redirected("http://localhost:9/"), "we do not follow"),
    "another shape": (faults.instead(b'{"rows": []}'), "in a form that we do not know"),
    "a number": (faults.instead(b"7"), "in a form that we do not know"),
    "no JSON": (faults.instead(b"<html>"), "in a form that we do not know"),
    "broken off": (faults.broken_off(b'"'), "broke off in the middle of its answer"),
}


@pytest.mark.parametrize("path", ["/s2/", "/openalex/"])
@pytest.mark.parametrize(("fault", "said"), OF_DIRECTORIES.values(), ids=OF_DIRECTORIES.keys())
def test_one_directory_that_fails_leaves_the_other(
    fault: Fault, said: str, path: str, scene: Scene
) -> None:
    server, app, clock = scene.server, scene.app, scene.clock
    for target in TARGETS:
        fetch(app, target)
    server.break_(path, fault)

    came = look_up_authors(app.directories, store=app.store, clock=app.clock, limit=100)

    assert came.found == 2
    assert said in came.message
    # Whom the one might have known is asked for another time.
    server.mend()
    clock.advance(timedelta(hours=1))
    again = look_up_authors(app.directories, store=app.store, clock=app.clock, limit=100)
    assert (again.found, again.message) == (2, "")
