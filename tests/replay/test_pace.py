"""How sources are asked: one request at a time, whoever asks, and not at all when they say so."""

import time
from collections.abc import Callable
from datetime import date, timedelta
from threading import Thread
from typing import Any

import pytest

from digest.bootstrap import App, SystemClock
from digest.models.visits import VisitState
from digest.services.collect import Collected, collect
from tests.fakes import StoppedClock
from tests.replay import faults
from tests.replay.conftest import Install, hasten
from tests.replay.server import Answering, Replay, Said
from tests.replay.services import TODAY, YESTERDAY, made_up
from tests.sources.http.server import Asked

Start = Callable[[Answering], Replay]


def at_once(work: Callable[[Any], None], *whose: object) -> None:
    """Do the work of each in a thread of its own, and wait for them all."""
    workers = [Thread(target=work, args=(each,)) for each in whose]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()


def fetch(app: App, name: str, day: date = TODAY) -> Collected:
    [source] = app.sources[name]
    return collect(source, day, store=app.store, clock=app.clock)


def test_two_processes_never_ask_one_service_at_once(replay: Start, install: Install) -> None:
    services = made_up()

    def slowly(asked: Asked) -> Said:
        time.sleep(0.02)
        return services(asked)

    server = replay(slowly)
    days = [date(2024, 6, 3) + timedelta(days=ahead) for ahead in range(12)]
    apps = [install(server, clock=SystemClock(), pace_seconds=0.001) for _ in range(2)]

    def fetch_half(half: int) -> None:
        hasten(apps[half], sleep=lambda seconds: time.sleep(min(seconds, 0.02)))
        for day in days[half::2]:
            fetch(apps[half], "huggingface", day)

    at_once(fetch_half, 0, 1)

    assert max(heard.connections for heard in server.heard) == 2
    assert not any(heard.others for heard in server.heard)


@pytest.mark.parametrize(
    ("name", "path", "silent"),
    [
        ("huggingface", "/api/", timedelta(minutes=1)),
        ("arxiv", "/rss/", timedelta(minutes=10)),
        ("feeds", "/journal/", timedelta(minutes=1)),
    ],
)
@pytest.mark.parametrize("said", [{}, {"Retry-After": "7200"}], ids=["by itself", "as it says"])
def test_every_process_leaves_a_service_alone_that_was_asked_too_often(  # noqa: PLR0913 - of many kinds
    said: dict[str, str],
    name: str,
    path: str,
    silent: timedelta,
    *,
    replay: Start,
    install: Install,
    clock: StoppedClock,
) -> None:
    silent = timedelta(hours=2) if said else silent
    server = replay(made_up())
    one, other = install(server), install(server)
    for app in (one, other):
        hasten(app, clock=clock)
    server.break_(path, faults.status(429, said))
    assert fetch(one, name).state is VisitState.LATE
    assert len(server.paths()) == 1
    server.mend()

    clock.advance(silent - timedelta(seconds=40))
    came = fetch(other, name)

    assert came.state is VisitState.LATE
    assert "127.0.0.1 may not be asked before" in came.message
    # To ask again a minute after a failure is soon enough.
    assert came.retry_at == clock.now() + timedelta(minutes=1)
    assert server.paths() == []
    clock.advance(timedelta(minutes=1))
    assert fetch(other, name).state is VisitState.COMPLETE
    assert len(server.paths()) == 1


def test_the_hosts_of_arxiv_share_one_silence_and_no_other_source_does(
    replay: Start, install: Install, clock: StoppedClock
) -> None:
    server = replay(made_up())
    app = install(server)
    hasten(app, clock=clock)
    server.break_("/rss/", faults.status(429))

    assert fetch(app, "arxiv", TODAY).state is VisitState.LATE
    server.paths()

    assert fetch(app, "arxiv", YESTERDAY).state is VisitState.LATE
    assert server.paths() == []
    assert fetch(app, "huggingface").state is VisitState.COMPLETE
    assert fetch(app, "feeds").state is VisitState.COMPLETE


def test_two_at_once_take_in_what_one_would(replay: Start, install: Install) -> None:
    server = replay(made_up())
    apps = [install(server, pace_seconds=0) for _ in range(3)]
    came: list[Collected] = []

    def fetch_all(app: App) -> None:
        hasten(app, sleep=lambda seconds: time.sleep(min(seconds, 0.02)))
        came.extend(fetch(app, name) for name in ("huggingface", "arxiv", "feeds"))

    at_once(fetch_all, *apps)

    assert len(came) == 9
    assert {each.state for each in came} <= {VisitState.COMPLETE, VisitState.RUNNING}
    assert sum(each.intake.new for each in came) == 5
    with apps[0].store.read() as work:
        papers = work.papers.archive(100)
        seen = work.papers.sightings([paper.id for paper in papers], until=TODAY)
    assert len(papers) == 5
    assert len(seen) == 7
