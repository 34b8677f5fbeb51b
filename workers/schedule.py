"""What runs when; nothing else has times in it."""

from datetime import timedelta

TICK = timedelta(minutes=1)

SCHEDULE = {
    # Beat only pokes: whatever it asks for twice, or not at all, the database decides.
    "tick": {"task": "tick", "schedule": TICK, "options": {"expires": TICK.total_seconds()}},
}
