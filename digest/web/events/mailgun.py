"""The events of Mailgun: one a request, with an HMAC over a time and a token.

The event itself is not signed; the token is its id, so that no proof is good for two. Source:
Mailgun's pages on webhook payloads and on securing webhooks.
"""

import hashlib
import hmac
from collections.abc import Collection, Iterator, Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any

from digest.models.events import EventKind, kind_of
from digest.web.events.telling import Told, inner, moment, parsed_object, short, status_in, word
from digest.web.events.time import signed_at
from digest.web.webhooks.proofs import Knock, Unproved

AGE = timedelta(hours=9)
"""It tries again for eight hours."""


def tell(knock: Knock, keys: Collection[str], *, now: datetime) -> Iterator[Told]:
    """Yield what the request tells; raise Unproved, or Unreadable."""
    sent = parsed_object(knock.body)
    proof = inner(sent, "signature")
    stamp, token, given = (word(proof, name) for name in ("timestamp", "token", "signature"))
    signed_at(stamp, now=now, age=AGE)
    content = f"{stamp}{token}".encode(errors="replace")
    if not token or not any(_signed(content, given, key) for key in keys):
        raise Unproved("The signature matches no key in DIGEST_MAILGUN_KEY.")
    told = _told(inner(sent, "event-data"), token, now)
    return iter([told] if told else [])


def _signed(content: bytes, given: str, key: str) -> bool:
    expected = hmac.new(key.encode(), content, hashlib.sha256).hexdigest()
    return hmac.compare_digest(given.encode(errors="replace"), expected.encode())


def _told(event: Mapping[str, Any], token: str, now: datetime) -> Told | None:
    report = inner(event, "delivery-status")
    status = status_in(word(report, "enhanced-code"), word(report, "message"))
    kind = _kind(event, word(report, "code"), status)
    if kind is None:
        return None
    return Told(
        external_id=short(token),
        kind=kind,
        at=moment(event.get("timestamp"), now=now),
        about=(
            word(inner(event, "envelope"), "sender"),
            word(inner(event, "message", "headers"), "message-id"),
        ),
        status=status,
    )


def _kind(event: Mapping[str, Any], code: str, status: str) -> EventKind | None:
    name = word(event, "event")
    if name == "failed":
        if code in _SUPPRESSED:
            return _SUPPRESSED[code]
        kind = kind_of(status)
        if kind is EventKind.POLICY:
            return EventKind.POLICY
        if word(event, "severity") != "permanent":
            return EventKind.SOFT
        return EventKind.HARD if kind in (None, EventKind.DELIVERED) else kind
    return _KINDS.get(name)


_KINDS: Mapping[str, EventKind] = MappingProxyType(
    {
        "delivered": EventKind.DELIVERED,
        "rejected": EventKind.POLICY,
        "complained": EventKind.COMPLAINT,
        "unsubscribed": EventKind.UNSUBSCRIBED,
    }
)
# Codes of its own, for addresses that it does not try any more.
_SUPPRESSED: Mapping[str, EventKind] = MappingProxyType(
    {
        "605": EventKind.HARD,
        "606": EventKind.UNSUBSCRIBED,
        "607": EventKind.COMPLAINT,
    }
)
