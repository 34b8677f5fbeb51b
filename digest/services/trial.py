"""One issue sent for a look: real from end to end, and off the record."""

from dataclasses import replace
from datetime import date

from digest.errors import NotFound
from digest.models.interests import Interest
from digest.models.subscribers import (
    Reader,
    Subscriber,
    SubscriberState,
    Subscription,
    address_hmac,
)
from digest.services.deliver import Carriage
from digest.services.preview import issue_for
from digest.services.subscribe import find_reader, normal_address


def send_trial(address: str, day: date, *, carriage: Carriage) -> str:
    """Send *address* an issue of *day* that leaves no delivery record; return its subject.

    A subscriber gets their own, anybody else the day's trend. Raise AddressInvalid,
    NotFound where there is nothing to read, or what the mailer raises.
    """
    normal = normal_address(address)
    try:
        reader = find_reader(normal, store=carriage.store)
    except NotFound:
        reader = _stranger(normal, carriage)
    issue = issue_for(reader, day, store=carriage.store, clock=carriage.clock)
    tokens = carriage.links.for_trial(subscriber_id=reader.subscriber.id)
    # An id of its own: mail programs hide a second mail of one Message-ID, and the real
    # issue is still to come.
    issue = replace(issue, id=carriage.tokens.new())
    email = carriage.press.issue(issue, reader, tokens=tokens)
    carriage.mailer.send(email)
    return email.subject


def _stranger(address: str, carriage: Carriage) -> Reader:
    """Return *address* as a reader of no particular interest, whom no store knows."""
    subscriber_id = carriage.tokens.new()
    return Reader(
        subscriber=Subscriber(
            id=subscriber_id,
            address=address,
            address_hmac=address_hmac(address, key=b""),
            state=SubscriberState.PENDING,
            created_at=carriage.clock.now(),
        ),
        subscription=Subscription(
            id=carriage.tokens.new(), subscriber_id=subscriber_id, interests=(Interest(),)
        ),
    )
