"""Worker and beat in this process, on memory://, with real tasks on a real store."""

import threading
import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from digest.bootstrap import App, bootstrap, upgrade_database
from digest.models.deliveries import DeliveryState
from digest.models.interests import Interest
from digest.models.papers import Listing
from digest.models.signups import PAGE, Signup
from digest.models.subscribers import Wish
from digest.services.ingest import ingest
from digest.services.plan import Planned
from digest.services.sign_up import receive
from digest.services.subscribe import add_reader
from digest.settings import Settings
from tests.factories import DAY, NOON, make_entry, make_listing
from tests.fakes import CannedSource, CountingTokens, StoppedClock
from workers.app import celery, running
from workers.embedded import LANES, embedded
from workers.tasks import drain, fetch, plan

PATIENCE = 20.0


@pytest.fixture
def app(tmp_path: Path) -> Iterator[App]:
    settings = Settings(
        database_url=f"sqlite:///{tmp_path / 'digest.db'}",
        mailer_url=f"outbox://{tmp_path / 'outbox'}",
        broker_url="memory://",
        public_url="https://papers.example.org",
        time_zone="UTC",
    )
    upgrade_database(settings.database_url)
    app = bootstrap(settings, clock=StoppedClock(NOON))
    add_reader(
        "ada@example.org",
        Wish(interest=Interest(phrases=("whales",))),
        store=app.store,
        clock=StoppedClock(NOON - timedelta(hours=6)),
        tokens=CountingTokens(),
    )
    yield app
    app.close()


def _until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < deadline, "it did not come true in time"
        time.sleep(0.01)


def _sent(app: App) -> int:
    with app.store.read() as work:
        return work.deliveries.account(DAY).states[DeliveryState.SENT]


def test_a_task_fetches_another_plans_and_a_third_sends(app: App) -> None:
    app.sources = {"canned": (CannedSource(make_listing(make_entry("Whales count"))),)}

    with embedded(app, beat=False) as worker:
        fetch.delay("canned", DAY.isoformat())
        plan.delay(DAY.isoformat())
        _until(lambda: _sent(app) == 1)

    assert not worker.failures
    folder = app.settings.outbox_folder
    assert folder is not None
    assert len(list(folder.glob("*.eml"))) == 1


def test_beat_ticks_and_the_morning_comes_by_itself(
    app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    ingest([make_listing(make_entry("Whales count"))], DAY, store=app.store)
    monkeypatch.setitem(celery.conf.beat_schedule["tick"], "schedule", timedelta(milliseconds=50))

    with embedded(app) as worker:
        _until(lambda: _sent(app) == 1)

    assert not worker.failures


def test_the_same_task_twice_sends_once(app: App) -> None:
    ingest([make_listing(make_entry("Whales count"))], DAY, store=app.store)

    with embedded(app, beat=False) as worker:
        for _ in range(3):
            plan.delay(DAY.isoformat())
            drain.delay(DAY.isoformat())
        _until(lambda: _sent(app) == 1)

    assert not worker.failures
    with app.store.read() as work:
        account = work.deliveries.account(DAY)
    assert (account.candidates, account.states) == (1, {DeliveryState.SENT: 1})


def test_what_a_task_raises_is_kept(app: App) -> None:
    with embedded(app, beat=False) as worker:
        fetch.delay("canned", "the day before yesterday")
        _until(lambda: bool(worker.failures))

    assert isinstance(worker.failures[0], ValueError)


def _sign_up(app: App, address: str) -> None:
    signup = Signup(
        id=app.tokens.new(),
        form=PAGE,
        external_id=address,
        received_at=app.clock.now(),
        address=address,
    )
    receive(signup, store=app.store)


def _letters(app: App) -> int:
    folder = app.settings.outbox_folder
    assert folder is not None
    return len(list(folder.glob("*.eml")))


def test_who_signed_up_waits_for_no_source_and_no_morning(
    app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked, held, answer = threading.Event(), threading.Event(), threading.Event()

    class Slow(CannedSource):
        def fetch(self, day: date) -> Iterator[Listing]:
            asked.set()
            assert answer.wait(PATIENCE)
            yield from super().fetch(day)

    def slow_plan(*_: Any, **__: Any) -> Planned:
        held.set()
        assert answer.wait(PATIENCE)
        return Planned(listed=1)

    app.sources = {"slow": (Slow(make_listing(make_entry("Whales count"))),)}
    monkeypatch.setattr("workers.tasks.plan_issues", slow_plan)
    for entry in celery.conf.beat_schedule.values():
        monkeypatch.setitem(entry, "schedule", timedelta(days=1))
    monkeypatch.setitem(celery.conf.beat_schedule["admit"], "schedule", timedelta(seconds=0.05))

    with embedded(app) as worker:
        try:
            for _ in range(5):
                fetch.delay("slow", DAY.isoformat())
                plan.delay(DAY.isoformat())
            assert asked.wait(PATIENCE)
            assert held.wait(PATIENCE)
            _sign_up(app, "grace@example.org")
            _until(lambda: _letters(app) == 1)
        finally:
            answer.set()

    assert not worker.failures


def test_every_lane_is_of_tasks_that_exist() -> None:
    celery.loader.import_default_modules()

    assert set(LANES) <= set(celery.tasks)
    assert not {"tick", "plan", "drain"} & set(LANES)


def test_leaving_the_block_leaves_no_thread_behind(app: App) -> None:
    before = set(threading.enumerate())

    with embedded(app):
        assert running() is app

    assert set(threading.enumerate()) <= before
