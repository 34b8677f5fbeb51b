"""People: a subscriber is an address and its state, a subscription what that person asked for."""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from enum import StrEnum
from types import MappingProxyType

from digest.models.interests import Interest


class SubscriberState(StrEnum):
    """Whether we may write to somebody; only ACTIVE gets issues.

    Who is PENDING gets the mail that asks them to confirm, and nothing else. UNSUBSCRIBED is
    who left, REMOVED whom the operator took out. Of ERASED nothing is left but the record.
    """

    PENDING = "pending"
    ACTIVE = "active"
    PAUSED = "paused"
    UNSUBSCRIBED = "unsubscribed"
    BOUNCED = "bounced"
    COMPLAINED = "complained"
    REMOVED = "removed"
    ERASED = "erased"


STEPS: Mapping[SubscriberState, frozenset[SubscriberState]] = MappingProxyType(
    {
        SubscriberState.PENDING: frozenset(
            {
                SubscriberState.ACTIVE,
                SubscriberState.UNSUBSCRIBED,
                SubscriberState.BOUNCED,
                SubscriberState.COMPLAINED,
                SubscriberState.REMOVED,
                SubscriberState.ERASED,
            }
        ),
        SubscriberState.ACTIVE: frozenset(
            {
                SubscriberState.PAUSED,
                SubscriberState.UNSUBSCRIBED,
                SubscriberState.BOUNCED,
                SubscriberState.COMPLAINED,
                SubscriberState.REMOVED,
                SubscriberState.ERASED,
            }
        ),
        SubscriberState.PAUSED: frozenset(
            {
                SubscriberState.ACTIVE,
                SubscriberState.UNSUBSCRIBED,
                SubscriberState.BOUNCED,
                SubscriberState.COMPLAINED,
                SubscriberState.REMOVED,
                SubscriberState.ERASED,
            }
        ),
        # Back by their own word: by undoing it, or by signing up and confirming anew.
        SubscriberState.UNSUBSCRIBED: frozenset(
            {
                SubscriberState.ACTIVE,
                SubscriberState.BOUNCED,
                SubscriberState.COMPLAINED,
                SubscriberState.REMOVED,
                SubscriberState.ERASED,
            }
        ),
        SubscriberState.BOUNCED: frozenset(
            {SubscriberState.COMPLAINED, SubscriberState.REMOVED, SubscriberState.ERASED}
        ),
        SubscriberState.COMPLAINED: frozenset({SubscriberState.REMOVED, SubscriberState.ERASED}),
        SubscriberState.REMOVED: frozenset({SubscriberState.ERASED}),
        SubscriberState.ERASED: frozenset(),
    }
)
"""Which states may follow which; the operator may lift a suppression, and then it is PENDING."""

READING = frozenset({SubscriberState.ACTIVE, SubscriberState.PAUSED})
"""Who gets issues, or would if they were not paused: they have settings, and may leave."""

SUPPRESSED = frozenset(
    {
        SubscriberState.BOUNCED,
        SubscriberState.COMPLAINED,
        SubscriberState.REMOVED,
        SubscriberState.ERASED,
    }
)
"""States after which no mail goes to that address any more, not even one that asks."""


class Cadence(StrEnum):
    """How often a subscription wants an issue."""

    DAILY = "daily"
    WEEKDAYS = "weekdays"
    WEEKLY = "weekly"


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscriber:
    """An address and its state; *address_hmac* is what it is looked up by (hex).

    *version* is raised to take back every link to their settings. Who is PAUSED until a day
    is ACTIVE again on it, and with *catch_up* gets an issue of what they missed.
    """

    id: str
    address: str
    address_hmac: str
    state: SubscriberState
    created_at: datetime
    name: str = ""
    version: int = 0
    confirmed_at: datetime | None = None
    paused_until: date | None = None
    catch_up: bool = False

    @property
    def settings_subject(self) -> str:
        """What a link to their settings is signed for: this version of them, and no other."""
        return f"{self.id}.{self.version}"


EVERY_DAY = (0, 1, 2, 3, 4, 5, 6)
WORKING_DAYS = (0, 1, 2, 3, 4)


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """When a reader wants their issue: *send_at*, a time of day in *time_zone* (an IANA name).

    *weekdays* are the days they want one on, from 0 for Monday, in order.
    """

    time_zone: str = "UTC"
    send_at: time = time(7)
    weekdays: tuple[int, ...] = EVERY_DAY

    def __post_init__(self) -> None:
        if not self.weekdays or list(self.weekdays) != sorted(set(self.weekdays) & set(EVERY_DAY)):
            raise ValueError(f"{self.weekdays} are not one or more weekdays from 0 to 6, in order")

    @property
    def cadence(self) -> Cadence:
        """How often that is, in a word."""
        if self.weekdays == EVERY_DAY:
            return Cadence.DAILY
        return Cadence.WEEKLY if len(self.weekdays) == 1 else Cadence.WEEKDAYS


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """What one subscriber asked for.

    *dial* mixes taste and trend: 0 is fit alone, 1 is trend alone. *cadence* tells apart
    what one address may get two of a day; how often it gets this one, its *schedule* says.
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What somebody asks for when they subscribe, or when they change it."""

    interest: Interest
    paper_limit: int = 10
    schedule: Schedule = field(default_factory=Schedule)
    dial: float = 0.3
    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Suppression:
    """An address, by its HMAC alone, that no mail goes to, and what it did or was done to it."""

    address_hmac: str
    reason: SubscriberState
    at: datetime
    evidence: str = ""


def address_hmac(address: str, *, key: bytes) -> str:
    """Return the hex HMAC-SHA256 that *address*, in normal form, is looked up by.

    Case is folded, in the local part too: nobody runs two people on one mailbox by case,
    and a second mail to one person is the worse mistake.
    """
    return hmac.new(key, address.casefold().encode(), hashlib.sha256).hexdigest()
