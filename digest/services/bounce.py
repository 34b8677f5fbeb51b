"""What comes back after a mail was taken: who cannot, or does not want to, be written to."""

from collections.abc import Mapping
from datetime import datetime

from digest.models.consent import Act, Consent
from digest.models.events import (
    HARD_AT_ONCE,
    HARD_REPEATS,
    HARD_WINDOW,
    SOFT_REPEATS,
    EventKind,
    MailEvent,
)
from digest.models.subscribers import Reader, SubscriberState, Suppression
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
    """Return who the mail of that id went to: an issue, or a letter."""
    subscription = work.deliveries.subscription(mail_id)
    if subscription is not None:
        return work.subscribers.by_subscription([subscription]).get(subscription)
    subscriber_id = work.letters.recipient(mail_id)
    return work.subscribers.by_id(subscriber_id) if subscriber_id else None


def _is_gone(event: MailEvent, reader: Reader, work: Work) -> bool:
    """Return whether *event* is the one after which an address takes no mail any more."""
    person = reader.subscriber.id
    if event.kind is EventKind.HARD:
        if event.status.startswith(HARD_AT_ONCE):
            return True
        return work.events.hard_since(person, event.at - HARD_WINDOW) >= HARD_REPEATS
    if event.kind is EventKind.SOFT:
        return work.events.soft_in_a_row(person) >= SOFT_REPEATS
    return False


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
