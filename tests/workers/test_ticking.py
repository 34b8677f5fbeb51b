"""A tick plans and sends for every schedule whose hour has come, whatever days it has."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import time, timedelta
from pathlib import Path

import pytest

from digest.bootstrap import App, bootstrap, upgrade_database
from digest.models.subscribers import WORKING_DAYS, Schedule
from digest.services.ingest import ingest
from digest.settings import Settings
from tests.factories import DAY, NOON, make_entry, make_listing, make_reader
from tests.fakes import MemoryMailer, StoppedClock
from workers.app import celery, working_on
from workers.tasks import tick

OTHER_DAYS = tuple(sorted(set(range(7)) - {DAY.weekday()}))


@pytest.fixture
def app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[App]:
    url = f"sqlite:///{tmp_path / 'digest.db'}"
    upgrade_database(url)
    settings = Settings(database_url=url, broker_url="memory://", sources=())
    app = bootstrap(settings, clock=StoppedClock(NOON))
    app.mailer = MemoryMailer()
    for name in ("task_always_eager", "task_eager_propagates"):
        monkeypatch.setitem(celery.conf, name, value=True)
    ingest([make_listing(make_entry("Whales count in base eight"))], DAY, store=app.store)
    with working_on(app):
        yield app
    app.close()


def subscribe(app: App, name: str, schedule: Schedule) -> None:
    made = make_reader(name)
    joined = NOON - timedelta(days=2)
    reader = replace(
        made,
        subscriber=replace(made.subscriber, created_at=joined),
        subscription=replace(made.subscription, schedule=schedule),
    )
    with app.store.begin() as work:
        work.subscribers.add(reader)


def test_each_reader_is_written_to_on_their_own_days_and_once(app: App) -> None:
    subscribe(app, "daily", Schedule())
    subscribe(app, "working", Schedule(weekdays=WORKING_DAYS))
    subscribe(app, "weekly", Schedule(weekdays=(DAY.weekday(),)))
    subscribe(app, "never-today", Schedule(weekdays=OTHER_DAYS))
    subscribe(app, "later", Schedule(send_at=time(13), weekdays=WORKING_DAYS))

    tick.delay()
    tick.delay()

    assert isinstance(app.mailer, MemoryMailer)
    sent = sorted(email.recipient.partition("@")[0] for email in app.mailer.sent)
    assert sent == ["daily", "weekly", "working"]
