"""What runs when, in UTC; nothing else has times in it."""

from datetime import timedelta
from typing import Any

from celery.schedules import crontab

MINUTE = timedelta(minutes=1)

SOON = timedelta(seconds=5)
"""How long somebody who signed up waits at most until that is looked at."""


def schedule(tick: timedelta) -> dict[str, dict[str, Any]]:
    """Return Celery's schedule: beat only pokes.

    Whatever it asks for twice, or not at all, the database decides; a poke that nobody
    heard in time is not worth hearing.
    """
    return {
        "tick": _entry("tick", tick, within=tick),
        "admit": _entry("admit", min(tick, SOON), within=min(tick, SOON)),
        "tidy": _entry("tidy", crontab(minute="40"), within=30 * MINUTE),
        # Which source is due is told by what came of asking it last: see services/collect.py.
        "collect": _entry("collect", max(tick, MINUTE), within=max(tick, MINUTE)),
        # arXiv is left alone from midnight to one.
        "details": _entry("details", crontab(minute="20", hour="1-23"), within=30 * MINUTE),
        "authors": _entry("authors", crontab(minute="30", hour="2"), within=60 * MINUTE),
    }


def _entry(task: str, when: timedelta | crontab, *, within: timedelta) -> dict[str, Any]:
    return {"task": task, "schedule": when, "options": {"expires": within.total_seconds()}}
