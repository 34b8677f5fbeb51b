"""Files of subscribers, read row by row: however many there are, few are in memory."""

import csv
import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

from digest.errors import InputRefused
from digest.services.exchange.cells import literal
from digest.services.exchange.rows import Row
from digest.services.exchange.values import COLUMNS, KNOWN

LONGEST_ROW = 1 << 17
"""Letters of one row of CSV or one object of JSON, at most."""


def read_csv(lines: Iterable[str]) -> Iterator[Row]:
    """Yield the rows of a table with a header; raise InputRefused where it has not the columns.

    Commas, semicolons or tabs part the cells, whichever the header uses. A row that cannot
    be read is one with a *problem*, and reading goes on after it.
    """
    counted = _Counted(lines)
    header = next((line for line in counted if line.strip()), None)
    if header is None:
        raise InputRefused("The file is empty; its first line has to name the columns.")
    if "\0" in header:
        raise InputRefused("The file is not UTF-8 text; save it as CSV UTF-8.")
    mark = max(",;\t", key=header.count)
    columns = _columns(next(csv.reader([header], delimiter=mark)))
    table = csv.reader(counted, delimiter=mark, strict=True)
    while True:
        line = counted.line + 1
        try:
            cells = next(table)
        except StopIteration:
            return
        except csv.Error:
            yield Row(line=line, problem=_unreadable(line, counted.line))
            continue
        if not any(cells):
            continue
        if len(cells) > len(columns) and any(cells[len(columns) :]):
            yield Row(line=line, problem=f"it has {len(cells)} cells, the header {len(columns)}")
            continue
        yield Row(line=line, cells=dict(zip(columns, map(literal, cells), strict=False)))


def _columns(names: list[str]) -> list[str]:
    columns = [name.strip().lower().replace(" ", "_") for name in names]
    if unknown := _unknown(columns):
        raise InputRefused(unknown)
    if len(set(columns)) < len(columns):
        raise InputRefused("Two columns have the same name; name each once.")
    if "email" not in columns:
        raise InputRefused(f"The file has no column `email`; the columns are {_named()}.")
    return columns


def _unknown(names: Iterable[str]) -> str:
    """Return a sentence on the first of *names* that we do not know, "" where we know all."""
    name = next((name for name in names if name not in KNOWN), None)
    if name is None:
        return ""
    return f"We know no column {name[:40]!a}; the columns are {_named()}."


def _named() -> str:
    return ", ".join(COLUMNS)


def _unreadable(first: int, last: int) -> str:
    if last <= first:
        return "its quotes cannot be read"
    return f"a quote opens here and does not close; what follows is left out, to line {last:,}"


class _Counted(Iterator[str]):
    """Lines, and how many there were."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._lines = iter(lines)
        self.line = 0

    def __next__(self) -> str:
        line = next(self._lines)
        self.line += 1
        return line


def read_json(pieces: Iterable[str]) -> Iterator[Row]:
    """Yield the objects of JSON lines, of a list, or of {"subscribers": […]}.

    Raise InputRefused where the text is none of these. *line* of a row is where it begins.
    """
    text = _Pieces(pieces)
    text.skip(_SPACE)
    listed = text.skip(_OPENING)
    if not listed and not text.starts("{"):
        raise InputRefused(
            'The file has no subscribers as JSON: write an object a line, or {"subscribers": […]}.'
        )
    while True:
        text.skip(_BETWEEN)
        if not text.starts("{"):
            break
        line = text.line
        found = text.decode()
        unknown = _unknown(found)
        yield Row(line=line, problem=unknown) if unknown else Row(line=line, cells=found)
    if listed and not text.skip(_CLOSING):
        raise text.unreadable
    if not text.ended:
        raise text.unreadable


_SPACE = re.compile(r"\s+")
_BETWEEN = re.compile(r"[\s,]+")
_OPENING = re.compile(r'(?:\{\s*"subscribers"\s*:\s*)?\[')
_CLOSING = re.compile(r"\][\s}]*")


class _Pieces:
    """Text that comes in pieces, and where we are in it."""

    # The decoder of the library wants an object whole, and says how far it read.
    _decoder = json.JSONDecoder()

    def __init__(self, pieces: Iterable[str]) -> None:
        self._pieces = iter(pieces)
        self._text = ""
        self._at = 0
        self.line = 1

    @property
    def ended(self) -> bool:
        """Whether nothing comes next."""
        self._fill()
        return self._at == len(self._text)

    @property
    def unreadable(self) -> InputRefused:
        """The error that says where we are."""
        return InputRefused(f"Line {self.line:,} is not JSON; nothing from there on is read.")

    def starts(self, letter: str) -> bool:
        """Return whether *letter* comes next."""
        self._fill()
        return self._text.startswith(letter, self._at)

    def skip(self, pattern: re.Pattern[str]) -> bool:
        """Go on past what fits *pattern*; return whether anything did."""
        self._fill()
        match = pattern.match(self._text, self._at)
        if match is not None:
            self._go_to(match.end())
        return match is not None

    def decode(self) -> dict[str, Any]:
        """Return the object that comes next, and go on past it."""
        self._fill()
        try:
            found, end = self._decoder.raw_decode(self._text, self._at)
        except (ValueError, RecursionError):
            raise self.unreadable from None
        self._go_to(end)
        return dict(found)

    def _go_to(self, place: int) -> None:
        self.line += self._text.count("\n", self._at, place)
        self._at = place

    def _fill(self) -> None:
        """Have all of the longest row before us, if so much is left."""
        if len(self._text) - self._at >= LONGEST_ROW:
            return
        parts = [self._text[self._at :]]
        missing = 2 * LONGEST_ROW - len(parts[0])
        while missing > 0 and (piece := next(self._pieces, "")):
            parts.append(piece)
            missing -= len(piece)
        self._text, self._at = "".join(parts), 0
