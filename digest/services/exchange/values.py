"""What a cell of a file may say: one reader a column, each with its own refusal."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import fields
from datetime import time
from functools import lru_cache
from typing import Any

from digest.errors import AddressInvalid, InputRefused, InterestInvalid
from digest.models.interests import MAX_LENGTH, Interest
from digest.models.papers import bare_arxiv_id
from digest.models.subscribers import EVERY_DAY, WORKING_DAYS, SubscriberState
from digest.services.exchange.addresses import spelled
from digest.services.exchange.cells import split
from digest.services.subscribe import is_zone
from digest.services.wishes import read_interest

LISTS = ("interests", "categories", "authors", "organisations", "seeds", "exclusions")
COLUMNS = (
    *("email", "name", "state"),
    *LISTS,
    *("time_zone", "send_at", "weekdays", "papers", "dial"),
)
"""What a file may say of somebody; only the address has to be there."""

KNOWN = frozenset(COLUMNS) | {
    "created_at",
    "confirmed_at",
    "paused_until",
    "suppressed",
    "consents",
    "deliveries",
}
"""Names a file may have: the columns, and what we print ourselves and do not take in."""

MOST_NAMES = 200
"""Phrases, categories or others that one cell may list."""

MOST_PAPERS = 25

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


UNFIT = f"a name has to be printable, of 1 to {MAX_LENGTH} letters"

BLANK: tuple[object, ...] = ("", None, [], ())


def _email(cell: object) -> str:
    if not isinstance(cell, str):
        raise InputRefused("email: it is not an e-mail address")
    try:
        return spelled(cell)
    except AddressInvalid as invalid:
        # The library's own words: they name letters, and not the address.
        raise InputRefused(f"email: {invalid.__cause__}") from None


def _name(cell: object) -> str:
    name = " ".join(cell.split()) if isinstance(cell, str) else None
    if name is None or not name.isprintable() or len(name) > MAX_LENGTH:
        raise InputRefused(f"name: give printable text of at most {MAX_LENGTH} characters")
    return name


def _state(cell: object) -> SubscriberState:
    try:
        state = SubscriberState(str(cell).lower())
    except ValueError:
        state = SubscriberState.ERASED
    if state is SubscriberState.ERASED:
        names = ", ".join(each for each in SubscriberState if each is not SubscriberState.ERASED)
        raise InputRefused(f"state: it is none of {names}")
    return state


def _time_zone(cell: object) -> str:
    if not isinstance(cell, str) or not is_zone(cell):
        raise InputRefused("time_zone: it is no IANA time zone such as Europe/Vienna")
    return cell


def _send_at(cell: object) -> time:
    match = _TIME.fullmatch(str(cell))
    if match is None:
        raise InputRefused("send_at: it is no time of day as in 07:30")
    return time(int(match[1]), int(match[2]))


_TIME = re.compile(r"([01]?[0-9]|2[0-3]):([0-5][0-9])(?::00)?")


@lru_cache(maxsize=1024)
def _weekdays_of(text: str) -> tuple[int, ...]:
    if text in _WEEKS:
        return _WEEKS[text]
    found = {_DAYS.get(name[:3], -1) for name in re.split(r"[\s,;/+]+", text) if name}
    if not found or -1 in found:
        raise InputRefused("weekdays: name days as in mon wed fri, or say daily or weekdays")
    return tuple(sorted(found))


def _weekdays(cell: object) -> tuple[int, ...]:
    if isinstance(cell, list):
        return _weekdays_of(" ".join(str(day).lower() for day in cell))
    return _weekdays_of(str(cell).lower())


_WEEKS = {"daily": EVERY_DAY, "every day": EVERY_DAY, "weekdays": WORKING_DAYS}
_DAYS = {name: day for day, name in enumerate(WEEKDAYS)} | {str(day): day for day in EVERY_DAY}


def _papers(cell: object) -> int:
    text = str(cell)
    if not _NUMBER.fullmatch(text) or not 1 <= int(text) <= MOST_PAPERS:
        raise InputRefused(f"papers: it is no number from 1 to {MOST_PAPERS}")
    return int(text)


_NUMBER = re.compile(r"[0-9]{1,2}")


def _dial(cell: object) -> float:
    text = str(cell)
    if not _SHARE.fullmatch(text) or float(text) > 1:
        raise InputRefused("dial: it is no number from 0 to 1")
    return float(text)


_SHARE = re.compile(r"[0-9]\.?[0-9]{0,20}")

READERS: Mapping[str, tuple[str, Callable[[Any], object]]] = {
    "email": ("address", _email),
    "name": ("name", _name),
    "state": ("state", _state),
    "time_zone": ("time_zone", _time_zone),
    "send_at": ("send_at", _send_at),
    "weekdays": ("weekdays", _weekdays),
    "papers": ("papers", _papers),
    "dial": ("dial", _dial),
}


def read_list(
    column: str, cell: object, lists: dict[str, tuple[str, ...]], values: dict[str, Any]
) -> None:
    """Put what *cell* lists into *lists*, or where it holds whole interests, into *values*."""
    if (
        column == "interests"
        and isinstance(cell, list)
        and all(isinstance(one, dict) for one in cell)
    ):
        values["interests"] = tuple(map(_interest, cell))
        return
    names = _names(column, cell)
    if column == "interests":
        for field_name, found in _sorted_out(names).items():
            lists[field_name] = (*lists.get(field_name, ()), *found)
        return
    found = tuple(_seed(text) if column == "seeds" else text for text, _ in names)
    lists[column] = tuple(dict.fromkeys((*lists.get(column, ()), *found)))


def _names(column: str, cell: object) -> Sequence[tuple[str, bool]]:
    """Return the names that *cell* lists, each with whether it is to be taken as it stands."""
    names: Sequence[tuple[str, bool]]
    if isinstance(cell, str):
        names = split(cell)
    elif isinstance(cell, list) and all(isinstance(text, str) for text in cell):
        names = [(stripped, False) for text in cell if (stripped := " ".join(text.split()))]
    else:
        raise InputRefused(f"{column}: it is no list of names")
    if len(names) > MOST_NAMES:
        raise InputRefused(f"{column}: it names more than {MOST_NAMES}")
    for text, _ in names:
        if len(text) > MAX_LENGTH or not text.isprintable():
            raise InputRefused(
                f"{column}: a name has to be printable, of 1 to {MAX_LENGTH} letters"
            )
    return names


def _sorted_out(names: Sequence[tuple[str, bool]]) -> dict[str, tuple[str, ...]]:
    """Return what people want to read as phrases, categories and seeds."""
    kinds: dict[str, dict[str, str]] = {"phrases": {}, "categories": {}, "seeds": {}}
    for text, verbatim in names:
        kind, name = ("phrases", text) if verbatim else _kind(text)
        kinds[kind].setdefault(name.casefold(), name)
    return {kind: tuple(found.values()) for kind, found in kinds.items() if found}


def _kind(text: str) -> tuple[str, str]:
    if _WORDS.fullmatch(text):
        return "phrases", text
    return _looked_at(text)


# No category and no id is without a digit, a dot or a hyphen.
_WORDS = re.compile(r"[^0-9.\-]*")


@lru_cache(maxsize=65_536)
def _looked_at(text: str) -> tuple[str, str]:
    wish = read_interest([text])
    if wish.categories:
        return "categories", wish.categories[0]
    if wish.seeds:
        return "seeds", wish.seeds[0]
    # In JSON a phrase may have a comma in it.
    return "phrases", text


def _seed(text: str) -> str:
    return bare_arxiv_id(text) or text


def _interest(found: Mapping[str, Any]) -> Interest:
    if set(found) - {"name", *_KINDS}:
        raise InputRefused(f"interests: each has a name, {', '.join(_KINDS)}, and no more")
    try:
        return Interest(
            name=_name(found.get("name") or "main"),
            **{kind: _texts(found.get(kind) or ()) for kind in _KINDS},
        )
    except InterestInvalid:
        raise InputRefused(f"interests: {UNFIT}") from None


_KINDS = tuple(each.name for each in fields(Interest) if each.name != "name")


def _texts(found: Iterable[object]) -> tuple[str, ...]:
    texts = tuple(found) if isinstance(found, list | tuple) else (None,)
    if len(texts) > MOST_NAMES or not all(isinstance(text, str) for text in texts):
        raise InputRefused(f"interests: each is a list of at most {MOST_NAMES} names")
    return tuple(str(text) for text in texts)
