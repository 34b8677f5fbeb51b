"""What readers asked for beyond single terms, and which papers of a pool answer it."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from digest.models.interests import Interest
from digest.models.issues import Signal
from digest.models.papers import Paper
from digest.ranking.facets import (
    name,
    organisation,
    same_category,
    same_organisation,
    same_person,
)
from digest.ranking.pool import KEYWORD_SHARE, Pool, Rows
from digest.ranking.text import Phrase, phrase, quoted

PHRASE_ANSWERS = 2
"""Columns that a longer phrase has: one for each linear term of the score."""


def wants_something(interest: Interest) -> bool:
    """Return whether *interest* says what to look for, not only what to leave out."""
    return bool(
        interest.phrases
        or interest.categories
        or interest.authors
        or interest.organisations
        or interest.seeds
    )


class Answer(NamedTuple):
    """The *rows* of a pool, ascending, that answer what *text* asks, and how much each does.

    *sequence* has the words of a longer phrase.
    """

    signal: Signal
    text: str
    rows: Rows
    values: npt.NDArray[np.float64]
    sequence: tuple[int, ...] = ()

    def subject(self, paper: Paper) -> str:
        """Return what answers in *paper*, in the paper's own letters."""
        if self.signal is Signal.TERM:
            return quoted(self.sequence, paper) or self.text
        printed, answering = _FACETS[self.signal](paper), _test(self.signal, self.text)
        return next(filter(answering, printed), self.text)


def answers(
    interests: Sequence[Interest], phrases: Mapping[int, tuple[Phrase, float]], pool: Pool
) -> tuple[Answer, ...]:
    """Return what *pool* answers to *phrases*, two columns each, and then to everything else."""
    found = [answer for said, rarity in phrases.values() for answer in _said(said, rarity, pool)]
    for signal, asked in FACETS.items():
        wanted = dict.fromkeys(text for one in interests for text in asked(one))
        found += [_facet(signal, text, pool) for text in wanted]
    return tuple(found)


def _said(said: Phrase, rarity: float, pool: Pool) -> tuple[Answer, Answer]:
    """Return how much each paper says a longer phrase: as in its vectors, term for term."""
    rows, counts = pool.text.find(said.sequence)
    likeness = (1 + np.log(counts)) * rarity / pool.norms[rows]
    keyword = KEYWORD_SHARE * pool.archive.lexicon.saturated(counts, pool.lengths[rows])
    return (
        Answer(Signal.TERM, said.text, rows, likeness.astype(np.float64), said.sequence),
        Answer(Signal.TERM, said.text, rows, keyword.astype(np.float64), said.sequence),
    )


def _facet(signal: Signal, text: str, pool: Pool) -> Answer:
    if signal is Signal.AUTHOR:
        rows = written_by(text, pool)
    else:
        answering = _test(signal, text)
        rows = [
            row
            for row, paper in enumerate(pool.papers)
            if any(map(answering, _FACETS[signal](paper)))
        ]
    return Answer(signal, text, np.array(rows, dtype=np.intp), np.ones(len(rows)))


def written_by(author: str, pool: Pool) -> list[int]:
    """Return the rows, ascending, that *author* wrote."""
    who = name(author)
    entries = pool.authors.get(who.family, ())
    return sorted({row for row, printed in entries if same_person(who, printed)})


def excluded(text: str, pool: Pool) -> Rows:
    """Return the rows that the exclusion *text* rules out: whatever it can mean, it means.

    A phrase counts whole words in their order, a category and an author as in an interest.
    """
    said = pool.text.find(phrase(text).sequence)[0]
    filed = _facet(Signal.CATEGORY, text, pool).rows
    return np.unique(np.concatenate((said, filed, np.array(written_by(text, pool), np.intp))))


def _test(signal: Signal, text: str) -> Callable[[str], bool]:
    if signal is Signal.CATEGORY:
        return lambda printed: same_category(text, printed)
    if signal is Signal.AUTHOR:
        who = name(text)
        return lambda printed: same_person(who, name(printed))
    words = organisation(text)
    return lambda printed: same_organisation(words, organisation(printed))


FACETS: Mapping[Signal, Callable[[Interest], Iterable[str]]] = {
    Signal.CATEGORY: lambda interest: interest.categories,
    Signal.AUTHOR: lambda interest: interest.authors,
    Signal.ORGANISATION: lambda interest: interest.organisations,
}
"""What an interest asks beyond its words."""

_FACETS: Mapping[Signal, Callable[[Paper], Iterable[str]]] = {
    Signal.CATEGORY: lambda paper: paper.categories,
    Signal.AUTHOR: lambda paper: paper.authors,
    Signal.ORGANISATION: lambda paper: paper.institutions,
}
