"""What a submission says, in the shape in which each vendor sends it."""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from types import MappingProxyType
from typing import Any

from digest.errors import AddressInvalid
from digest.models.signups import FormKind
from digest.services.subscribe import normal_address

MOST_INTERESTS, LONGEST = 40, 400
LONGEST_ADDRESS = 320
"""Bytes of an address: 64 before the @ and 255 after it."""

HONEYPOT = "website"
"""A field that people do not see; whoever fills it in is a program, and is told nothing."""


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


def parse(body: bytes) -> dict[str, Any]:
    """Return the object that *body* is in JSON; raise Unusable."""
    try:
        sent = json.loads(body)
    except (ValueError, RecursionError):
        raise Unusable("The body is not JSON.") from None
    if not isinstance(sent, dict):
        raise Unusable("The body is JSON, but not an object.")
    return sent


def read(
    kind: FormKind, sent: Answers, *, headers: Mapping[str, str], fields: Mapping[str, str]
) -> Submission:
    """Return what *sent* says: an object in JSON, or the fields of a form; raise Unusable.

    *fields* says which of the vendor's fields is which of ours; the others go by the names
    that such fields usually have.
    """
    external_id, answers = _SHAPES[kind](sent, headers)
    found = _sorted_out(answers, fields)
    return Submission(
        email=_address(found.get("email")),
        interests=tuple(islice(_texts(found.get("interests")), MOST_INTERESTS)),
        time_zone=_line(found.get("time_zone")),
        name=_line(found.get("name")),
        external_id=_printable(external_id)[:LONGEST],
    )


def _address(value: object) -> str:
    """Return *value* as it was given, if mail can go there; raise Unusable."""
    address = _first(value).strip()
    if not address:
        raise Unusable("There is no e-mail address in it; name its field when you add the form.")
    # With half a character of two it could not even be repeated in the answer.
    if not address.isprintable():
        raise Unusable("The e-mail address holds a character that no address has.")
    if len(address.encode()) > LONGEST_ADDRESS:
        raise Unusable("The e-mail address is longer than any can be.")
    try:
        normal_address(address)
    except AddressInvalid as invalid:
        raise Unusable(str(invalid)) from None
    return address


def _plain(sent: Answers, headers: Mapping[str, str]) -> tuple[str, Answers]:
    """Our own shape, bare or as the `data` of a Standard Webhooks event."""
    data = sent.get("data")
    answers = data if isinstance(data, dict) and "email" not in sent else sent
    return headers.get("webhook-id") or headers.get("idempotency-key") or "", answers


def _typeform(sent: Answers, _headers: Mapping[str, str]) -> tuple[str, Answers]:
    form = _object(sent, "form_response")
    definition = form.get("definition")
    titles = _by_id(definition.get("fields") if isinstance(definition, dict) else (), "title")
    answers: dict[str, Any] = {}
    for answer in _objects(form.get("answers")):
        kind = _text(answer.get("type"))
        value = answer.get(kind)
        if isinstance(value, dict):
            value = value.get("labels") or value.get("label") or value.get("other")
        field = answer.get("field")
        asked = field if isinstance(field, dict) else {}
        title = titles.get(_text(asked.get("id")))
        is_address = "email" if kind == "email" else None
        _answer(answers, value, asked.get("ref"), asked.get("id"), title, is_address)
    return _id(sent, "event_id"), answers


def _tally(sent: Answers, _headers: Mapping[str, str]) -> tuple[str, Answers]:
    answers: dict[str, Any] = {}
    for field in _objects(_object(sent, "data").get("fields")):
        value = field.get("value")
        # What was ticked is sent as the ids of options, whose words stand beside.
        labels = _by_id(field.get("options"), "text")
        if labels and isinstance(value, list):
            value = [labels.get(one, one) for one in value if isinstance(one, str)]
        is_address = "email" if field.get("type") == "INPUT_EMAIL" else None
        _answer(answers, value, field.get("key"), field.get("label"), is_address)
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
    try:
        given = parse(raw.encode())
    except (Unusable, UnicodeEncodeError):
        raise Unusable("Its rawRequest is not an object in JSON.") from None
    named = {_QUESTION.sub("", key): value for key, value in given.items()}
    return _id(sent, "submissionID"), named | given


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


def _by_id(things: object, word: str) -> dict[str, str]:
    """Return what each of *things* calls itself under *word*, by its id."""
    return {_text(one.get("id")): _text(one.get(word)) for one in _objects(things)}


def _answer(answers: dict[str, Any], value: object, *names: object) -> None:
    """Keep *value* under each of *names* that is one, and is not taken."""
    for name in names:
        if isinstance(name, str):
            answers.setdefault(name, value)


def _id(sent: Answers, name: str) -> str:
    value = sent.get(name)
    return str(value) if isinstance(value, str | int) else ""


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _sorted_out(answers: Answers, fields: Mapping[str, str]) -> dict[str, Any]:
    """Return the answers by our names; a field that was named wins over one that looks right."""
    found: dict[str, Any] = {}
    for name, value in answers.items():
        # Jotform numbers the names of fields: email, then email4.
        ours = _USUAL.get(_SIGNS.sub("", name.casefold()).rstrip("0123456789"))
        if ours:
            found.setdefault(ours, value)
    for ours, theirs in fields.items():
        if theirs in answers:
            found[ours] = answers[theirs]
    return found


_SIGNS = re.compile(r"[\W_]+")
_USUAL = {
    **dict.fromkeys(("email", "emailaddress", "mail", "youremail", "youremailaddress"), "email"),
    "replyto": "email",  # Formspree's own name for it
    **dict.fromkeys(("interests", "interest", "topics", "topic", "keywords"), "interests"),
    **dict.fromkeys(("timezone", "tz"), "time_zone"),
    **dict.fromkeys(("name", "fullname", "yourname", "firstname"), "name"),
}


def _texts(value: object) -> Iterator[str]:
    """Yield the texts in *value*: one, several, or several in one with commas between them."""
    for one in value if isinstance(value, list | tuple) else [value]:
        for part in _text(one).split(","):
            if wish := part.strip()[:LONGEST]:
                yield wish


def _line(value: object) -> str:
    """Return *value* as one line: the parts of a name, or the first of several."""
    if isinstance(value, dict):
        value = " ".join(part for part in value.values() if isinstance(part, str))
    return " ".join(_printable(_first(value)).split())[:LONGEST]


def _first(value: object) -> str:
    if isinstance(value, list):
        value = value[0] if value else ""
    return _text(value)


def _printable(text: str) -> str:
    """Return *text* with a space for each character that databases and mails would choke on."""
    return "".join(letter if letter.isprintable() else " " for letter in text)
