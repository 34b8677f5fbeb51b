"""What a submission says, in the shape in which each vendor sends it."""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from digest.models.signups import FormKind

MOST_INTERESTS, LONGEST = 40, 400
LONGEST_ADDRESS = 320
"""Bytes of an address: 64 before the @ and 255 after it."""


class Unusable(Exception):
    """A submission that will never make a subscriber; the text says what is wrong with it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """What somebody typed; *external_id* is the vendor's name for it, "" where it has none."""

    email: str
    interests: tuple[str, ...] = ()
    time_zone: str = ""
    name: str = ""
    external_id: str = ""


Answers = Mapping[str, Any]


def read(
    kind: FormKind, body: bytes | Answers, *, headers: Mapping[str, str], fields: Mapping[str, str]
) -> Submission:
    """Return what *body* says: bytes of JSON, or the fields of a form; raise Unusable.

    *fields* says which of the vendor's fields is which of ours; the others go by the names
    that such fields usually have.
    """
    sent = _parsed(body) if isinstance(body, bytes) else dict(body)
    external_id, answers = _SHAPES[kind](sent, headers)
    found = _sorted_out(answers, fields)
    email = _line(found.get("email"))
    if not email:
        raise Unusable("There is no e-mail address in it; name its field when you add the form.")
    if len(email.encode()) > LONGEST_ADDRESS:
        raise Unusable("The e-mail address is longer than any can be.")
    return Submission(
        email=email,
        interests=tuple(_texts(found.get("interests")))[:MOST_INTERESTS],
        time_zone=_line(found.get("time_zone")),
        name=_line(found.get("name"))[:LONGEST],
        external_id=external_id[:LONGEST],
    )


def _parsed(body: bytes) -> dict[str, Any]:
    try:
        sent = json.loads(body)
    except (ValueError, RecursionError):
        raise Unusable("The body is not JSON.") from None
    if not isinstance(sent, dict):
        raise Unusable("The body is JSON, but not an object.")
    return sent


def _plain(sent: Answers, headers: Mapping[str, str]) -> tuple[str, Answers]:
    """Our own shape, bare or as the `data` of a Standard Webhooks event."""
    data = sent.get("data")
    answers = data if isinstance(data, dict) and "email" not in sent else sent
    return headers.get("webhook-id") or headers.get("idempotency-key") or "", answers


def _typeform(sent: Answers, _headers: Mapping[str, str]) -> tuple[str, Answers]:
    form = _object(sent, "form_response")
    answers: dict[str, Any] = {}
    for answer in _objects(form.get("answers")):
        kind = answer.get("type")
        value = answer.get(kind) if isinstance(kind, str) else None
        if isinstance(value, dict):
            value = value.get("labels") or value.get("label")
        field = answer.get("field")
        names = [field.get("ref"), field.get("id")] if isinstance(field, dict) else []
        for name in [*names, kind if kind == "email" else None]:
            if isinstance(name, str):
                answers.setdefault(name, value)
    return _id(sent, "event_id"), answers


def _tally(sent: Answers, _headers: Mapping[str, str]) -> tuple[str, Answers]:
    answers: dict[str, Any] = {}
    for field in _objects(_object(sent, "data").get("fields")):
        value = field.get("value")
        labels = {one.get("id"): one.get("text") for one in _objects(field.get("options"))}
        if labels and isinstance(value, list):
            value = [labels.get(one, one) for one in value if isinstance(one, str)]
        is_address = field.get("type") == "INPUT_EMAIL"
        for name in (field.get("key"), field.get("label"), "email" if is_address else None):
            if isinstance(name, str):
                answers.setdefault(name, value)
    return _id(sent, "eventId"), answers


def _webflow(sent: Answers, _headers: Mapping[str, str]) -> tuple[str, Answers]:
    payload = _object(sent, "payload")
    return _id(payload, "id"), _object(payload, "data")


def _formspree(sent: Answers, _headers: Mapping[str, str]) -> tuple[str, Answers]:
    submission = sent.get("submission")
    answers = submission if isinstance(submission, dict) else sent
    return _id(sent, "id") or _id(answers, "_id"), answers


def _jotform(sent: Answers, _headers: Mapping[str, str]) -> tuple[str, Answers]:
    raw = sent.get("rawRequest")
    if not isinstance(raw, str):
        raise Unusable("There is no rawRequest in it, as Jotform sends.")
    named = {_QUESTION.sub("", key): value for key, value in _parsed(raw.encode()).items()}
    return _id(sent, "submissionID"), named


_QUESTION = re.compile(r"^q\d+_")

_SHAPES: Mapping[FormKind, Callable[[Answers, Mapping[str, str]], tuple[str, Answers]]] = (
    MappingProxyType(
        {
            FormKind.STANDARD: _plain,
            FormKind.GOOGLE: _plain,
            FormKind.BEARER: _plain,
            FormKind.HTML: _plain,
            FormKind.TYPEFORM: _typeform,
            FormKind.TALLY: _tally,
            FormKind.WEBFLOW: _webflow,
            FormKind.FORMSPREE: _formspree,
            FormKind.JOTFORM: _jotform,
        }
    )
)


def _object(sent: Answers, name: str) -> Mapping[str, Any]:
    found = sent.get(name)
    if not isinstance(found, dict):
        raise Unusable(f"There is no {name} in it; is the form of another kind?")
    return found


def _objects(value: object) -> Iterator[Mapping[str, Any]]:
    return (one for one in (value if isinstance(value, list) else []) if isinstance(one, dict))


def _id(sent: Answers, name: str) -> str:
    value = sent.get(name)
    return str(value) if isinstance(value, str | int) else ""


def _sorted_out(answers: Answers, fields: Mapping[str, str]) -> dict[str, Any]:
    """Return the answers by our names; a field that was named wins over one that looks right."""
    found: dict[str, Any] = {}
    for name, value in answers.items():
        ours = _USUAL.get(_SIGNS.sub("", str(name).casefold()))
        if ours:
            found.setdefault(ours, value)
    for ours, theirs in fields.items():
        if theirs in answers:
            found[ours] = answers[theirs]
    return found


_SIGNS = re.compile(r"[\W_]+")
_USUAL = {
    **dict.fromkeys(("email", "emailaddress", "mail", "youremail", "youremailaddress"), "email"),
    **dict.fromkeys(("interests", "interest", "topics", "topic", "keywords"), "interests"),
    **dict.fromkeys(("timezone", "tz"), "time_zone"),
    **dict.fromkeys(("name", "fullname", "yourname", "firstname"), "name"),
}


def _texts(value: object) -> Iterable[str]:
    """Yield the texts in *value*: one, several, or several in one with commas between them."""
    for one in value if isinstance(value, list | tuple) else [value]:
        if isinstance(one, str):
            yield from (part.strip()[:LONGEST] for part in one.split(",") if part.strip())


def _line(value: object) -> str:
    """Return *value* as one line: the parts of a name, the first of several."""
    if isinstance(value, dict):
        value = " ".join(part for part in value.values() if isinstance(part, str))
    if isinstance(value, list):
        value = value[0] if value else ""
    return value.strip() if isinstance(value, str) else ""
