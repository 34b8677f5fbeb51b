"""Words as a mail prints them: harmless, counted, joined, shortened and wrapped."""

import re
import unicodedata
from collections.abc import Sequence

WIDTH = 76
"""Columns a line of a text part may have."""


def plain(text: str) -> str:
    """Return *text* as one line without anything that could act: no control, no override.

    White space of every kind is one space. What steers direction is dropped, joiners that
    spelling and emoji need are kept.
    """
    if not text.isprintable():
        text = "".join(_harmless(letter) for letter in text)
    return " ".join(text.split())


def _harmless(letter: str) -> str:
    if letter.isprintable() or letter in _JOINERS:
        return letter
    if letter.isspace():
        return " "
    unassigned = unicodedata.category(letter) == "Cn" and not _noncharacter(ord(letter))
    return letter if unassigned else ""


def _noncharacter(point: int) -> bool:
    return point & 0xFFFE == _LAST_OF_PLANE or point in _NONCHARACTERS


_LAST_OF_PLANE = 0xFFFE  # and the one after it, of every plane
_NONCHARACTERS = range(0xFDD0, 0xFDF0)
_JOINERS = "\u200c\u200d"


def counted(count: int, one: str, many: str = "") -> str:
    """Return "1 paper" or "2,345 papers"."""
    return f"{count:,} {one if count == 1 else many or f'{one}s'}"


def spelled(count: int) -> str:
    """Return *count* as a word up to ten, in digits above."""
    return _NUMBERS[count] if 0 <= count < len(_NUMBERS) else f"{count:,}"


_NUMBERS = ("none", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


def series(words: Sequence[str]) -> str:
    """Return "a", "a and b" or "a, b and c"."""
    if len(words) < 2:  # noqa: PLR2004 - a list needs two
        return "".join(words)
    return f"{', '.join(words[:-1])} and {words[-1]}"


def capitalised(sentence: str) -> str:
    """Return *sentence* with its first letter large and the others as they are."""
    return sentence[:1].upper() + sentence[1:]


def shortened(text: str, limit: int) -> str:
    """Return *text*, or as many whole words of it as *limit* characters hold, and "…".

    Words that cannot end a phrase are not left at its end.
    """
    if len(text) <= limit:
        return text
    head = text[:limit]
    cut = head.rfind(" ")
    if cut < limit // 2:
        return _without_halves(text[: limit - 1]) + "…"
    words = head[:cut].split(" ")
    while len(words) > 1 and _DANGLING.fullmatch(words[-1]):
        words.pop()
    return " ".join(words).rstrip(" ,;:.-–—(&") + "…"


def _without_halves(text: str) -> str:
    """Drop a last letter that a cut may have robbed of its accents or joined part."""
    while text and (unicodedata.combining(text[-1]) or text[-1] in _JOINERS):
        text = text[:-1]
    return text


_DANGLING = re.compile(
    r"\(?(?:an?|and|are|as|at|by|for|from|in|into|is|its|of|on|or|over|than|that|the|their|to|"
    r"under|using|via|vs\.?|we|when|where|which|while|with|without|&|-)",
    re.IGNORECASE,
)


def wrapped(text: str, *, indent: str = "", first: str | None = None, width: int = WIDTH) -> str:
    """Return *text* in lines of at most *width* columns; only an address may stand out.

    Every line starts with *indent*, the first with *first* if given. Words are kept whole
    unless one alone is wider than a line.
    """
    start = indent if first is None else first
    lines = []
    rest = text.strip()
    while True:
        line, rest = _line(rest, width - len(start))
        lines.append(start + line)
        if not rest:
            return "\n".join(lines)
        start = indent


def _line(text: str, room: int) -> tuple[str, str]:
    """Return what of *text* fits into *room* columns, in whole words, and what is left."""
    if len(text) <= room and not _may_be_wide(text):
        return text, ""
    most = _prefix(text, room)
    if most == len(text):
        return text, ""
    cut = text.rfind(" ", 0, most + 1)
    if cut < 0:
        cut = _end_of_word(text) if _ADDRESS.match(text) else most
    return text[:cut].rstrip(), text[cut:].lstrip()


def _prefix(text: str, room: int) -> int:
    """Return how many letters of *text* fit into *room* columns; one always does."""
    if not _may_be_wide(text[:room]):
        return min(room, len(text))
    used = 0
    for place, letter in enumerate(text):
        used += 2 if unicodedata.east_asian_width(letter) in "WF" else 1
        if used > room:
            return max(place, 1)
    return len(text)


def _may_be_wide(text: str) -> bool:
    return _WIDE.search(text) is not None


# Every block that has letters of two columns.
_WIDE = re.compile(
    "[\u1100-\u11ff\u231a-\u23ff\u25fd-\u27bf\u2b1b-\u2b55\u2e80-\ua97f\uac00-\ud7a3\uf900-\ufaff"
    "\ufe10-\ufe6f\uff00-\uffef\U00016fe0-\U0001b2ff\U0001d300-\U0001d37f\U0001f000-\U0003ffff]"
)


def _end_of_word(text: str) -> int:
    end = text.find(" ")
    return len(text) if end < 0 else end


_ADDRESS = re.compile(r"<?(?:https?://|mailto:)")
