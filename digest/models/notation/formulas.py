"""A formula in one line of Unicode."""

import re
import unicodedata
from collections.abc import Mapping

from digest.models.notation.source import DEEPEST, Source
from digest.models.notation.symbols import (
    DELIMITER_SIZES,
    ESCAPED,
    MATH_ACCENTS,
    OPERATORS,
    SPACES,
    STYLES,
    SUBSCRIPTS,
    SUPERSCRIPTS,
    SWITCHES,
    double_struck,
    symbols,
)


class FormulaUnreadable(Exception):
    """There is something in the formula that we do not know."""


def formula(source: Source, start: int, end: int, depth: int = 0) -> str:
    """Return the formula in *source* from *start* to *end*, its own spaces kept.

    Raise FormulaUnreadable for an unknown macro, a stray brace or too deep a nesting.
    """
    if depth > DEEPEST:
        raise FormulaUnreadable
    pieces: list[str] = []
    at = start
    while at < end:
        piece, at = _item(source, at, end, depth)
        pieces.append(piece)
    return "".join(pieces)


def _item(source: Source, at: int, end: int, depth: int) -> tuple[str, int]:
    """Return one character, group, macro or script at *at*, and where it ends."""
    character = source.text[at]
    if character == "\\":
        return _macro(source, at, end, depth)
    if character == "{":
        close = source.closing(at, end)
        if close is None:
            raise FormulaUnreadable
        return formula(source, at + 1, close, depth + 1), close + 1
    if character in "^_":
        return _script(source, at, end, depth)
    if character == "}":
        raise FormulaUnreadable
    if character == "~":
        return " ", at + 1
    plain = _PLAIN.match(source.text, at, end)
    return (plain[0], plain.end()) if plain else (character, at + 1)


_PLAIN = re.compile(r"[^\\{}^_~]+")


def _argument(source: Source, at: int, end: int, depth: int) -> tuple[str, int]:
    """Return the argument that begins at *at*: a group, a macro or one character."""
    while at < end and source.text[at] == " ":
        at += 1
    if at >= end or depth > DEEPEST or source.text[at] in "^_}[":
        raise FormulaUnreadable
    if source.text[at] in "\\{":
        return _item(source, at, end, depth + 1)
    return source.text[at], at + 1


def _script(source: Source, at: int, end: int, depth: int) -> tuple[str, int]:
    """Return what is raised or lowered at *at*, in small characters where there are any."""
    mark = source.text[at]
    content, after = _argument(source, at + 1, end, depth)
    content = content.strip()
    if script := _small(content, SUPERSCRIPTS if mark == "^" else SUBSCRIPTS):
        return script, after
    if mark == "^" and content in _RAISED:
        return _RAISED[content], after
    touches = source.text[after : min(after + 1, end)].isalnum()
    if _WORD.fullmatch(content) and not touches:
        return f"{mark}{content}", after
    return f"{mark}({content})", after


def _small(content: str, table: Mapping[int, int]) -> str:
    """Return *content* in the characters of *table*, or nothing where they would not do."""
    # Words in small letters are hard to read, and copied text is no longer found.
    letters = sum(character.isalpha() for character in content)
    fits = letters <= _SMALL_LETTERS and all(ord(character) in table for character in content)
    return content.translate(table) if fits else ""


_SMALL_LETTERS = 2
_WORD = re.compile(r"[-+]?\w+|.")
_RAISED = {"∘": "°"} | {raised: raised for raised in ("\u2032", "*", "†", "th", "st", "nd", "rd")}


def _macro(source: Source, at: int, end: int, depth: int) -> tuple[str, int]:
    name = source.macro(at, end)
    if not name:
        return _sign(source.text[at + 1 : min(at + 2, end)]), at + 2
    after = at + 1 + len(name)
    if name in SWITCHES or name in DELIMITER_SIZES or name in ("limits", "nolimits"):
        return "", after + (name in DELIMITER_SIZES and source.text.startswith(".", after))
    if name in OPERATORS:
        return source.spaced(name, at, after, end), after
    if name in ("frac", "dfrac", "tfrac", "nicefrac"):
        return _fraction(source, at, after, end, depth)
    if name in STYLES or name in MATH_ACCENTS or name in ("mathbb", "sqrt"):
        content, after = _argument(source, after, end, depth)
        return _dressed(name, content), after
    character = SPACES.get(name) or symbols().get(name)
    if character is None:
        raise FormulaUnreadable
    return character, after + 2 * source.text.startswith("{}", after)


def _dressed(name: str, content: str) -> str:
    """Return *content*, the argument of macro *name*, as that shows it."""
    if name == "mathbb":
        return double_struck(content)
    if name == "sqrt":
        return f"√{_enclosed(content)}"
    if name in MATH_ACCENTS and len(content) == 1:
        return unicodedata.normalize("NFC", content + MATH_ACCENTS[name])
    return content


def _sign(character: str) -> str:
    r"""Return what `\` and one *character* that is no letter mean in a formula."""
    if character in SPACES and character:
        return SPACES[character]
    if character in ESCAPED and character:
        return character
    if character == "|":
        return "‖"
    raise FormulaUnreadable


def _fraction(source: Source, at: int, after: int, end: int, depth: int) -> tuple[str, int]:
    above, after = _argument(source, after, end, depth)
    below, after = _argument(source, after, end, depth)
    apart = " " if source.text[at - 1 : at].isalnum() else ""
    return f"{apart}{_enclosed(above)}/{_enclosed(below)}", after


def _enclosed(content: str) -> str:
    """Return *content* in parentheses unless it is one word or number."""
    content = content.strip()
    return content if _TERM.fullmatch(content) else f"({content})"


_TERM = re.compile(r"[\w.]+")
