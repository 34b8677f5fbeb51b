"""What the operator does with one subscriber: pause and resume, take out and let in again."""

from collections.abc import Mapping
from datetime import date

from digest.errors import InputRefused, NotFound
from digest.models.consent import Act, Consent
from digest.models.subscribers import (
    READING,
    STEPS,
    Reader,
    SubscriberState,
    Suppression,
    address_hmac,
)
from digest.ports import Clock, Store, Work
from digest.services import change
from digest.services.subscribe import normal_address

SOURCE = "operator"

LIFTABLE = frozenset({SubscriberState.BOUNCED, SubscriberState.COMPLAINED, SubscriberState.REMOVED})
"""The states that end when a suppression is lifted; who is erased is nobody any more."""


def suppression_of(address: str, *, store: Store) -> Suppression | None:
    """Return why no mail goes to *address*, None where it may; raise AddressInvalid."""
    normal = normal_address(address)
    with store.read() as work:
        key = address_hmac(normal, key=work.address_key())
        return work.suppressions.among([key]).get(key)


def pause(address: str, *, until: date | None, operator: str, store: Store, clock: Clock) -> Reader:
    """Send that reader nothing until that day, or until somebody resumes where there is none.

    Raise NotFound, or InputRefused where they get no mail anyway or the day is over.
    """
    if until is not None and until <= clock.now().date():
        raise InputRefused(f"{until} is no day to come; name one that is, or none.")
    reader = _here(address, store=store)
    by = _by(operator)
    return change.pause(reader, until=until, catch_up=False, by=by, store=store, clock=clock)


def resume(address: str, *, operator: str, store: Store, clock: Clock) -> Reader:
    """Send that reader their issues again; raise NotFound, or InputRefused where they left."""
    reader = _here(address, store=store)
    if reader.subscriber.state is SubscriberState.ACTIVE:
        return reader
    return change.resume(reader, by=_by(operator), store=store, clock=clock)


def _by(operator: str) -> change.By:
    return change.By(source=SOURCE, evidence={"operator": operator} if operator else {})


def _here(address: str, *, store: Store) -> Reader:
    """Return who gets mail at that address, or would if they were not paused."""
    normal = normal_address(address)
    with store.read() as work:
        reader = work.subscribers.by_address(address_hmac(normal, key=work.address_key()))
    if reader is None:
        raise NotFound(f"Nobody is subscribed as {normal}: see `digest subscribers list`.")
    if reader.subscriber.state not in READING:
        raise InputRefused(
            f"{normal} is {reader.subscriber.state}, and gets no mail that could be paused or "
            "resumed."
        )
    return reader


def suppress(
    address: str, *, reason: str, operator: str, store: Store, clock: Clock
) -> SubscriberState | None:
    """Never write to *address* again, whoever has it or comes to have it.

    Return the state of whom we know there by now, None where that is nobody.
    """
    normal = normal_address(address)
    with store.begin() as work:
        key = address_hmac(normal, key=work.address_key())
        work.suppressions.put(
            [
                Suppression(
                    address_hmac=key,
                    reason=SubscriberState.REMOVED,
                    at=clock.now(),
                    evidence=reason or SOURCE,
                )
            ]
        )
        reader = work.subscribers.by_address(key)
        if reader is None:
            return None
        when = [state for state, after in STEPS.items() if SubscriberState.REMOVED in after]
        if work.subscribers.turn(reader.subscriber.id, SubscriberState.REMOVED, when=when):
            evidence = {"says": reason} if reason else {}
            _log(reader, Act.REMOVED, operator, work=work, clock=clock, evidence=evidence)
    # In a second transaction, which sees what was planned while the first was open.
    with store.begin() as work:
        work.deliveries.suppress(reader.subscription.id, reason="the reader is removed")
    return SubscriberState.REMOVED


def lift(address: str, *, operator: str, store: Store, clock: Clock) -> Reader | None:
    """Let mail go to *address* again; who is known there is PENDING, and has to confirm anew.

    Return them; raise InputRefused where nothing was suppressed.
    """
    normal = normal_address(address)
    with store.begin() as work:
        key = address_hmac(normal, key=work.address_key())
        lifted = work.suppressions.lift(key)
        reader = work.subscribers.by_address(key)
        turned = reader is not None and work.subscribers.turn(
            reader.subscriber.id, SubscriberState.PENDING, when=LIFTABLE
        )
        if not lifted and not turned:
            raise InputRefused(f"{normal} is not suppressed; nothing was changed.")
        if reader is not None and turned:
            _log(reader, Act.LIFTED, operator, work=work, clock=clock)
    return reader


def _log(
    reader: Reader,
    act: Act,
    operator: str,
    *,
    work: Work,
    clock: Clock,
    evidence: Mapping[str, str] | None = None,
) -> None:
    proof = {"operator": operator} if operator else {}
    work.consents.log(
        [
            Consent(
                subscriber_id=reader.subscriber.id,
                at=clock.now(),
                act=act,
                source=SOURCE,
                evidence=proof | dict(evidence or {}),
            )
        ]
    )
