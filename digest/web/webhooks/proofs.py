"""Who really sent a request: each vendor's signature over the bytes as they came.

A signature proves the vendor, and not that the person who typed an address has it. Sources:
the Standard Webhooks specification, and the help pages of Typeform, Tally, Webflow,
Formspree and Jotform.
"""

import base64
import hashlib
import hmac
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from types import MappingProxyType

from standardwebhooks.webhooks import Webhook

from digest.models.signups import FormKind, FormSecret

TOLERANCE = timedelta(minutes=5)
"""How far a signed time may be from ours, either way."""


class Unproved(Exception):
    """Nothing shows that the form's vendor sent this; the text says what is missing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Knock:
    """A request as its proof sees it: *headers* by lower-case name, *key* from its URL."""

    headers: Mapping[str, str]
    body: bytes
    key: str = ""


def prove(kind: FormKind, knock: Knock, secrets: Iterable[FormSecret], *, now: datetime) -> str:
    """Return which of *secrets* proves the request, "" where the kind has no proof.

    Raise Unproved where none does, or where it was signed too long ago or in the future.
    """
    check = _CHECKS.get(kind)
    if check is None:
        return ""
    good = [one.secret for one in secrets if one.retires_at is None or now < one.retires_at]
    for secret in good:
        if check(knock, secret, now):
            return secret
    raise Unproved("The signature does not match any secret of this form.")


def _standard(knock: Knock, secret: str, now: datetime) -> bool:
    message_id = _header(knock, "webhook-id")
    signed_at = _moment(_header(knock, "webhook-timestamp"), now=now)
    # The library checks the time by a clock of its own; what it signs is the standard's.
    expected = Webhook(secret).sign(message_id, signed_at, _text(knock.body))
    given = _header(knock, "webhook-signature").split()
    return any(_same(one, expected) for one in given)


def _typeform(knock: Knock, secret: str, _now: datetime) -> bool:
    expected = base64.b64encode(_sha256(secret, knock.body)).decode()
    return _same(_header(knock, "typeform-signature"), f"sha256={expected}")


def _tally(knock: Knock, secret: str, _now: datetime) -> bool:
    expected = base64.b64encode(_sha256(secret, knock.body)).decode()
    return _same(_header(knock, "tally-signature"), expected)


def _webflow(knock: Knock, secret: str, now: datetime) -> bool:
    stamp = _header(knock, "x-webflow-timestamp")
    _moment(stamp, now=now, unit=1000)
    expected = _sha256(secret, stamp.encode() + b":" + knock.body).hex()
    return _same(_header(knock, "x-webflow-signature").lower(), expected)


def _formspree(knock: Knock, secret: str, now: datetime) -> bool:
    pairs = [
        part.strip().partition("=") for part in _header(knock, "formspree-signature").split(",")
    ]
    stamp = next((value for name, _, value in pairs if name == "t"), "")
    _moment(stamp, now=now)
    expected = _sha256(secret, stamp.encode() + b"." + knock.body).hex()
    return any(_same(value.lower(), expected) for name, _, value in pairs if name == "v1")


def _in_url(knock: Knock, secret: str, _now: datetime) -> bool:
    if not knock.key:
        raise Unproved("The address that is posted to has to end with the form's secret.")
    return _same(knock.key, secret)


def _bearer(knock: Knock, secret: str, _now: datetime) -> bool:
    scheme, _, token = _header(knock, "authorization").partition(" ")
    return scheme.lower() == "bearer" and _same(token.strip(), secret)


_CHECKS: Mapping[FormKind, Callable[[Knock, str, datetime], bool]] = MappingProxyType(
    {
        FormKind.STANDARD: _standard,
        FormKind.GOOGLE: _standard,
        FormKind.TYPEFORM: _typeform,
        FormKind.TALLY: _tally,
        FormKind.WEBFLOW: _webflow,
        FormKind.FORMSPREE: _formspree,
        FormKind.JOTFORM: _in_url,
        FormKind.BEARER: _bearer,
    }
)


def _header(knock: Knock, name: str) -> str:
    value = knock.headers.get(name, "").strip()
    if not value:
        raise Unproved(f"The header {name} is missing.")
    return value


def _moment(stamp: str, *, now: datetime, unit: int = 1) -> datetime:
    """Return the time that *stamp* says, in seconds or a *unit* of them; raise Unproved."""
    if not stamp.isascii() or not stamp.isdecimal() or len(stamp) > _STAMP:
        raise Unproved("The time it was signed at is not a number.")
    try:
        moment = datetime.fromtimestamp(int(stamp) // unit, tz=UTC)
    except (ValueError, OverflowError, OSError):
        raise Unproved("The time it was signed at is no time.") from None
    if abs(now - moment) > TOLERANCE:
        raise Unproved("It was signed more than five minutes from now: send it anew.")
    return moment


_STAMP = 14


def _sha256(secret: str, content: bytes) -> bytes:
    return hmac.new(secret.encode(), content, hashlib.sha256).digest()


def _same(given: str, expected: str) -> bool:
    """Compare in constant time."""
    return hmac.compare_digest(given.encode(errors="replace"), expected.encode())


def _text(body: bytes) -> str:
    try:
        return body.decode()
    except UnicodeDecodeError:
        raise Unproved("The body is not UTF-8.") from None
