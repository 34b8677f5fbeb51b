"""What runs when."""

from datetime import timedelta

from workers.app import celery
from workers.schedule import schedule


def test_a_tick_is_asked_for_at_its_pace_and_is_forgotten_when_late() -> None:
    [(name, entry)] = schedule(timedelta(seconds=30)).items()

    assert name == "tick"
    assert entry["schedule"] == timedelta(seconds=30)
    assert entry["options"] == {"expires": 30}


def test_every_task_of_the_schedule_exists() -> None:
    celery.loader.import_default_modules()

    for entry in schedule(timedelta(minutes=1)).values():
        assert entry["task"] in celery.tasks
