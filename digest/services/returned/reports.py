"""What a delivery report or a complaint says became of a mail."""

import re
from collections.abc import Mapping
from email.message import Message
from types import MappingProxyType

from digest.models.events import EventKind, kind_of
from digest.services.returned.parts import blocks, field, parts

DELIVERY = frozenset({"message/delivery-status", "message/global-delivery-status"})
COMPLAINT = "message/feedback-report"

Said = tuple[EventKind, str]
"""What happened, and its RFC 3463 status or ""."""


def delivery_report(message: Message) -> list[Said] | None:
    """Return what *message* says of each recipient; None where it is no delivery report."""
    found = [part for part in parts(message) if part.get_content_type() in DELIVERY]
    if not found:
        return None
    # The first group is about the message, and has neither action nor status.
    said = (_of_recipient(block) for part in found for block in blocks(part))
    return [one for one in said if one is not None]


def mildest(said: list[Said]) -> Said | None:
    """Return the one of *said* that holds least against the reader.

    A report on several recipients is about one address of ours that forwards to them: it is
    reached as long as one of them is.
    """
    return min(said, key=lambda one: _GRAVITY.index(one[0]), default=None)


_GRAVITY = (EventKind.DELIVERED, EventKind.POLICY, EventKind.SOFT, EventKind.HARD)


def _of_recipient(block: Message) -> Said | None:
    action, status = field(block, "Action").lower(), _status(block)
    if not action and not status:
        return None
    if action == "delivered":
        return EventKind.DELIVERED, status
    kind = kind_of(status)
    if action == "delayed":
        return (EventKind.POLICY if kind is EventKind.POLICY else EventKind.SOFT), status
    if action not in ("failed", ""):
        # Relayed or expanded: nothing is known of how it went on.
        return None
    return (EventKind.HARD if kind in (None, EventKind.DELIVERED) else kind), status


def _status(block: Message) -> str:
    """Return the status, from what the other server said where the reporter knows no more."""
    found = _STATUS.match(field(block, "Status"))
    status = found[0] if found else ""
    if status and not status.endswith(".0.0"):
        return status
    finer = _DIAGNOSTIC.search(field(block, "Diagnostic-Code"))
    return finer[1] if finer else status


_STATUS = re.compile(r"[245]\.\d{1,3}\.\d{1,3}(?!\d)")
# A status stands right behind the reply's code; what else looks like one may be an address.
_DIAGNOSTIC = re.compile(r"(?:^|[\s;])[45]\d\d[\s-]+#?([45]\.\d{1,3}\.\d{1,3})(?![\d.])")


def complaint(message: Message) -> list[EventKind] | None:
    """Return what *message* complains of, if we know it; None where it is no complaint."""
    found = [part for part in parts(message) if part.get_content_type() == COMPLAINT]
    if not found:
        return None
    kinds = (field(block, "Feedback-Type").lower() for part in found for block in blocks(part))
    return [_COMPLAINTS[kind] for kind in kinds if kind in _COMPLAINTS]


# What it leaves out, "not-spam" and the reports on authentication, asks nothing of us.
_COMPLAINTS: Mapping[str, EventKind] = MappingProxyType(
    {
        "abuse": EventKind.COMPLAINT,
        "fraud": EventKind.COMPLAINT,
        "other": EventKind.COMPLAINT,
        "virus": EventKind.POLICY,
        "opt-out": EventKind.UNSUBSCRIBED,
        "opt-out-list": EventKind.UNSUBSCRIBED,
    }
)
