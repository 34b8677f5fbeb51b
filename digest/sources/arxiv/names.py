r"""Author strings as arXiv keeps them: "A. Öst, B. M\'endez and C. Li (Moss Institute)"."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import cache, lru_cache

from pylatexenc.latex2text import LatexNodes2Text


def people(words: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the names and the affiliations that an author string gives, each once, in order.

    Names are separated by commas, semicolons, a colon after a collaboration, and "and";
    what stands in brackets is where somebody works, or a number that says so below.
    """
    names: list[str] = []
    places: list[str] = []
    for part, is_bracket in _parts(_FOOTNOTE.sub("", " ".join(words.split()))):
        if is_bracket:
            places += _numbered(part)
        else:
            for name in _names(part):
                if names and _SUFFIX.fullmatch(name):
                    names[-1] += f" {name}"
                else:
                    names.append(name)
    return tuple(dict.fromkeys(names)), affiliations(places)


@lru_cache(maxsize=4096)
def readable_name(words: str) -> str:
    r"""Return a name with its TeX as Unicode: "Garc\'\i a" is García, "J.~Doe" is J. Doe.

    Not `readable` of the notation: in a name every macro is an accent or a letter, and
    the space behind one ends it.
    """
    words = unicodedata.normalize("NFC", " ".join(words.split()))
    if not _TEX.search(words) or words.count("{") > _DEEPEST or len(words) > _LONGEST:
        return words
    # Neither begins a comment here, nor a cell of a table.
    literal = _LITERAL.sub(r"\\\g<0>", words)
    return " ".join(_reader().latex_to_text(literal).split()) or words


def full_name(forenames: str, family: str, suffix: str = "") -> str:
    """Return a name in the order in which it is said."""
    return readable_name(f"{forenames} {family} {suffix}")


def is_name(words: str) -> bool:
    """Return whether there is a letter in *words*."""
    return any(letter.isalpha() for letter in words)


def affiliations(places: Iterable[str]) -> tuple[str, ...]:
    """Return where somebody works, each place once and readable: no marks, no "on behalf of"."""
    readable = map(readable_name, places)
    return tuple(
        dict.fromkeys(place for place in readable if place and not _NO_PLACE.fullmatch(place))
    )


@cache
def _reader() -> LatexNodes2Text:
    return LatexNodes2Text(math_mode="verbatim", strict_latex_spaces=True)


_TEX = re.compile(r"[\\{}~]")
_LITERAL = re.compile(r"(?<!\\)[%&]")
# The reader descends into each brace, and is slow; names have one or two, in a few words.
_DEEPEST, _LONGEST = 20, 500


def _parts(words: str) -> Iterator[tuple[str, bool]]:
    """Yield what stands outside and inside of brackets, the inner ones left where they are."""
    depth = start = 0
    for match in _BRACKET.finditer(words):
        opens = match[0] == "("
        if depth == 0 or (depth == 1 and not opens):
            yield words[start : match.start()], depth > 0
            start = match.end()
        depth = depth + 1 if opens else max(0, depth - 1)
    yield words[start:], depth > 0


def _names(words: str) -> Iterator[str]:
    for part in _BETWEEN_NAMES.split(words):
        name = readable_name(_OTHERS.sub("", part))
        if is_name(name):
            yield name


def _numbered(words: str) -> list[str]:
    """Return the parts of a bracket that numbers in brackets set apart, or the one it is."""
    return [part.strip(" ,;.") for part in _NUMBER.split(words)]


_FOOTNOTE = re.compile(r"\$\s*\^[^$]{1,20}\$")
_BRACKET = re.compile(r"(?<!\\)[()]")
_BETWEEN_NAMES = re.compile(r"\s*[,;]\s*(?:and\s+)?|\s*:\s+|(?:^|\s+)(?:and|\\?&)\s+")
_SUFFIX = re.compile(r"(?:jr|sr|ii|iii|iv)\.?", re.IGNORECASE)
_OTHERS = re.compile(r"(?:^|\s)(?:et ?al\.?|others)\s*$", re.IGNORECASE)
_NUMBER = re.compile(r"[,;]?\s*(?:and\s+)?\(\s*\w{1,2}\s*\)")
_NO_PLACE = re.compile(
    r"(?:\W|_|\d|\band\b|\b[a-z]\b)+ | (?:on\ behalf\ of|for\ the)\b.*",
    re.IGNORECASE | re.VERBOSE,
)
