"""The events of Postmark: one a request, from who knows the password. Source: its webhook pages."""

import binascii
import hmac
from base64 import b64decode
from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any

from digest.models.events import EventKind, is_gone, kind_of
from digest.web.events.telling import Told, inner, moment, parsed_object, short, status_in, word
from digest.web.webhooks.proofs import Knock, Unproved


def tell(knock: Knock, passwords: Collection[str], *, now: datetime) -> Iterator[Told]:
    """Yield what the request tells; raise Unproved, or Unreadable."""
    scheme, _, encoded = knock.headers.get("authorization", "").partition(" ")
    try:
        given = b64decode(encoded.strip(), validate=True) if scheme.lower() == "basic" else b""
    except (binascii.Error, ValueError):
        given = b""
    if not any(hmac.compare_digest(given, password.encode()) for password in passwords):
        raise Unproved("It does not log in with what DIGEST_POSTMARK_PASSWORD says.")
    told = _told(parsed_object(knock.body), now)
    return iter([told] if told else [])


def _told(event: Mapping[str, Any], now: datetime) -> Told | None:
    kind, status = _said(event)
    if kind is None:
        return None
    at = next((event[name] for name in _TIMES if name in event), None)
    record = word(event, "RecordType")
    return Told(
        # Only bounces and complaints have an id; of the others there is one a mail and time.
        external_id=short(
            f"{record}.{word(event, 'ID') or word(event, 'MessageID') + '.' + str(at)}"
        ),
        kind=kind,
        at=moment(at, now=now),
        # Its Message-ID is not ours, and what we put among its metadata is.
        about=(word(inner(event, "Metadata"), "mail"),),
        status=status,
    )


_TIMES = ("BouncedAt", "DeliveredAt", "ChangedAt")


def _said(event: Mapping[str, Any]) -> tuple[EventKind | None, str]:
    match word(event, "RecordType"):
        case "Delivery":
            return EventKind.DELIVERED, ""
        case "SpamComplaint":
            return EventKind.COMPLAINT, ""
        case "Bounce":
            return _bounced(event)
        case "SubscriptionChange" if event.get("SuppressSending") is True:
            return _SUPPRESSED.get((word(event, "SuppressionReason"), word(event, "Origin"))), ""
    return None, ""


def _bounced(event: Mapping[str, Any]) -> tuple[EventKind | None, str]:
    kind = _BOUNCES.get(word(event, "Type"))
    status = status_in(word(event, "Details"))
    # It files some refusals of us under hard bounces.
    if kind is EventKind.HARD and kind_of(status) in (EventKind.POLICY, EventKind.SOFT):
        kind = kind_of(status)
    if kind is EventKind.HARD and event.get("Inactive") is True and not is_gone(status):
        # It sends nothing there any more, and so there will be no second bounce to wait for.
        status = GONE
    return kind, status


GONE = "5.1.0"


_BOUNCES: Mapping[str, EventKind] = MappingProxyType(
    {
        "HardBounce": EventKind.HARD,
        "BadEmailAddress": EventKind.HARD,
        "ManuallyDeactivated": EventKind.HARD,
        "SoftBounce": EventKind.SOFT,
        "Transient": EventKind.SOFT,
        "DnsError": EventKind.SOFT,
        "Unknown": EventKind.SOFT,
        "Blocked": EventKind.POLICY,
        "DMARCPolicy": EventKind.POLICY,
        "SpamNotification": EventKind.POLICY,
        "VirusNotification": EventKind.POLICY,
        "SpamComplaint": EventKind.COMPLAINT,
        "Unsubscribe": EventKind.UNSUBSCRIBED,
    }
)
"""By its `Type`; the rest are answers by programs, and troubles between Postmark and us."""

_SUPPRESSED: Mapping[tuple[str, str], EventKind] = MappingProxyType(
    {
        ("HardBounce", "Recipient"): EventKind.HARD,
        ("SpamComplaint", "Recipient"): EventKind.COMPLAINT,
        ("ManualSuppression", "Recipient"): EventKind.UNSUBSCRIBED,
    }
)
"""By `SuppressionReason` and `Origin`: what the reader did, and not what its operator did."""
