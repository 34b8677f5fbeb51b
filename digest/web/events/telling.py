"""What every provider's events come to, and how their JSON is read without believing it."""

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from digest.errors import LinkInvalid
from digest.links import Links, bounce_tags
from digest.models.events import EventKind


class Unreadable(Exception):
    """A request that was proved cannot be read; sent again it would not be either."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One event in our words: *about* is what the provider says by which we may know the mail."""

    external_id: str
    kind: EventKind
    at: datetime
    about: tuple[str, ...]
    status: str = ""


def mail_id(told: Told, links: Links) -> str:
    """Return the id of the mail that *told* is about, "" where it is none of ours.

    It is in the address that we signed for it to come back to, or in its Message-ID. The
    address of the reader is never looked at.
    """
    for text in told.about:
        for tag in bounce_tags(text):
            try:
                return links.bounced(tag)
            except LinkInvalid:
                continue
    named = (_OURS.fullmatch(text.strip()) for text in told.about)
    return next((found[1] for found in named if found), "")


_OURS = re.compile(r"(?:<?[dl]\.)?([0-9a-f]{32})(?:@[^\s<>]+>?)?")


def parsed(text: bytes | str) -> Any:  # noqa: ANN401 - JSON is anything
    """Return what the JSON *text* says; raise Unreadable."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        raise Unreadable("The body is not JSON.") from None


def parsed_object(text: bytes | str) -> Mapping[str, Any]:
    """Return the object that the JSON *text* is; raise Unreadable."""
    found = parsed(text)
    if not isinstance(found, dict):
        raise Unreadable("The body is not a JSON object.")
    return found


def inner(sent: Mapping[str, Any], *names: str) -> Mapping[str, Any]:
    """Return the object at that path in *sent*, an empty one where there is none."""
    found: Any = sent
    for name in names:
        found = found.get(name) if isinstance(found, dict) else None
    return found if isinstance(found, dict) else {}


def objects(value: object) -> Iterator[Mapping[str, Any]]:
    """Yield the objects of the list *value*."""
    return (one for one in (value if isinstance(value, list) else []) if isinstance(one, dict))


def word(sent: Mapping[str, Any], name: str) -> str:
    """Return the text, or the whole number, of that name; "" where there is neither."""
    value = sent.get(name)
    return str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""


def status_in(*texts: str) -> str:
    """Return the first RFC 3463 status that is a text, or stands behind a reply's code in one."""
    for text in texts:
        if found := _STATUS.search(text):
            return found[1]
    return ""


_STATUS = re.compile(r"(?:^|\b[245]\d\d[\s-]+#?)([245]\.\d{1,3}\.\d{1,3})(?![\d.])")


def moment(value: object, *, now: datetime) -> datetime:
    """Return the time that *value* says, in ISO 8601 or in seconds, and *now* if it says none.

    Nothing is later than *now*: what is still to come would outweigh all that comes before.
    """
    try:
        if isinstance(value, str):
            at = datetime.fromisoformat(value)
        elif isinstance(value, int | float):
            at = datetime.fromtimestamp(value, tz=UTC)
        else:
            return now
        at = at.replace(tzinfo=at.tzinfo or UTC).astimezone(UTC)
    except (ValueError, OverflowError, OSError):
        return now
    return min(at, now)


def short(external_id: str) -> str:
    """Return an event's id as the store can keep it: a hash where it is long or odd."""
    if external_id.isascii() and external_id.isprintable() and len(external_id) <= _LONGEST:
        return external_id
    return hashlib.sha256(external_id.encode(errors="replace")).hexdigest()


_LONGEST = 128
