"""Thin tasks: look up the App, call one service, queue what follows. They carry ids and days."""

from datetime import date, time

import structlog

from digest.models.subscribers import Schedule
from digest.services.deliver import deliver
from digest.services.ingest import ingest
from digest.services.plan import EVERYBODY, Audience, anybody_waiting
from digest.services.plan import plan as plan_issues
from digest.services.schedule import due
from workers.app import celery, running

log = structlog.get_logger(__name__)

BATCH = 2_000
"""Mails one `drain` sends before it hands over to the next: well under the task time limit."""


@celery.task(name="fetch")
def fetch(source: str, day: str) -> None:
    """Take in what *source* listed on *day*."""
    app = running()
    on = date.fromisoformat(day)
    intake = ingest(app.sources[source].fetch(on), on, store=app.store)
    log.info("fetched", source=source, day=day, papers=intake.papers, new=intake.new)


@celery.task(name="plan")
def plan(day: str, time_zone: str | None = None, send_at: str | None = None) -> None:
    """Compose the issues of *day*, of everybody or of one schedule, then send them."""
    app = running()
    audience = EVERYBODY
    if time_zone and send_at:
        schedule = Schedule(time_zone=time_zone, send_at=time.fromisoformat(send_at))
        audience = Audience(schedule=schedule)
    on = date.fromisoformat(day)
    planned = plan_issues(on, store=app.store, clock=app.clock, audience=audience)
    log.info("planned", day=day, issues=planned.issues, empty=planned.empty, listed=planned.listed)
    drain.delay(day)


@celery.task(name="drain")
def drain(day: str) -> None:
    """Send a batch of what is planned for *day*, and ask for another while there is more."""
    app = running()
    delivered = deliver(date.fromisoformat(day), carriage=app.carriage, limit=BATCH)
    if delivered.settled:
        log.info("delivered", day=day, **{str(s): n for s, n in delivered.states.items()})
    if delivered.settled >= BATCH:
        drain.delay(day)


@celery.task(name="tick")
def tick() -> None:
    """Plan for every schedule whose hour has come and who still waits; send what is planned."""
    app = running()
    with app.store.read() as work:
        schedules = work.subscribers.schedules()
    days = set()
    for schedule, day in due(schedules, app.clock.now()):
        days.add(day)
        if anybody_waiting(day, schedule, store=app.store):
            plan.delay(day.isoformat(), schedule.time_zone, schedule.send_at.isoformat())
    for day in days:
        drain.delay(day.isoformat())


@celery.task(name="wake")
def wake() -> None:
    """Do nothing: a message that ends the worker's wait for one."""
