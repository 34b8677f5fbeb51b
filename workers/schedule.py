"""What runs when; nothing else has times in it."""

from datetime import timedelta
from typing import Any


def schedule(tick: timedelta) -> dict[str, dict[str, Any]]:
    """Return Celery's schedule: beat only pokes.

    Whatever it asks for twice, or not at all, the database decides; a poke that nobody
    heard in time is not worth hearing.
    """
    return {
        "tick": {"task": "tick", "schedule": tick, "options": {"expires": tick.total_seconds()}}
    }
