"""Thin tasks: look up the App, call one service, queue what follows. They carry ids and days."""

from datetime import date

from digest.services.deliver import deliver
from digest.services.ingest import ingest
from digest.services.plan import plan as plan_issues
from digest.services.schedule import due_day
from workers.app import celery, running

BATCH = 2_000
"""Mails one `drain` sends before it hands over to the next: well under the task time limit."""


@celery.task(name="fetch")
def fetch(source: str, day: str) -> None:
    """Take in what *source* listed on *day*."""
    app = running()
    on = date.fromisoformat(day)
    ingest(app.sources[source].fetch(on), on, store=app.store)


@celery.task(name="plan")
def plan(day: str) -> None:
    """Compose the issues of *day*, then send them."""
    app = running()
    plan_issues(date.fromisoformat(day), store=app.store, clock=app.clock)
    drain.delay(day)


@celery.task(name="drain")
def drain(day: str) -> None:
    """Send a batch of what is planned for *day*, and ask for another while there is more."""
    app = running()
    delivered = deliver(date.fromisoformat(day), carriage=app.carriage, limit=BATCH)
    if delivered.settled >= BATCH:
        drain.delay(day)


@celery.task(name="tick")
def tick() -> None:
    """Plan and send the day's issues once it is time for them."""
    app = running()
    if (day := due_day(app.clock.now(), app.settings.time_zone)) is not None:
        plan.delay(day.isoformat())


@celery.task(name="wake")
def wake() -> None:
    """Do nothing: a message that ends the worker's wait for one."""
