"""Each vendor as its help pages describe it: the shape of a submission, and its signature."""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import httpx
from standardwebhooks.webhooks import Webhook

from digest.models.signups import FormKind

JSON = {"Content-Type": "application/json"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """What a vendor puts on the wire."""

    body: bytes
    headers: Mapping[str, str]
    suffix: str = ""


Shape = Callable[[str, str], Any]
Signing = Callable[[str, bytes, str, datetime], Post]


@dataclass(frozen=True, slots=True, kw_only=True)
class Vendor:
    """One kind of sender; what it *proves* says which faults it can be told by."""

    kind: FormKind
    shape: Shape
    sign: Signing
    has_secret: bool = True
    signs_body: bool = True
    signs_time: bool = False
    fields: Mapping[str, str] = field(default_factory=dict)

    def post(self, secret: str, *, email: str, submission: str, at: datetime) -> Post:
        """Return the submission of *email*, called *submission*, as it is signed at that time."""
        return self.sign(secret, encoded(self.shape(email, submission)), submission, at)


def encoded(sent: Any) -> bytes:
    return sent if isinstance(sent, bytes) else json.dumps(sent).encode()


def ours(email: str, _submission: str) -> Any:
    return {
        "email": email,
        "interests": ["whale song", "cs.SD"],
        "time_zone": "Europe/Vienna",
        "name": "Ada Okafor",
    }


def event(email: str, submission: str) -> Any:
    return {"type": "form.submitted", "data": ours(email, submission)}


def typeform(email: str, submission: str) -> Any:
    fields = [
        {"id": "aB3", "ref": "0c1e-name", "type": "short_text", "title": "Your name"},
        {"id": "cD4", "ref": "77aa-mail", "type": "email", "title": "Where do we write?"},
        {"id": "eF5", "ref": "interests", "type": "multiple_choice", "title": "Topics"},
        {"id": "gH6", "ref": "zone", "type": "dropdown", "title": "Time zone"},
    ]
    answers: list[dict[str, Any]] = [
        {"type": "text", "text": "Ada Okafor"},
        {"type": "email", "email": email},
        {"type": "choices", "choices": {"ids": ["x", "y"], "labels": ["whale song", "cs.SD"]}},
        {"type": "choice", "choice": {"id": "z", "label": "Europe/Vienna", "ref": "r"}},
    ]
    return {
        "event_id": submission,
        "event_type": "form_response",
        "form_response": {
            "form_id": "lT4Z3j",
            "token": "a3a12ec67a1365927098a606107fac15",
            "landed_at": "2026-11-20T08:59:30Z",
            "submitted_at": "2026-11-20T09:00:00Z",
            "hidden": {"source": "library"},
            "definition": {"id": "lT4Z3j", "title": "Paper mail", "fields": fields},
            "answers": [
                {**answer, "field": {key: each[key] for key in ("id", "ref", "type")}}
                for answer, each in zip(answers, fields, strict=True)
            ],
            "ending": {"id": "dN5FLyFpCMFo", "ref": "01GRC8GR2017M6WW347T86VV39"},
        },
    }


def tally(email: str, submission: str) -> Any:
    ticked = [{"id": "0f3c", "text": "whale song"}, {"id": "11d2", "text": "cs.SD"}]
    offered = [*ticked, {"id": "97aa", "text": "cooking"}]
    return {
        "eventId": submission,
        "eventType": "FORM_RESPONSE",
        "createdAt": "2026-11-20T09:00:00.000Z",
        "data": {
            "responseId": "2wgx4n",
            "submissionId": "2wgx4n",
            "respondentId": "dwQKYm",
            "formId": "VwbNEw",
            "formName": "Paper mail",
            "createdAt": "2026-11-20T09:00:00.000Z",
            "fields": [
                _tally("question_1", "Name", "INPUT_TEXT", "Ada Okafor"),
                _tally("question_2", "Where do we write?", "INPUT_EMAIL", email),
                _tally("question_3", "Topics", "CHECKBOXES", ["0f3c", "11d2"])
                | {"options": offered},
                _tally("question_3_97aa", "Topics (cooking)", "CHECKBOXES", value=False),
                _tally("question_4", "Time zone", "DROPDOWN", ["be01"])
                | {"options": [{"id": "be01", "text": "Europe/Vienna"}]},
            ],
        },
    }


def _tally(key: str, label: str, kind: str, value: Any) -> dict[str, Any]:
    return {"key": key, "label": label, "type": kind, "value": value}


def webflow(email: str, submission: str) -> Any:
    return {
        "triggerType": "form_submission",
        "payload": {
            "name": "Paper mail",
            "siteId": "65427cf400e02b306eaa04a0",
            "data": {
                "Name": "Ada Okafor",
                "Email Address": email,
                "Interests": "whale song, cs.SD",
                "Time Zone": "Europe/Vienna",
                "Phone Number": 15550000001,
            },
            "schema": [
                {"fieldName": "Name", "fieldType": "FormTextInput", "fieldElementId": "e1"},
                {
                    "fieldName": "Email Address",
                    "fieldType": "FormTextInput",
                    "fieldElementId": "e2",
                },
            ],
            "submittedAt": "2026-11-20T09:00:00.117Z",
            "id": submission,
            "formId": "65429eadebe8a9f3a30f62d1",
            "formElementId": "4e038d2c-6a1e-4953-7be9-a59a2b453178",
        },
    }


def formspree(email: str, submission: str) -> Any:
    return {
        "form": "xvoeabcd",
        "keys": ["name", "email", "interests", "timezone"],
        "submission": {
            "_id": submission,
            "_date": "2026-11-20T09:00:00.482Z",
            "name": "Ada Okafor",
            "email": email,
            "interests": "whale song, cs.SD",
            "timezone": "Europe/Vienna",
        },
    }


BOUNDARY = "------------------------d74496d66958873e"


def jotform(email: str, submission: str) -> bytes:
    raw = {
        "slug": "submit/241234567890123/",
        "q3_name": {"first": "Ada", "last": "Okafor"},
        "q4_email4": email,
        "q5_interests": ["whale song", "cs.SD"],
        "q6_timeZone": "Europe/Vienna",
        "event_id": "1763629200000_241234567890123_Ab3dE5f",
        "path": "/submit/241234567890123",
    }
    return multipart(
        {
            "action": "",
            "webhookURL": "https://papers.example.org/webhooks/signup/lab",
            "username": "library",
            "formID": "241234567890123",
            "type": "WEB",
            "formTitle": "Paper mail",
            "submissionID": submission,
            "ip": "203.0.113.9",
            "pretty": f"Name:Ada Okafor, Email:{email}",
            "rawRequest": json.dumps(raw),
        }
    )


def multipart(fields: Mapping[str, str]) -> bytes:
    parts = [
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in fields.items()
    ]
    return "".join([*parts, f"--{BOUNDARY}--\r\n"]).encode()


def page(email: str, _submission: str) -> bytes:
    fields = {
        "email": email,
        "interests": "whale song, cs.SD",
        "time_zone": "Europe/Vienna",
        "name": "Ada Okafor",
        "website": "",
    }
    return httpx.Request("POST", "http://localhost", data=fields).read()


def digest_of(secret: str, content: bytes) -> bytes:
    return hmac.new(secret.encode(), content, hashlib.sha256).digest()


def by_standard(secret: str, body: bytes, submission: str, at: datetime) -> Post:
    headers = {
        "webhook-id": submission,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": Webhook(secret).sign(submission, at, body.decode()),
    }
    return Post(body=body, headers=JSON | headers)


def by_typeform(secret: str, body: bytes, _submission: str, _at: datetime) -> Post:
    signature = base64.b64encode(digest_of(secret, body)).decode()
    return Post(body=body, headers=JSON | {"Typeform-Signature": f"sha256={signature}"})


def by_tally(secret: str, body: bytes, _submission: str, _at: datetime) -> Post:
    signature = base64.b64encode(digest_of(secret, body)).decode()
    return Post(body=body, headers=JSON | {"Tally-Signature": signature})


def by_webflow(secret: str, body: bytes, _submission: str, at: datetime) -> Post:
    stamp = str(int(at.timestamp() * 1000))
    signature = digest_of(secret, stamp.encode() + b":" + body).hex()
    headers = {"x-webflow-timestamp": stamp, "x-webflow-signature": signature}
    return Post(body=body, headers=JSON | headers)


def by_formspree(secret: str, body: bytes, _submission: str, at: datetime) -> Post:
    stamp = int(at.timestamp())
    signature = digest_of(secret, f"{stamp}.".encode() + body).hex()
    return Post(body=body, headers=JSON | {"Formspree-Signature": f"t={stamp},v1={signature}"})


def by_jotform(secret: str, body: bytes, _submission: str, _at: datetime) -> Post:
    headers = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}
    return Post(body=body, headers=headers, suffix=f"/{secret}")


def by_bearer(secret: str, body: bytes, submission: str, _at: datetime) -> Post:
    headers = {"Authorization": f"Bearer {secret}", "Idempotency-Key": submission}
    return Post(body=body, headers=JSON | headers)


def by_page(_secret: str, body: bytes, _submission: str, _at: datetime) -> Post:
    return Post(body=body, headers={"Content-Type": "application/x-www-form-urlencoded"})


VENDORS = (
    Vendor(kind=FormKind.STANDARD, shape=ours, sign=by_standard, signs_time=True),
    Vendor(kind=FormKind.GOOGLE, shape=event, sign=by_standard, signs_time=True),
    Vendor(kind=FormKind.TYPEFORM, shape=typeform, sign=by_typeform, fields={"time_zone": "zone"}),
    Vendor(kind=FormKind.TALLY, shape=tally, sign=by_tally),
    Vendor(kind=FormKind.WEBFLOW, shape=webflow, sign=by_webflow, signs_time=True),
    Vendor(kind=FormKind.FORMSPREE, shape=formspree, sign=by_formspree, signs_time=True),
    Vendor(kind=FormKind.JOTFORM, shape=jotform, sign=by_jotform, signs_body=False),
    Vendor(kind=FormKind.BEARER, shape=ours, sign=by_bearer, signs_body=False),
    Vendor(kind=FormKind.HTML, shape=page, sign=by_page, has_secret=False, signs_body=False),
)


def submission_id(name: str) -> str:
    """Return an id of the length that vendors give theirs."""
    return str(uuid5(NAMESPACE_URL, name))
