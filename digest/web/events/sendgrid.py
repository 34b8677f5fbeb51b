"""The events of SendGrid: a batch, signed with ECDSA over its time and its bytes.

Source: SendGrid's Event Webhook reference, and its page on the security of the webhook.
"""

import binascii
from base64 import b64decode
from collections.abc import Collection, Iterator, Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurvePublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_public_key

from digest.models.events import EventKind, kind_of
from digest.web.events.telling import Told, moment, objects, parsed, short, status_in, word
from digest.web.events.time import signed_at
from digest.web.webhooks.proofs import Knock, Unproved

AGE = timedelta(hours=25)
"""It tries again for a day; a second copy of an event is no news however late it comes."""

SIGNATURE = "x-twilio-email-event-webhook-signature"
TIMESTAMP = "x-twilio-email-event-webhook-timestamp"


def tell(knock: Knock, keys: Collection[str], *, now: datetime) -> Iterator[Told]:
    """Yield what the request tells; raise Unproved, or Unreadable.

    *keys* are public, as SendGrid shows them: the base64 of their DER.
    """
    stamp = knock.headers.get(TIMESTAMP, "")
    signed_at(stamp, now=now, age=AGE)
    try:
        signature = b64decode(knock.headers.get(SIGNATURE, ""), validate=True)
    except (binascii.Error, ValueError):
        raise Unproved("The signature is not base64.") from None
    if not any(_signed(stamp.encode() + knock.body, signature, key) for key in keys):
        raise Unproved("The signature matches no key in DIGEST_SENDGRID_KEY.")
    return (told for one in objects(parsed(knock.body)) if (told := _told(one, now)))


def _signed(content: bytes, signature: bytes, encoded: str) -> bool:
    try:
        key = load_der_public_key(b64decode(encoded))
        if not isinstance(key, EllipticCurvePublicKey):
            return False
        key.verify(signature, content, ECDSA(SHA256()))
    except (InvalidSignature, ValueError):
        return False
    return True


def _told(event: Mapping[str, Any], now: datetime) -> Told | None:
    status = status_in(word(event, "status"), word(event, "reason"), word(event, "response"))
    kind = _kind(event, status)
    if kind is None:
        return None
    return Told(
        external_id=short(word(event, "sg_event_id")),
        kind=kind,
        at=moment(event.get("timestamp"), now=now),
        about=(word(event, "smtp-id"), word(event, "mail")),
        status=status,
    )


def _kind(event: Mapping[str, Any], status: str) -> EventKind | None:
    name = word(event, "event")
    if name == "bounce":
        if kind_of(status) is EventKind.POLICY:
            return EventKind.POLICY
        # "blocked" is what it calls a refusal that it does not hold against the address.
        if word(event, "type") == "blocked":
            return EventKind.SOFT
        kind = kind_of(status)
        return EventKind.HARD if kind in (None, EventKind.DELIVERED) else kind
    if name == "deferred":
        return EventKind.POLICY if kind_of(status) is EventKind.POLICY else EventKind.SOFT
    if name == "dropped":
        # It did not even try, because of what had happened before.
        return _DROPPED.get(word(event, "reason").lower())
    return _KINDS.get(name)


_KINDS: Mapping[str, EventKind] = MappingProxyType(
    {
        "delivered": EventKind.DELIVERED,
        "spamreport": EventKind.COMPLAINT,
        "unsubscribe": EventKind.UNSUBSCRIBED,
        "group_unsubscribe": EventKind.UNSUBSCRIBED,
    }
)
_DROPPED: Mapping[str, EventKind] = MappingProxyType(
    {
        "bounced address": EventKind.HARD,
        "invalid": EventKind.HARD,
        "spam reporting address": EventKind.COMPLAINT,
        "unsubscribed address": EventKind.UNSUBSCRIBED,
    }
)
