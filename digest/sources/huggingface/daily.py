"""The list of a day as the service sends it: a JSON array, one object a paper."""

import codecs
import json
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from functools import partial

from digest.errors import ListingUnreadable
from digest.models.papers import Entry, Listing, ListingKind, ListingWarning
from digest.sources.huggingface.rows import day_in, entry_of, row_of

SOURCE = "Hugging Face"
"""What listings of Daily Papers say they come from."""


def is_daily_json(content: bytes) -> bool:
    """Return whether *content* looks like JSON, and so is for `parse_daily` to read or refuse."""
    # UTF-16 and UTF-32 have zeros between the same letters.
    return _JSON.match(content[:_BEGINNING].replace(b"\0", b"")) is not None


_BEGINNING = 1000
_JSON = re.compile(rb"""(?:\xef\xbb\xbf|\xff\xfe|\xfe\xff)?\s*(?:\[\s*(?:[\]{"]|$)|\{\s*["}])""")


def parse_daily(content: bytes, *, day: date | None, seen_at: datetime | None) -> Listing:
    """Return the list of *day*; None takes the day that most of its rows name.

    Rows of another day, and rows without a paper, are left out with a warning, which counts
    rows. Raise ListingUnreadable for what is no such list.
    """
    return listing_of(rows_in(content, day=day), day=day, seen_at=seen_at)


def rows_in(content: bytes, *, day: date | None) -> list[object]:
    """Return the rows of the JSON array *content*; raise ListingUnreadable where it is none."""
    try:
        found = json.loads(_text(content, day))
    except (ValueError, RecursionError) as problem:
        # Brackets without end are a RecursionError.
        raise ListingUnreadable(
            f"{_the_list(day)} is {_foreign(content)}; get it again."
        ) from problem
    return checked_rows(found, day=day)


def _text(content: bytes, day: date | None) -> str:
    try:
        text = content.removeprefix(codecs.BOM_UTF8).decode()
    except UnicodeDecodeError as problem:
        raise ListingUnreadable(
            f"{_the_list(day)} is not in UTF-8; save it as it is sent."
        ) from problem
    if "\0" in text:
        raise ListingUnreadable(f"{_the_list(day)} is not in UTF-8; save it as it is sent.")
    return text


def _foreign(content: bytes) -> str:
    beginning = content.removeprefix(codecs.BOM_UTF8).lstrip()[:1]
    if not beginning:
        return "empty"
    return "a web page instead of JSON" if beginning == b"<" else "broken JSON, or a part of it"


def checked_rows(found: object, *, day: date | None) -> list[object]:
    """Return *found* where it is a list with papers, or an empty one; else ListingUnreadable."""
    if isinstance(found, dict):
        day = day or day_in(found.get("date"))
        _refuse_quoted(found.get("data"), day)
    if not isinstance(found, list):
        what = "a JSON object" if isinstance(found, dict) else "a single JSON value"
        raise ListingUnreadable(
            f"{_the_list(day)} is {what} instead of an array of papers; "
            "get it from /api/daily_papers."
        )
    _refuse_quoted(found, day)
    if found and not any(row_of(row, line) for line, row in enumerate(found, start=1)):
        raise ListingUnreadable(
            f"No row of {_the_list(day)} has a paper with an id and a title; "
            "look for a newer version of this program."
        )
    return found


def _refuse_quoted(rows: object, day: date | None) -> None:
    """Raise ListingUnreadable where all *rows* are strings, as in some archives of lists."""
    if isinstance(rows, list) and rows and all(isinstance(row, str) for row in rows):
        raise ListingUnreadable(
            f"The rows of {_the_list(day)} are quoted strings instead of objects; "
            "ask the service for that day again."
        )


def _the_list(day: date | None) -> str:
    return f"{SOURCE}'s list of {day}" if day else f"{SOURCE}'s list"


def whole_rows(content: bytes) -> list[object]:
    """Return the rows before the cut of *content*, an array that breaks off."""
    text = _text_before_cut(content.removeprefix(codecs.BOM_UTF8))
    decoder = json.JSONDecoder()
    rows: list[object] = []
    at = _BEFORE_ROW.match(text)
    while at:
        try:
            row, end = decoder.raw_decode(text, at.end() - 1)
        except (ValueError, RecursionError):
            break
        rows.append(row)
        at = _BETWEEN_ROWS.match(text, end)
    return rows


def _text_before_cut(content: bytes) -> str:
    """Return *content* up to where it is no UTF-8, or ends in half a character."""
    try:
        return codecs.utf_8_decode(content, "strict", False)[0]  # noqa: FBT003 - it has no names
    except UnicodeDecodeError as problem:
        return content[: problem.start].decode()


# Only objects: a number that breaks off is another number.
_BEFORE_ROW = re.compile(r"\s*\[\s*\{")
_BETWEEN_ROWS = re.compile(r"\s*,\s*\{")


def listing_of(found: Sequence[object], *, day: date | None, seen_at: datetime | None) -> Listing:
    """Return the rows *found* as the listing of *day*, each paper once; as `parse_daily`."""
    rows = [row_of(row, line) for line, row in enumerate(found, start=1)]
    day = day or _most_named(row.day for row in rows if row and row.day)
    warnings: list[ListingWarning] = []
    entries: dict[str, Entry] = {}
    strays: dict[date, list[int]] = {}
    for line, row in enumerate(rows, start=1):
        warn = partial(_warn, warnings, line)
        if row is None:
            warn("this row has no paper with an id and a title, and was left out")
        elif row.day and row.day != day:
            strays.setdefault(row.day, []).append(line)
        elif row.identity not in entries:
            entries[row.identity] = entry_of(row, warn=warn)
    for named, lines in strays.items():
        rows_of, were = (
            ("1 row of", "was") if len(lines) == 1 else (f"{len(lines)} rows of", "were")
        )
        _warn(warnings, lines[0], f"{rows_of} {named}, not of {day}, {were} left out")
    return Listing(
        kind=ListingKind.DAILY,
        source=SOURCE,
        day=day,
        entries=tuple(entries.values()),
        warnings=tuple(sorted(warnings, key=lambda warning: warning.line)),
        seen_at=seen_at,
    )


def _most_named(days: Iterable[date]) -> date | None:
    count = Counter(days)
    return max(count, key=lambda day: count[day], default=None)


def _warn(warnings: list[ListingWarning], line: int, message: str) -> None:
    warnings.append(ListingWarning(line=line, message=message))
