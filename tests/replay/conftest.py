"""A database of each kind, and an installation whose sources are all on this machine."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from digest import __version__
from digest.bootstrap import App, bootstrap
from digest.ports import Clock
from digest.settings import Settings
from digest.sources.http import Client, user_agent
from digest.sources.turns import StoreTurns
from digest.store.schema import upgrade
from tests.fakes import StoppedClock
from tests.replay.server import Answering, Replay, replaying
from tests.replay.services import NOON
from tests.store.databases import emptied, empty_schema, fresh_sqlite

Install = Callable[..., App]


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """A migrated PostgreSQL database for the whole session."""
    with empty_schema() as url:
        upgrade(url)
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A migrated database without records, of each kind."""
    if request.param == "sqlite":
        return fresh_sqlite(tmp_path)
    found: str = request.getfixturevalue("postgresql")
    emptied(found)
    return found


@pytest.fixture
def replay() -> Iterator[Callable[[Answering], Replay]]:
    """Start servers, which are closed after the test."""
    with ExitStack() as running:
        yield lambda answering: running.enter_context(replaying(answering))


@pytest.fixture
def clock() -> StoppedClock:
    """Noon of the day of the made-up replies."""
    return StoppedClock(NOON)


@pytest.fixture
def install(url: str, clock: StoppedClock) -> Iterator[Install]:
    """Set up the program as an operator would, on a database of each kind."""
    with ExitStack() as installed:

        def set_up(server: Replay, *, clock: Clock = clock, **changes: Any) -> App:
            app = bootstrap(settings_for(server, url, **changes), clock=clock)
            installed.callback(app.close)
            return app

        yield set_up


def settings_for(server: Replay, database_url: str, **changes: Any) -> Settings:
    """Return settings whose every source is *server*."""
    settings: dict[str, Any] = {
        "database_url": database_url,
        "huggingface_url": server.url,
        "arxiv_feed_url": server.url,
        "arxiv_api_url": server.url,
        "arxiv_oai_url": f"{server.url}/oai",
        "openalex_url": f"{server.url}/openalex",
        "semantic_scholar_url": f"{server.url}/s2",
        "arxiv_categories": ("cs.LG", "eess.AS"),
        "feeds": (f"Moss Letters={server.url}/journal/rss.xml",),
        "contact": "ada@example.org",
    }
    return Settings(**settings | changes)


def hasten(
    app: App,
    *,
    clock: StoppedClock | None = None,
    sleep: Callable[[float], None] | None = None,
    seconds_an_answer: float = 0,
) -> None:
    """Let the client of *app* sleep on *clock*, which takes no time, or as told.

    What it reads comes at once, or piece by piece in that many seconds each.
    """
    if clock is not None:
        stopped = clock

        def sleep(seconds: float) -> None:
            stopped.advance(timedelta(seconds=seconds))

    assert sleep is not None
    ticks = count(step=seconds_an_answer)
    pace = app.settings.pace_seconds
    # It is made when it is first asked for, which nobody has done yet.
    vars(app.live)["client"] = Client(
        user_agent=user_agent(__version__, app.settings.contact),
        turns=StoreTurns(app.store),
        clock=app.clock,
        tokens=app.tokens,
        pause=None if pace is None else timedelta(seconds=pace),
        sleep=sleep,
        monotonic=lambda: float(next(ticks)),
    )
