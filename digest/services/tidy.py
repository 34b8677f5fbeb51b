"""What time does to a store: pauses end, and what nobody confirmed is forgotten."""

from dataclasses import dataclass

from digest.models.consent import Act, Consent
from digest.models.signups import FORGET_AFTER, REMEMBER_SUBMISSIONS
from digest.ports import Clock, Store

BATCH = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Tidied:
    """How many were *resumed* and *forgotten*, and how many *signups* were deleted."""

    resumed: int = 0
    forgotten: int = 0
    signups: int = 0


def tidy(*, store: Store, clock: Clock) -> Tidied:
    """End pauses whose day has come, and forget who never confirmed; safe to run at any time."""
    return Tidied(
        resumed=_resume(store=store, clock=clock),
        forgotten=_forget(store=store, clock=clock),
        signups=_clear(store=store, clock=clock),
    )


def _resume(*, store: Store, clock: Clock) -> int:
    total = 0
    while True:
        now = clock.now()
        with store.begin() as work:
            # By UTC's date: who is east of it waits some hours longer, and nobody is woken early.
            resumed = work.subscribers.resume(now.date(), limit=BATCH)
            work.consents.log(
                Consent(subscriber_id=one, at=now, act=Act.RESUMED, source="calendar")
                for one in resumed
            )
        total += len(resumed)
        if len(resumed) < BATCH:
            return total


def _forget(*, store: Store, clock: Clock) -> int:
    total = 0
    while True:
        with store.begin() as work:
            forgotten = work.subscribers.forget(
                created_before=clock.now() - FORGET_AFTER, limit=BATCH
            )
        total += forgotten
        if forgotten < BATCH:
            return total


def _clear(*, store: Store, clock: Clock) -> int:
    with store.begin() as work:
        return work.signups.forget(received_before=clock.now() - REMEMBER_SUBMISSIONS)
