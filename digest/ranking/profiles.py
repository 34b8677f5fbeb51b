"""What readers asked for, as rows of one sparse matrix over a day's papers.

An interest becomes a vector in the papers' own space, cut to its heaviest terms, and one
column for everything else it asks: a longer phrase, a category, an author, an organisation.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import NamedTuple, Self

import numpy as np
from scipy import sparse

from digest.models.interests import Interest
from digest.models.issues import Signal
from digest.ranking.asked import FACETS, PHRASE_ANSWERS, Answer, answers
from digest.ranking.lexicon import Lexicon
from digest.ranking.pool import Matrix, Pool
from digest.ranking.text import Bag, Counts, Keys, Phrase, phrase, phrase_key

KEPT_TERMS = 200
"""Terms an interest keeps: cutting at 200 costs half a per cent of recall, at 20 ten."""

CONTRAST = 3.0
"""How often the archive's average is taken from that of the seeds (Rocchio's gamma)."""

PART = 0.5
"""What a part of a phrase is worth beside the phrase: a pair half of it, a word a quarter."""

FACET_FIT = {Signal.AUTHOR: 0.5, Signal.ORGANISATION: 0.2, Signal.CATEGORY: 0.08}
"""What a match adds to the fit, of 1: an author one follows beats most texts, a category none."""


def wants_something(interest: Interest) -> bool:
    """Return whether *interest* says what to look for, not only what to leave out."""
    return bool(
        interest.phrases
        or interest.categories
        or interest.authors
        or interest.organisations
        or interest.seeds
    )


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
        """Return the profiles of *interests*; a seed that *seeds* does not know says nothing."""
        terms = _Terms.of(interests, pool.lexicon, seeds=seeds)
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


class _Terms(NamedTuple):
    """Interests over the *keys* of all their terms: *likeness* to compare, *keyword* to find.

    *long* has the phrases that only their whole sequence says, by key, and how rare each is.
    """

    keys: Keys
    likeness: Matrix
    keyword: Matrix
    long: Mapping[int, tuple[Phrase, float]]

    @classmethod
    def of(
        cls, interests: Sequence[Interest], lexicon: Lexicon, *, seeds: Mapping[str, Bag]
    ) -> Self:
        texts = list(dict.fromkeys(text for one in interests for text in one.phrases))
        typed = [_typed(phrase(text)) for text in texts]
        named = list(dict.fromkeys(i for one in interests for i in one.seeds if i in seeds))
        bags = [seeds[seed] for seed in named]
        keys = np.unique(
            np.concatenate(
                [np.empty(0, dtype=np.uint64)]
                + [one.keys for one in bags]
                + [one.keys for one in typed]
            )
        )
        rarity = lexicon.rarity(keys).astype(np.float64)
        for one in typed:
            if one.long is not None:
                # Nobody counted longer phrases: one is at least as rare as its rarest part.
                here = np.searchsorted(keys, one.keys)
                rarity[here[-1]] = max(rarity[here[:-1]], default=rarity[here[-1]])
        picked = _membership([one.seeds for one in interests], named)
        likeness, keyword = _from_seeds(picked, bags, keys, rarity, lexicon)
        said = _membership([one.phrases for one in interests], texts)
        spoken = sparse.csr_array(
            said @ _stack([one.keys for one in typed], [one.weights for one in typed], keys)
        )
        likeness = _unit(likeness + _unit(spoken))
        keyword = _unit(keyword + _unit(_scaled(spoken, rarity)))
        kept = _heaviest(likeness + keyword)
        return cls(
            keys=keys,
            likeness=sparse.csr_array(likeness.multiply(kept)),
            keyword=sparse.csr_array(keyword.multiply(kept)),
            long={
                int(one.keys[-1]): (one.long, float(rarity[np.searchsorted(keys, one.keys[-1])]))
                for one in typed
                if one.long is not None
            },
        )


class _Typed(NamedTuple):
    """A typed phrase's terms and weights; of a *long* one the whole comes last."""

    keys: Keys
    weights: Counts
    long: Phrase | None


def _typed(said: Phrase) -> _Typed:
    whole = (reduce(phrase_key, said.sequence),) if said.long else ()
    levels = [level for level in (said.words, said.pairs, whole) if level]
    weights = [
        PART**depth
        for depth, level in zip(range(len(levels) - 1, -1, -1), levels, strict=True)
        for _key in level
    ]
    return _Typed(
        np.array([key for level in levels for key in level], dtype=np.uint64),
        np.array(weights, dtype=np.float32),
        said if said.long else None,
    )


def _from_seeds(
    picked: Matrix, bags: Sequence[Bag], keys: Keys, rarity: np.ndarray, lexicon: Lexicon
) -> tuple[Matrix, Matrix]:
    """Return the seeds' part of each interest: the mean less the background, and the sum."""
    emphases = [lexicon.emphasis(one) for one in bags]
    norms = np.array([float(np.linalg.norm(one)) or 1.0 for one in emphases])
    unit = _stack(
        [one.keys for one in bags],
        [one / norm for one, norm in zip(emphases, norms, strict=True)],
        keys,
    )
    counts = np.maximum(picked.sum(axis=1), 1)
    shares = _rows_scaled(picked, 1 / np.asarray(counts))
    mean = sparse.csr_array(shares @ unit)
    # The average paper of the archive, in the length of this interest's own seeds.
    background = lexicon.share(keys) * rarity
    scale = np.asarray(shares @ (1 / norms))
    owner = np.repeat(np.arange(mean.shape[0]), np.diff(mean.indptr))
    mean.data = np.maximum(mean.data - CONTRAST * background[mean.indices] * scale[owner], 0)
    total = sparse.csr_array(
        picked @ _stack([one.keys for one in bags], [one.counts for one in bags], keys)
    )
    total.data = np.sqrt(total.data)
    return _unit(mean), _unit(_scaled(total, rarity))


def _wants(
    interests: Sequence[Interest], terms: _Terms, found: Sequence[Answer], pool: Pool
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
    kept = (columns >= 0) & (matrix.data > 0)
    return rows[kept], columns[kept], matrix.data[kept]


def _membership(wanted: Sequence[Sequence[str]], known: Sequence[str]) -> Matrix:
    """Return one row for each of *wanted*, with a 1 where it holds one of *known*."""
    place = {text: at for at, text in enumerate(known)}
    columns = [[place[text] for text in dict.fromkeys(row) if text in place] for row in wanted]
    flat = [at for row in columns for at in row]
    return sparse.csr_array(
        (np.ones(len(flat)), flat, np.cumsum([0, *map(len, columns)])),
        shape=(len(wanted), len(known)),
    )


def _stack(keys: Sequence[Keys], weights: Sequence[Counts], columns: Keys) -> Matrix:
    """Return a matrix of one row for each of *keys*, their *weights* at those of *columns*."""
    flat = np.concatenate([np.empty(0, dtype=np.uint64), *keys])
    return sparse.csr_array(
        (
            np.concatenate([np.empty(0), *weights]),
            np.searchsorted(columns, flat),
            np.cumsum([0, *map(len, keys)]),
        ),
        shape=(len(keys), len(columns)),
    )


def _unit(matrix: Matrix) -> Matrix:
    """Return *matrix* with every row of length 1, empty rows left empty."""
    norms = np.sqrt(np.asarray(matrix.multiply(matrix).sum(axis=1)))
    return _rows_scaled(matrix, 1 / np.where(norms > 0, norms, 1))


def _rows_scaled(matrix: Matrix, factors: np.ndarray) -> Matrix:
    return sparse.csr_array(sparse.diags_array(factors) @ matrix)


def _scaled(matrix: Matrix, factors: np.ndarray) -> Matrix:
    """Return *matrix* with each column times its factor."""
    return sparse.csr_array(
        (matrix.data * factors[matrix.indices], matrix.indices, matrix.indptr), shape=matrix.shape
    )


def _heaviest(weights: Matrix) -> Matrix:
    """Return a 1 for the KEPT_TERMS heaviest entries of every row; of equals the first."""
    kept = weights.copy()
    for row in np.flatnonzero(np.diff(weights.indptr) > KEPT_TERMS):
        here = slice(weights.indptr[row], weights.indptr[row + 1])
        order = np.argsort(-weights.data[here], kind="stable")
        kept.data[here][order[KEPT_TERMS:]] = 0
    kept.data = np.where(kept.data > 0, 1.0, 0.0)
    return kept
