"""People: a subscriber is an address and its state, a subscription what that person asked for."""

import hashlib
import hmac
from dataclasses import dataclass, field
from datetime import datetime, time
from enum import StrEnum

from digest.models.interests import Interest


class SubscriberState(StrEnum):
    """Whether we may write to somebody; only ACTIVE gets mail."""

    PENDING = "pending"
    ACTIVE = "active"
    PAUSED = "paused"
    UNSUBSCRIBED = "unsubscribed"
    BOUNCED = "bounced"
    COMPLAINED = "complained"
    REMOVED = "removed"
    ERASED = "erased"


class Cadence(StrEnum):
    """How often a subscription wants an issue."""

    DAILY = "daily"
    WEEKDAYS = "weekdays"
    WEEKLY = "weekly"


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscriber:
    """An address and its state; *address_hmac* is what it is looked up by (hex)."""

    id: str
    address: str
    address_hmac: str
    state: SubscriberState
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """When a reader wants their issue: *send_at*, a time of day in *time_zone* (an IANA name)."""

    time_zone: str = "UTC"
    send_at: time = time(7)


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """What one subscriber asked for.

    *dial* mixes taste and trend: 0 is fit alone, 1 is trend alone.
    """

    id: str
    subscriber_id: str
    interests: tuple[Interest, ...]
    cadence: Cadence = Cadence.DAILY
    paper_limit: int = 10
    dial: float = 0.3
    schedule: Schedule = field(default_factory=Schedule)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """A subscriber together with the subscription we write for."""

    subscriber: Subscriber
    subscription: Subscription


def address_hmac(address: str, *, key: bytes) -> str:
    """Return the hex HMAC-SHA256 that *address*, in normal form, is looked up by.

    Case is folded, in the local part too: nobody runs two people on one mailbox by case,
    and a second mail to one person is the worse mistake.
    """
    return hmac.new(key, address.casefold().encode(), hashlib.sha256).hexdigest()
