"""What readers asked for, as rows of one sparse matrix over a day's papers.

An interest becomes a vector in the papers' own space, cut to its heaviest terms, and one
column for everything else it asks: a longer phrase, a category, an author, an organisation.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from scipy import sparse

from digest.models.interests import Interest
from digest.models.issues import Signal
from digest.ranking.asked import FACETS, PHRASE_ANSWERS, Answer, answers
from digest.ranking.matrices import Matrix
from digest.ranking.pool import Pool
from digest.ranking.tastes import Terms
from digest.ranking.text import Bag

FACET_FIT = {Signal.AUTHOR: 0.5, Signal.ORGANISATION: 0.2, Signal.CATEGORY: 0.08}
"""What a match adds to the fit, of 1: an author one follows beats most texts, a category none."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Profiles:
    """Interests as rows, in the columns of a pool and those of the *answers* beyond them.

    *wants* is interests × columns, *features* columns × papers, *extras* papers × answers.
    """

    wants: Matrix
    features: Matrix
    extras: Matrix
    answers: tuple[Answer, ...]

    @classmethod
    def of(cls, interests: Sequence[Interest], pool: Pool, *, seeds: Mapping[str, Bag]) -> Self:
        """Return the profiles of *interests*.

        A seed, or a paper to be unlike, that *seeds* does not know says nothing.
        """
        terms = Terms.of(interests, pool.archive, seeds=seeds)
        found = answers(interests, terms.long, pool)
        extras = sparse.csr_array(
            (
                np.concatenate([one.values for one in found] or [np.empty(0)]),
                np.concatenate([one.rows for one in found] or [np.empty(0, dtype=np.intp)]),
                np.cumsum([0, *(len(one.rows) for one in found)]),
            ),
            shape=(len(found), len(pool.papers)),
        )
        return cls(
            wants=_wants(interests, terms, found, pool),
            features=sparse.vstack((pool.features, extras), format="csr"),
            extras=extras.T.tocsr(),
            answers=found,
        )


def _wants(
    interests: Sequence[Interest], terms: Terms, found: Sequence[Answer], pool: Pool
) -> Matrix:
    """Return interests × (the pool's columns, then one for each of *found*)."""
    width = pool.matrix.shape[1]
    half = width // 2
    here = np.full(len(terms.keys), -1, dtype=np.intp)
    if len(pool.columns):
        place = np.minimum(np.searchsorted(pool.columns, terms.keys), len(pool.columns) - 1)
        known = pool.columns[place] == terms.keys
        here[known] = place[known]
    there = np.where(here >= 0, here + half, -1)
    for number, key in enumerate(terms.long):
        at = np.searchsorted(terms.keys, np.uint64(key))
        here[at] = width + PHRASE_ANSWERS * number
        there[at] = here[at] + 1
    facets = width + PHRASE_ANSWERS * len(terms.long)
    column = {(one.signal, one.text): facets + at for at, one in enumerate(found[facets - width :])}
    asked = [
        (row, column[signal, text], FACET_FIT[signal])
        for row, interest in enumerate(interests)
        for signal, texts in FACETS.items()
        for text in dict.fromkeys(texts(interest))
    ]
    rows, columns, weights = zip(*asked, strict=True) if asked else ((), (), ())
    parts = [_placed(terms.likeness, here), _placed(terms.keyword, there), (rows, columns, weights)]
    return sparse.csr_array(
        (
            np.concatenate([np.asarray(part[2], dtype=np.float64) for part in parts]),
            (
                np.concatenate([np.asarray(part[0], dtype=np.intp) for part in parts]),
                np.concatenate([np.asarray(part[1], dtype=np.intp) for part in parts]),
            ),
        ),
        shape=(len(interests), width + len(found)),
    )


def _placed(matrix: Matrix, target: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return *matrix* as rows, columns and values, its columns moved to *target*, -1 left out."""
    rows = np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))
    columns = target[matrix.indices]
    kept = (columns >= 0) & (matrix.data != 0)
    return rows[kept], columns[kept], matrix.data[kept]
