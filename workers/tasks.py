"""Thin tasks: look up the App, call one service, queue what follows. They carry ids and days."""

from collections.abc import Sequence
from datetime import UTC, date, time, timedelta

import structlog

from digest.bootstrap import App
from digest.errors import StoreUnavailable
from digest.models.subscribers import EVERY_DAY, Schedule
from digest.models.visits import VisitState
from digest.ports import Source
from digest.services.collect import collect as collect_day
from digest.services.collect import due as sources_due
from digest.services.collect import look_up_authors, look_up_details
from digest.services.deliver import deliver
from digest.services.ingest import ingest
from digest.services.plan import EVERYBODY, Audience
from digest.services.plan import plan as plan_issues
from digest.services.post import post
from digest.services.schedule import due, still_waiting
from digest.services.sign_up import admit as admit_signups
from digest.services.tidy import tidy as tidy_store
from workers.app import celery, running

log = structlog.get_logger(__name__)

BATCH = 2_000
"""Mails one `drain` sends before it hands over to the next: well under the task time limit."""


ASKING = 600
"""Seconds a `fetch` may take: over before its visit's lease is, so that two are never on it."""

A_NIGHT = 500
"""Papers whose authors one `authors` looks up: what is left is there the next night."""


@celery.task(name="collect")
def collect() -> None:
    """Queue a fetch of each source that is due, of the newest day that is: one at a time."""
    app = running()
    waiting: dict[str, date] = {}
    for name, day in _due(app, app.scheduled):
        waiting.setdefault(name, day)
    for name, day in waiting.items():
        fetch.delay(name, day.isoformat())


@celery.task(name="fetch", soft_time_limit=ASKING, time_limit=ASKING + 60)
def fetch(source: str, day: str) -> None:
    """Take in what *source* listed on *day*: the name of one, or the key of some in the App.

    One that is scheduled is asked only while it is due, since a message may have waited for
    long, or come twice; then whatever else is due is queued. A fetch that is killed, or runs
    out of time, is one that somebody takes over when its lease has ended.
    """
    app = running()
    on = date.fromisoformat(day)
    scheduled = {each.name: each for each in app.scheduled}
    found = (scheduled[source],) if source in scheduled else app.sources.get(source, ())
    if not found:
        log.info("not fetched", source=source, day=day, why="no such source is configured")
    for each in found:
        if each.name not in scheduled:
            intake = ingest(each.fetch(on), on, store=app.store)
            log.info("fetched", source=source, day=day, papers=intake.papers, new=intake.new)
        elif (each.name, on) in _due(app, [each]):
            _collect(app, each, on)


def _collect(app: App, source: Source, day: date) -> None:
    collected = collect_day(source, day, store=app.store, clock=app.clock)
    log.info(
        "fetched",
        source=source.name,
        day=day.isoformat(),
        state=str(collected.state),
        papers=collected.intake.papers,
        new=collected.intake.new,
        warnings=len(collected.intake.warnings),
        message=collected.message,
    )
    if collected.state is not VisitState.RUNNING:
        collect.delay()


def _due(app: App, sources: Sequence[Source]) -> list[tuple[str, date]]:
    now = app.clock.now().astimezone(UTC)
    back = max((source.rhythm.back for source in sources), default=0)
    with app.store.read() as work:
        visits = work.visits.between(now.date() - timedelta(days=back), now.date())
    return sources_due(sources, visits, now)


@celery.task(name="details")
def details() -> None:
    """Complete what is known of the latest papers."""
    app = running()
    if app.details is not None:
        found = look_up_details(app.details, store=app.store, clock=app.clock)
        log.info("looked up", asked=found.asked, found=found.found, message=found.message)


@celery.task(name="authors")
def authors() -> None:
    """Find out who wrote the latest papers; what cannot be had is asked for the next night."""
    app = running()
    found = look_up_authors(app.directories, store=app.store, clock=app.clock, limit=A_NIGHT)
    log.info("looked up authors", asked=found.asked, found=found.found, message=found.message)


@celery.task(name="plan")
def plan(
    day: str,
    time_zone: str | None = None,
    send_at: str | None = None,
    weekdays: Sequence[int] = EVERY_DAY,
) -> None:
    """Compose the issues of *day*, of everybody or of one schedule, then send them."""
    app = running()
    audience = EVERYBODY
    if time_zone and send_at:
        schedule = Schedule(
            time_zone=time_zone, send_at=time.fromisoformat(send_at), weekdays=tuple(weekdays)
        )
        audience = Audience(schedule=schedule)
    on = date.fromisoformat(day)
    planned = plan_issues(on, store=app.store, clock=app.clock, audience=audience)
    log.info(
        "planned",
        day=day,
        issues=planned.issues,
        empty=planned.empty,
        listed=planned.listed,
        **({"why": planned.why} if planned.why else {}),
    )
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
    now_due = due(schedules, app.clock.now())
    for schedule, day in still_waiting(now_due, store=app.store):
        plan.delay(
            day.isoformat(), schedule.time_zone, schedule.send_at.isoformat(), schedule.weekdays
        )
    for day in sorted({day for _schedule, day in now_due}):
        drain.delay(day.isoformat())


@celery.task(name="admit")
def admit() -> None:
    """Decide on everybody who signed up since, and send the letters that are due."""
    app = running()
    try:
        counts = admit_signups(store=app.store, clock=app.clock, tokens=app.tokens)
        if counts:
            log.info("admitted", **{str(state): count for state, count in counts.items()})
        posted = post(postbag=app.postbag)
    except StoreUnavailable as busy:
        # Nothing is lost: what waits is in the database, and the next poke is seconds away.
        log.warning("not admitted", reason=str(busy))
        return
    if posted.sent or posted.reasons:
        log.info("posted", sent=posted.sent, waiting=posted.waiting, given_up=posted.given_up)
    for reason, count in posted.reasons.items():
        log.warning("not posted", reason=reason, letters=count)


@celery.task(name="tidy")
def tidy() -> None:
    """End pauses whose day has come, and forget who never confirmed."""
    app = running()
    tidied = tidy_store(store=app.store, clock=app.clock)
    log.info("tidied", resumed=tidied.resumed, forgotten=tidied.forgotten, signups=tidied.signups)


@celery.task(name="wake")
def wake() -> None:
    """Do nothing: a message that ends the worker's wait for one."""
