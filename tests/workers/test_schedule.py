"""What runs when."""

from datetime import timedelta
from typing import Any

import pytest
from celery.schedules import crontab

from workers.app import celery
from workers.schedule import schedule

MINUTE = timedelta(minutes=1)


def test_a_tick_is_asked_for_at_its_pace_and_is_forgotten_when_late() -> None:
    entry = schedule(timedelta(seconds=30))["tick"]

    assert entry["schedule"] == timedelta(seconds=30)
    assert entry["options"] == {"expires": 30}


@pytest.mark.parametrize(("tick", "pace"), [(1, 60), (60, 60), (90, 90)])
def test_who_is_to_be_asked_is_looked_up_once_a_minute_at_most(tick: int, pace: int) -> None:
    entry = schedule(timedelta(seconds=tick))["collect"]

    assert entry["schedule"] == timedelta(seconds=pace)
    assert entry["options"] == {"expires": pace}


@pytest.mark.parametrize(("tick", "pace"), [(1, 1), (5, 5), (60, 5)])
def test_who_signed_up_waits_for_five_seconds_at_most(tick: int, pace: int) -> None:
    entry = schedule(timedelta(seconds=tick))["admit"]

    assert entry["schedule"] == timedelta(seconds=pace)
    assert entry["options"] == {"expires": pace}


def test_the_store_is_tidied_every_hour() -> None:
    hours = schedule(MINUTE)["tidy"]["schedule"].hour

    assert hours == set(range(24))


def test_arxiv_is_left_alone_in_its_quiet_hour() -> None:
    entries = schedule(MINUTE)

    for name in ("details", "authors"):
        assert isinstance(entries[name]["schedule"], crontab)
        assert 0 not in entries[name]["schedule"].hour
    assert entries["details"]["schedule"].hour == set(range(1, 24))
    assert entries["authors"]["schedule"].hour == {2}


def test_every_hour_is_one_of_utc() -> None:
    assert celery.conf.enable_utc
    assert str(celery.conf.timezone) == "UTC"


def test_every_task_of_the_schedule_exists_and_expires() -> None:
    celery.loader.import_default_modules()

    for name, entry in schedule(MINUTE).items():
        assert entry["task"] == name
        assert entry["task"] in celery.tasks
        assert entry["options"]["expires"] > 0


def test_no_hour_is_told_elsewhere() -> None:
    entries: dict[str, Any] = celery.conf.beat_schedule

    assert set(entries) == {"tick", "admit", "tidy", "collect", "details", "authors"}
