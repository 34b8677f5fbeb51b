"""Show a reader's issue without sending it, or keeping anything."""

from datetime import date

from digest.errors import NotFound
from digest.links import Links
from digest.models.deliveries import Email, delivery_id
from digest.models.issues import Issue
from digest.models.subscribers import Reader
from digest.ports import Clock, Store
from digest.rendering.emails import Press
from digest.services.plan import compose, prepare, read_shelf


def preview(
    reader: Reader, day: date, *, store: Store, press: Press, links: Links, clock: Clock
) -> Email:
    """Return the mail that *reader* got on *day*, or would get if it were sent now.

    Raise NotFound, saying why, where there is nothing to read.
    """
    issue = issue_for(reader, day, store=store, clock=clock)
    tokens = links.for_issue(issue, reader.subscriber)
    return press.issue(issue, reader, tokens=tokens)


def issue_for(reader: Reader, day: date, *, store: Store, clock: Clock) -> Issue:
    """Return the issue that *reader* got on *day*, or would get; raise NotFound, saying why."""
    return _kept(reader, day, store=store) or _composed(reader, day, store=store, clock=clock)


def _kept(reader: Reader, day: date, *, store: Store) -> Issue | None:
    with store.read() as work:
        issue_id = delivery_id(
            reader.subscriber.address_hmac,
            reader.subscription.cadence,
            day,
            key=work.address_key(),
        )
        return work.issues.get([issue_id]).get(issue_id)


def _composed(reader: Reader, day: date, *, store: Store, clock: Clock) -> Issue:
    now = clock.now()
    morning = prepare(day, store=store, now=now)
    if not morning.pool.papers:
        raise NotFound(morning.why or nothing_listed(day))
    with store.read() as work:
        shelf = read_shelf([reader], morning, work=work)
    [(issue, choice)] = compose([reader], morning, shelf, now=now)
    if not choice.picks:
        raise NotFound(choice.reason)
    return issue


def nothing_listed(day: date) -> str:
    """Return the sentence for a *day* that has no papers to choose from, and no source to blame."""
    return (
        f"No paper was listed in the seven days up to {day.isoformat()}: "
        "take some in with `digest fetch`, or name another day with --date."
    )
