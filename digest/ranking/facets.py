"""What a paper is besides its words: whose it is, where it comes from, what it is filed under."""

import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple


class Name(NamedTuple):
    """A person's name, folded: *given* names or initials, and the *family* name."""

    given: tuple[str, ...]
    family: str


@lru_cache(maxsize=1 << 15)
def name(text: str) -> Name:
    """Return the name printed as *text*, as "First Last" or "Last, First"."""
    family, comma, given = text.partition(",")
    words = _folded(f"{given} {family}" if comma else text)
    return Name(words[:-1], words[-1]) if words else Name((), "")


def same_person(wanted: Name, printed: Name) -> bool:
    """Return whether *printed* may be the person that a reader typed as *wanted*.

    Accents, initials and left-out middle names are no difference. A family name alone is
    enough only where that is all that was typed.
    """
    if wanted.family != printed.family or not wanted.family:
        return False
    if not wanted.given:
        return True
    if not printed.given:
        return False
    if "".join(wanted.given) == "".join(printed.given):
        return True
    short, full = sorted((wanted.given, printed.given), key=len)
    if not _may_be(short[0], full[0]):
        return False
    rest = iter(full[1:])
    return all(any(_may_be(one, other) for other in rest) for one in short[1:])


def _may_be(one: str, other: str) -> bool:
    """Return whether two given names are equal, or one is the initial of the other."""
    return one == other or (min(len(one), len(other)) == 1 and one[0] == other[0])


def same_category(wanted: str, printed: str) -> bool:
    """Return whether *printed* is the category *wanted*, or one of that archive.

    "cs.CL" is a page's bare "CL", and the reverse; "cs" alone is every "cs.…".
    """
    one, other = wanted.strip().casefold(), printed.strip().casefold()
    if one == other or other.startswith(f"{one}."):
        return True
    if "." in one and "." in other:
        return False
    return one.rpartition(".")[2] == other.rpartition(".")[2]


@lru_cache(maxsize=1 << 15)
def organisation(text: str) -> tuple[str, ...]:
    """Return the words of an organisation's name, folded: "allen-ai" is ("allen", "ai")."""
    return _folded(text)


def same_organisation(wanted: tuple[str, ...], printed: tuple[str, ...]) -> bool:
    """Return whether the words *wanted* stand, whole and together, in the name *printed*."""
    if not wanted:
        return False
    if "".join(wanted) == "".join(printed):
        return True
    span = len(wanted)
    return any(printed[at : at + span] == wanted for at in range(len(printed) - span + 1))


def _folded(text: str) -> tuple[str, ...]:
    bare = unicodedata.normalize("NFKD", text.casefold().translate(_LETTERS))
    kept = "".join(letter for letter in bare if not unicodedata.combining(letter))
    return tuple(_WORD.findall(kept))


_WORD = re.compile(r"[^\W_]+")
# Letters that have no decomposition, and are printed both ways on listings.
_LETTERS = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "\u0131": "i", "æ": "ae", "œ": "oe"})
