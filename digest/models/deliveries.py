"""A delivery: the one record of sending an issue to an address, and its states."""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from types import MappingProxyType


class DeliveryState(StrEnum):
    """Where a delivery stands; every candidate is in exactly one of these.

    The states before SENT are live; UNCERTAIN waits for proof or for the operator.
    """

    PLANNED = "planned"
    CLAIMED = "claimed"
    ON_WIRE = "on_wire"
    SENT = "sent"
    FAILED = "failed"
    UNCERTAIN = "uncertain"
    DEFERRED = "deferred"
    EMPTY = "empty"
    SUPPRESSED = "suppressed"
    RENDER_FAILED = "render_failed"


NEXT: Mapping[DeliveryState, frozenset[DeliveryState]] = MappingProxyType(
    {
        DeliveryState.PLANNED: frozenset({DeliveryState.CLAIMED, DeliveryState.SUPPRESSED}),
        DeliveryState.CLAIMED: frozenset(
            {
                DeliveryState.PLANNED,
                DeliveryState.ON_WIRE,
                DeliveryState.SUPPRESSED,
                DeliveryState.RENDER_FAILED,
            }
        ),
        DeliveryState.ON_WIRE: frozenset(
            {
                DeliveryState.SENT,
                DeliveryState.FAILED,
                DeliveryState.UNCERTAIN,
                DeliveryState.DEFERRED,
                DeliveryState.PLANNED,
            }
        ),
        DeliveryState.DEFERRED: frozenset({DeliveryState.CLAIMED, DeliveryState.SUPPRESSED}),
        DeliveryState.UNCERTAIN: frozenset({DeliveryState.SENT, DeliveryState.PLANNED}),
        DeliveryState.SENT: frozenset(),
        DeliveryState.FAILED: frozenset(),
        DeliveryState.EMPTY: frozenset(),
        DeliveryState.SUPPRESSED: frozenset(),
        DeliveryState.RENDER_FAILED: frozenset(),
    }
)
"""Which state may follow which; nothing else is ever written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """The record of sending one issue; unique on address, cadence and day through its *id*.

    *issue_id* is None where there was nothing to say.
    """

    id: str
    subscription_id: str
    day: date
    state: DeliveryState
    issue_id: str | None = None
    reason: str = ""
    attempts: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Email:
    """A finished message: *content* is its bytes, CRLF line ends, headers and body.

    *name* is what a file that holds it is called, without an ending. *return_path* is the
    address that takes its bounces, the sender's where there is none.
    """

    delivery_id: str
    sender: str
    recipient: str
    subject: str
    name: str
    html: str
    text: str
    content: bytes
    return_path: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of one delivery that was on the wire, and why where it was not sent.

    A DEFERRED one may be claimed again from *retry_at* (UTC) on.
    """

    delivery_id: str
    state: DeliveryState
    reason: str = ""
    retry_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """How many deliveries of one day are in each state, read in one statement."""

    day: date
    candidates: int
    states: Mapping[DeliveryState, int]

    @property
    def adds_up(self) -> bool:
        """Whether every candidate is in a counted state."""
        return self.candidates == sum(self.states.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A worker's hold, taken *at* a time, on some deliveries until *lease_until* (both UTC)."""

    fence: str
    at: datetime
    lease_until: datetime


def delivery_id(address_hmac: str, cadence: str, day: date, *, key: bytes) -> str:
    """Return the 16-byte id, in hex, that makes a second mail for one *day* impossible."""
    text = f"{address_hmac}|{cadence}|{day.isoformat()}"
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()[:32]
