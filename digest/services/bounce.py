"""What comes back after a mail was taken: who cannot, or does not want to, be written to."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from digest.models.consent import Act, Consent
from digest.models.deliveries import delivery_id
from digest.models.events import (
    HARD_REPEATS,
    HARD_WINDOW,
    SOFT_REPEATS,
    EventKind,
    MailEvent,
    is_gone,
)
from digest.models.subscribers import Cadence, Reader, SubscriberState, Suppression
from digest.ports import Clock, Store, Tokens, Work
from digest.services.unsubscribe import Way, unsubscribe

ENDS: Mapping[SubscriberState, Act] = {
    SubscriberState.BOUNCED: Act.BOUNCED,
    SubscriberState.COMPLAINED: Act.COMPLAINED,
}

BEFORE_BOUNCED = frozenset(
    {
        SubscriberState.PENDING,
        SubscriberState.ACTIVE,
        SubscriberState.PAUSED,
        SubscriberState.UNSUBSCRIBED,
    }
)
BEFORE_COMPLAINED = BEFORE_BOUNCED | {SubscriberState.BOUNCED}


def take_in(event: MailEvent, *, store: Store, clock: Clock, tokens: Tokens) -> bool:
    """Do what *event* asks for, once however often it is told; return whether it was news.

    Events come in any order, and of mails that nobody remembers: such are ignored. A
    refusal of us and not of the reader (POLICY) is kept, and costs the reader nothing.
    """
    with store.begin() as work:
        reader = _recipient(event.mail_id, work)
        if reader is None:
            return False
        if not work.events.receive(event, subscriber_id=reader.subscriber.id):
            return False
        if event.kind is EventKind.COMPLAINT:
            _end(reader, SubscriberState.COMPLAINED, event, work=work, at=clock.now())
        elif _is_gone(event, reader, work):
            _end(reader, SubscriberState.BOUNCED, event, work=work, at=clock.now())
    if event.kind is EventKind.UNSUBSCRIBED:
        unsubscribe(reader.subscriber.id, Way.PROVIDER, store=store, clock=clock, tokens=tokens)
    return True


def _recipient(mail_id: str, work: Work) -> Reader | None:
    """Return who the mail of that id went to, an issue or a letter, if they still live there.

    What an address did that somebody has moved away from is not held against their new one.
    """
    subscription = work.deliveries.subscription(mail_id)
    if subscription is not None:
        reader = work.subscribers.by_subscription([subscription]).get(subscription)
        return reader if reader and _went_to(reader, mail_id, work) else None
    subscriber_id = work.letters.recipient(mail_id)
    return work.subscribers.by_id(subscriber_id) if subscriber_id else None


def _went_to(reader: Reader, mail_id: str, work: Work) -> bool:
    """Return whether the issue of that id went to the address that *reader* has now.

    No address is kept with a delivery, but its id was made from one.
    """
    address, key = reader.subscriber.address_hmac, work.address_key()
    days = {
        delivery.day
        for delivery in work.deliveries.of_subscription(reader.subscription.id)
        if delivery.id == mail_id
    }
    return any(
        delivery_id(address, cadence, day, key=key) == mail_id
        for day in days
        for cadence in Cadence
    )


def _is_gone(event: MailEvent, reader: Reader, work: Work) -> bool:
    """Return whether *event* is the one after which an address takes no mail any more."""
    person = reader.subscriber.id
    if event.kind is EventKind.HARD:
        return is_gone(event.status) or _hard_around(event.at, person, work) >= HARD_REPEATS
    if event.kind is EventKind.SOFT:
        return work.events.soft_in_a_row(person) >= SOFT_REPEATS
    return False


def _hard_around(at: datetime, subscriber_id: str, work: Work) -> int:
    """Return how many mails bounced hard within HARD_WINDOW of that time, before it or after.

    The later of two bounces may be told of first.
    """
    since = work.events.hard_since(subscriber_id, at - HARD_WINDOW)
    return since - work.events.hard_since(subscriber_id, at + HARD_WINDOW + _INSTANT)


_INSTANT = timedelta(microseconds=1)


def _end(
    reader: Reader, state: SubscriberState, event: MailEvent, *, work: Work, at: datetime
) -> None:
    person = reader.subscriber
    when = BEFORE_COMPLAINED if state is SubscriberState.COMPLAINED else BEFORE_BOUNCED
    evidence = {"source": event.source, "event": event.external_id, "status": event.status}
    if work.subscribers.turn(person.id, state, when=when):
        work.consents.log(
            [
                Consent(
                    subscriber_id=person.id,
                    at=at,
                    act=ENDS[state],
                    source=event.source,
                    evidence={name: value for name, value in evidence.items() if value},
                )
            ]
        )
    work.suppressions.put(
        [Suppression(address_hmac=person.address_hmac, reason=state, at=at, evidence=event.source)]
    )
    work.deliveries.suppress(reader.subscription.id, reason=f"the reader {_SAID[state]}")


_SAID = {
    SubscriberState.BOUNCED: "cannot be reached",
    SubscriberState.COMPLAINED: "called it spam",
}
