"""What people type when they say what they want to read, made into an interest."""

import re
from collections.abc import Iterable, Iterator

from digest.models.interests import MAX_LENGTH, Interest
from digest.models.papers import bare_arxiv_id

MOST_WISHES = 40
"""Phrases, categories and papers one interest takes from a form, together."""


def read_interest(texts: Iterable[str]) -> Interest:
    """Return the interest that *texts* speak of: a comma or a line's end ends a wish.

    An arXiv id or link is a seed, "cs.CL" a category, the rest are phrases. What is too long
    or cannot be printed is left out, and so is what goes beyond MOST_WISHES.
    """
    phrases: dict[str, str] = {}
    categories: dict[str, None] = {}
    seeds: dict[str, None] = {}
    for wish in wishes(texts):
        if len(phrases) + len(categories) + len(seeds) >= MOST_WISHES:
            break
        if seed := bare_arxiv_id(wish):
            seeds[seed] = None
        elif is_category(wish):
            categories[wish] = None
        else:
            phrases.setdefault(wish.casefold(), wish)
    return Interest(
        phrases=tuple(phrases.values()), categories=tuple(categories), seeds=tuple(seeds)
    )


def wishes(texts: Iterable[str]) -> list[str]:
    """Return each wish in *texts* that can be kept, its white space made single."""
    return [part for part in _parts(texts) if part.isprintable() and 0 < len(part) <= MAX_LENGTH]


def too_long(texts: Iterable[str]) -> str:
    """Return the first wish in *texts* that is longer than any can be kept, "" if none is."""
    return next((part for part in _parts(texts) if len(part) > MAX_LENGTH), "")


def is_category(text: str) -> bool:
    """Return whether *text* is a category of arXiv, as cs.CL or hep-th."""
    return _CATEGORY.fullmatch(text) is not None


def _parts(texts: Iterable[str]) -> Iterator[str]:
    return (" ".join(part.split()) for text in texts for part in _SEPARATORS.split(text))


_SEPARATORS = re.compile(r"[,;\n\r\v\f\x85\u2028\u2029]")
# With the dot that no phrase has: "cs" alone may be a word.
_CATEGORY = re.compile(
    r"(?:cs|econ|eess|math|stat|astro-ph|cond-mat|physics|nlin|q-bio|q-fin)\.[A-Za-z]{2}(?:-[a-z]+)?"
    r"|(?:gr-qc|hep-(?:ex|lat|ph|th)|math-ph|nucl-(?:ex|th)|quant-ph)",
    re.ASCII,
)
