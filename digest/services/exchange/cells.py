"""The cells of a table of subscribers: formulas made harmless, lists in one cell, and back."""

import re
from collections.abc import Iterable
from functools import lru_cache

from digest.services.wishes import read_interest


def neutral(text: str) -> str:
    """Return *text* so that no spreadsheet runs it: what begins a formula gets a ' before it."""
    return f"'{text}" if _FORMULA.match(text) else text


def literal(cell: str) -> str:
    """Return the text that `neutral` made *cell* of."""
    return cell[1:] if cell[:1] == "'" and _FORMULA.match(cell) else cell


# With the apostrophes before it, so that one more or one less always tells what it was.
_FORMULA = re.compile(r"'*[=+\-@\t\r\n＝＋－＠]")  # noqa: RUF001 - spreadsheets take wide signs, too


def joined(texts: Iterable[str]) -> str:
    """Return *texts* as one cell, "a; b; c"; what could be taken for something else in quotes."""
    return "; ".join(_quoted(neutral(text)) for text in texts)


@lru_cache(maxsize=4096)
def split(cell: str) -> tuple[tuple[str, bool], ...]:
    """Return what the list in *cell* names, each with whether it stands in quotes.

    A comma, a semicolon or a line's end ends a name; inside of quotes it is part of it.
    """
    found = []
    for match in _NAME.finditer(cell):
        quoted, bare = match.groups()
        text = bare if quoted is None else quoted.replace('""', '"')
        if text := " ".join(literal(text.strip()).split()):
            found.append((text, quoted is not None))
    return tuple(found)


_NAME = re.compile(r'[ \t]*(?:"((?:[^"]|"")*)"|([^,;\r\n]+))')


def _quoted(text: str) -> str:
    plain = not _SEPARATOR.search(text) and read_interest([text]).phrases == (text,)
    return text if plain else '"' + text.replace('"', '""') + '"'


_SEPARATOR = re.compile(r'[,;"\r\n]')
