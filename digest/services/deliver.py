"""Send what is planned: claim, render, put on the wire, hand over, record."""

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from digest.errors import (
    DeliveryUncertain,
    EmailDeferred,
    EmailRefused,
    MailerUnavailable,
    RenderingFailed,
)
from digest.links import Links, return_path
from digest.models.deliveries import Claim, Delivery, DeliveryState, Email, Outcome
from digest.models.issues import Issue
from digest.models.subscribers import Reader
from digest.ports import Clock, Mailer, Store, Tokens
from digest.rendering.emails import Press

CHUNK = 250
"""Deliveries claimed at once; each claim is one short transaction."""

WINDOW = 50
"""Mails between two commits: what a crash can leave uncertain on one connection."""

LEASE = timedelta(minutes=15)
"""How long a claim holds without a sign of life: longer than SMTP's wait after the dot."""

RETRIES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 180))
"""How long a deferred mail waits for its next attempt; after the last it has failed."""

SPREAD = 0.2
"""How far a wait is moved either way, so that a thousand deferred mails do not come at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Carriage:
    """What sending needs from outside; *bounce_address* takes what comes back, "" for none."""

    store: Store
    mailer: Mailer
    press: Press
    links: Links
    clock: Clock
    tokens: Tokens
    bounce_address: str = ""


@dataclass(slots=True, kw_only=True)
class Delivered:
    """How many deliveries ended this run in each state, and why those that were not sent."""

    states: Counter[DeliveryState] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)

    @property
    def settled(self) -> int:
        """How many deliveries were settled."""
        return sum(self.states.values())

    def add(self, outcome: Outcome) -> None:
        """Count *outcome*."""
        self.states[outcome.state] += 1
        if outcome.reason:
            self.reasons[outcome.reason] += 1


def retry_after(
    delivery: str, attempts: int, *, asked: timedelta | None = None
) -> timedelta | None:
    """Return how long that *delivery* waits after so many *attempts*; None if it is over.

    A time the server *asked* for wins. The spread comes from the id, and so is the same
    wherever it is worked out.
    """
    if attempts > len(RETRIES):
        return None
    if asked is not None:
        return asked
    share = int(delivery[:8], 16) / 0xFFFFFFFF
    return RETRIES[max(attempts, 1) - 1] * (1 + SPREAD * (2 * share - 1))


def deliver(
    day: date,
    *,
    carriage: Carriage,
    only: Collection[str] | None = None,
    limit: int | None = None,
    progress: Callable[[int], None] = lambda _count: None,
) -> Delivered:
    """Send what is planned for *day*: of *only* these delivery ids, at most *limit* of them.

    *progress* is told how many more are settled. A mailer that is away ends the run with
    MailerUnavailable; what was not handed over is planned again, and so it is when the run
    is interrupted. Nothing that may have been taken is ever sent again.
    """
    store, clock = carriage.store, carriage.clock
    with store.begin() as work:
        work.deliveries.sweep(clock.now(), idempotent=carriage.mailer.idempotent)
    delivered = Delivered()
    while limit is None or delivered.settled < limit:
        room = CHUNK if limit is None else min(CHUNK, limit - delivered.settled)
        now = clock.now()
        claim = Claim(fence=carriage.tokens.new(), at=now, lease_until=now + LEASE)
        with store.begin() as work:
            claimed = work.deliveries.claim(day, claim, limit=room, only=only)
        if not claimed:
            break
        try:
            for start in range(0, len(claimed), WINDOW):
                window = claimed[start : start + WINDOW]
                _send_window(window, claim.fence, carriage, delivered, progress)
        finally:
            with store.begin() as work:
                work.deliveries.release(fence=claim.fence)
    return delivered


def _send_window(
    window: Sequence[Delivery],
    fence: str,
    carriage: Carriage,
    delivered: Delivered,
    progress: Callable[[int], None],
) -> None:
    emails, failed = _render(window, carriage)
    with carriage.store.begin() as work:
        work.deliveries.settle(failed, fence=fence)
        passed = work.deliveries.gate([email.delivery_id for email in emails], fence=fence)
    on_wire = {delivery.id for delivery in passed}
    stopped = [
        Outcome(delivery_id=email.delivery_id, state=DeliveryState.SUPPRESSED)
        for email in emails
        if email.delivery_id not in on_wire
    ]
    wire = _Wire(
        mailer=carriage.mailer,
        waiting=[email for email in emails if email.delivery_id in on_wire],
        attempts={delivery.id: delivery.attempts for delivery in window},
        now=carriage.clock.now(),
    )
    try:
        wire.send_all(progress)
    finally:
        outcomes = wire.outcomes()
        with carriage.store.begin() as work:
            work.deliveries.settle(outcomes, fence=fence)
        for outcome in [*failed, *stopped, *outcomes]:
            delivered.add(outcome)


def _render(window: Sequence[Delivery], carriage: Carriage) -> tuple[list[Email], list[Outcome]]:
    """Return the mails of *window*, and an outcome for each that could not be made."""
    with carriage.store.read() as work:
        issues = work.issues.get([delivery.id for delivery in window])
        readers = work.subscribers.by_subscription(
            [delivery.subscription_id for delivery in window]
        )
    emails: list[Email] = []
    failed: list[Outcome] = []
    for delivery in window:
        try:
            emails.append(_email(delivery, issues, readers, carriage))
        except RenderingFailed as error:
            state = DeliveryState.RENDER_FAILED
            failed.append(Outcome(delivery_id=delivery.id, state=state, reason=str(error)))
    return emails, failed


def _email(
    delivery: Delivery,
    issues: Mapping[str, Issue],
    readers: Mapping[str, Reader],
    carriage: Carriage,
) -> Email:
    issue, reader = issues.get(delivery.id), readers.get(delivery.subscription_id)
    if issue is None or reader is None:
        raise RenderingFailed("Its issue or its reader is not in the store any more.")
    tokens = carriage.links.for_issue(issue, reader.subscriber)
    email = carriage.press.issue(issue, reader, tokens=tokens)
    return returning(email, carriage.bounce_address, links=carriage.links)


def returning(email: Email, bounce_address: str, *, links: Links) -> Email:
    """Return *email* with a signed address at *bounce_address* to come back to, if there is one."""
    if not bounce_address:
        return email
    tag = links.bounce_tag(email.delivery_id)
    return replace(email, return_path=return_path(bounce_address, tag))


@dataclass(slots=True, kw_only=True)
class _Wire:
    """Some mails on their way to one mailer, and what became of each so far."""

    mailer: Mailer
    waiting: list[Email]
    attempts: Mapping[str, int]
    now: datetime
    done: list[Outcome] = field(default_factory=list)

    def send_all(self, progress: Callable[[int], None]) -> None:
        """Hand over each mail; stop at the first that finds the mailer away."""
        for email in self.waiting:
            try:
                self.mailer.send(email)
            except EmailRefused as error:
                self._end(email, DeliveryState.FAILED, str(error))
            except EmailDeferred as error:
                self.done.append(self._deferred(email, error))
            except DeliveryUncertain as error:
                self._end(email, DeliveryState.UNCERTAIN, str(error))
            except MailerUnavailable as error:
                self._end(email, DeliveryState.PLANNED, str(error))
                raise
            except BaseException:
                # Interrupted inside send(): only a folder can say that nothing was taken.
                if not self.mailer.idempotent:
                    self._end(email, DeliveryState.UNCERTAIN, "The sending was interrupted.")
                raise
            else:
                self._end(email, DeliveryState.SENT, "")
            progress(1)

    def outcomes(self) -> list[Outcome]:
        """Return what became of every mail; those never handed over are planned again."""
        ended = {outcome.delivery_id for outcome in self.done}
        back = [
            Outcome(delivery_id=email.delivery_id, state=DeliveryState.PLANNED)
            for email in self.waiting
            if email.delivery_id not in ended
        ]
        return self.done + back

    def _deferred(self, email: Email, error: EmailDeferred) -> Outcome:
        wait = retry_after(
            email.delivery_id, self.attempts[email.delivery_id], asked=error.retry_after
        )
        state = DeliveryState.FAILED if wait is None else DeliveryState.DEFERRED
        return Outcome(
            delivery_id=email.delivery_id,
            state=state,
            reason=str(error),
            retry_at=None if wait is None else self.now + wait,
        )

    def _end(self, email: Email, state: DeliveryState, reason: str) -> None:
        self.done.append(Outcome(delivery_id=email.delivery_id, state=state, reason=reason))
