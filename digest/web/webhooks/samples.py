"""A submission as each vendor would send it: for `digest forms test`."""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any

from standardwebhooks.webhooks import Webhook

from digest.models.signups import Form, FormKind
from digest.web.webhooks.proofs import Knock

ANSWERS = MappingProxyType(
    {
        "email": "reader@example.org",
        "interests": "whales, squid",
        "time_zone": "Europe/Vienna",
        "name": "Rina Reader",
    }
)
"""What nobody typed; example.org takes no mail."""

_ID = "sample-of-digest-forms-test"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """A request of a vendor: how it knocks, and what its body says once it is parsed."""

    knock: Knock
    sent: Mapping[str, Any]


def sample(form: Form, secret: str, *, now: datetime) -> Sample:
    """Return a submission to *form* that its vendor signed with *secret*, "" where none does."""
    answers = {form.fields.get(name, name): value for name, value in ANSWERS.items()}
    sent = _SHAPES.get(form.kind, _plain)(answers)
    body = json.dumps(sent).encode()
    headers = _SIGNATURES.get(form.kind, _unsigned)(secret, body, now)
    key = secret if form.kind is FormKind.JOTFORM else ""
    return Sample(knock=Knock(headers=headers, body=body, key=key), sent=sent)


def _plain(answers: Mapping[str, str]) -> dict[str, Any]:
    return dict(answers)


def _typeform(answers: Mapping[str, str]) -> dict[str, Any]:
    given = [
        {"type": "text", "text": value, "field": {"id": f"f{place}", "ref": name, "type": "text"}}
        for place, (name, value) in enumerate(answers.items())
    ]
    return {
        "event_id": _ID,
        "event_type": "form_response",
        "form_response": {"answers": given},
    }


def _tally(answers: Mapping[str, str]) -> dict[str, Any]:
    fields = [
        {"key": f"question_{place}", "label": name, "type": "INPUT_TEXT", "value": value}
        for place, (name, value) in enumerate(answers.items())
    ]
    return {"eventId": _ID, "eventType": "FORM_RESPONSE", "data": {"fields": fields}}


def _webflow(answers: Mapping[str, str]) -> dict[str, Any]:
    payload = {"name": "Sign-up", "id": _ID, "data": dict(answers)}
    return {"triggerType": "form_submission", "payload": payload}


def _formspree(answers: Mapping[str, str]) -> dict[str, Any]:
    return {"form": "sample", "keys": list(answers), "submission": dict(answers)}


def _jotform(answers: Mapping[str, str]) -> dict[str, Any]:
    return {"submissionID": _ID, "rawRequest": json.dumps(dict(answers))}


_SHAPES: Mapping[FormKind, Callable[[Mapping[str, str]], dict[str, Any]]] = MappingProxyType(
    {
        FormKind.TYPEFORM: _typeform,
        FormKind.TALLY: _tally,
        FormKind.WEBFLOW: _webflow,
        FormKind.FORMSPREE: _formspree,
        FormKind.JOTFORM: _jotform,
    }
)


def _unsigned(_secret: str, _body: bytes, _now: datetime) -> dict[str, str]:
    return {}


def _as_standard(secret: str, body: bytes, now: datetime) -> dict[str, str]:
    return {
        "webhook-id": _ID,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": Webhook(secret).sign(_ID, now, body.decode()),
    }


def _as_typeform(secret: str, body: bytes, _now: datetime) -> dict[str, str]:
    return {"typeform-signature": f"sha256={_base64(secret, body)}"}


def _as_tally(secret: str, body: bytes, _now: datetime) -> dict[str, str]:
    return {"tally-signature": _base64(secret, body)}


def _as_webflow(secret: str, body: bytes, now: datetime) -> dict[str, str]:
    stamp = str(int(now.timestamp() * 1000))
    signature = _sha256(secret, f"{stamp}:".encode() + body).hex()
    return {"x-webflow-timestamp": stamp, "x-webflow-signature": signature}


def _as_formspree(secret: str, body: bytes, now: datetime) -> dict[str, str]:
    stamp = str(int(now.timestamp()))
    signature = _sha256(secret, f"{stamp}.".encode() + body).hex()
    return {"formspree-signature": f"t={stamp},v1={signature}"}


def _as_bearer(secret: str, _body: bytes, _now: datetime) -> dict[str, str]:
    return {"authorization": f"Bearer {secret}", "idempotency-key": _ID}


_SIGNATURES: Mapping[FormKind, Callable[[str, bytes, datetime], dict[str, str]]] = MappingProxyType(
    {
        FormKind.STANDARD: _as_standard,
        FormKind.GOOGLE: _as_standard,
        FormKind.TYPEFORM: _as_typeform,
        FormKind.TALLY: _as_tally,
        FormKind.WEBFLOW: _as_webflow,
        FormKind.FORMSPREE: _as_formspree,
        FormKind.BEARER: _as_bearer,
    }
)


def _sha256(secret: str, content: bytes) -> bytes:
    return hmac.new(secret.encode(), content, hashlib.sha256).digest()


def _base64(secret: str, content: bytes) -> str:
    return base64.b64encode(_sha256(secret, content)).decode()
