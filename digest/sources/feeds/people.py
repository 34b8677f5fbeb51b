"""The authors of a feed's item, who may be a list, one string, or both."""

import re
from collections.abc import Iterable, Iterator

from digest.sources.feeds.text import plain


def people(creators: Iterable[str]) -> tuple[str, ...]:
    """Return each person in *creators* once, given names first, in order.

    "Surname, I., Surname, I." is how bioRxiv writes people, "Surname, Given" how Dublin
    Core does; others write "Given Surname, Given Surname and Given Surname".
    """
    told = [
        " ".join(_AFFILIATION.sub(" ", plain(creator)).split()).strip(" ,;") for creator in creators
    ]
    return tuple(dict.fromkeys(name for text in told for name in _each(text) if _is_name(name)))


def _each(text: str) -> Iterator[str]:
    parts = _BETWEEN_LISTS.split(text)
    if len(parts) > 1 or _SURNAME_FIRST.fullmatch(text):
        for part in parts:
            yield from [_given_first(part)] if _SURNAME_FIRST.fullmatch(part) else _listed(part)
    else:
        yield from _listed(text)


def _given_first(name: str) -> str:
    surname, _, given = name.partition(",")
    return f"{given.strip()} {surname}"


def _listed(text: str) -> list[str]:
    """Return who stands between the commas of *text*, initials with whom they follow."""
    names: list[str] = []
    had_initials = True
    for part in filter(None, map(str.strip, text.split(","))):
        if not had_initials and _INITIALS.fullmatch(part):
            names[-1], had_initials = f"{part} {names[-1]}", True
        elif names and _SUFFIX.fullmatch(part):
            names[-1] += f" {part}"
        else:
            names.append(part)
            had_initials = False
    return names


def _is_name(text: str) -> bool:
    return any(letter.isalpha() for letter in text) and not _OTHERS.fullmatch(text)


_AFFILIATION = re.compile(r"\([^()]*\)")
_BETWEEN_LISTS = re.compile(r"\s*;\s*|,?\s+(?:and|&)\s+")
_INITIALS = re.compile(r"(?:[^\W\d_]\.[ -]?)+|[A-Z]{1,2}|[A-Z] [A-Z]")
_SUFFIX = re.compile(r"(?:jr|sr|ii|iii|iv)\.?", re.IGNORECASE)
_OTHERS = re.compile(r"(?:and )?(?:et al|others)\.?", re.IGNORECASE)
# Two people of one name each would look the same, and are rarer.
_SURNAME_FIRST = re.compile(r"[^\s,]+,\s*[^\s,]+(?:\s[^\s,]+)*")
