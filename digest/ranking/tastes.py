"""What interests say in terms: what readers typed, their seeds, and what goes with both.

What they wanted less of is taken off at the end.
"""

from collections.abc import Mapping, Sequence
from functools import reduce
from typing import NamedTuple, Self

import numpy as np
from scipy import sparse

from digest.models.interests import Interest
from digest.ranking.archive import (
    LEAST_FOR_RELATIONS,
    NEIGHBOURS,
    WITNESSES,
    Archive,
    Related,
    Topic,
)
from digest.ranking.lexicon import Lexicon
from digest.ranking.matrices import (
    Matrix,
    Weights,
    columns_scaled,
    heaviest,
    membership,
    rows_scaled,
    stack,
    unit_rows,
)
from digest.ranking.text import Bag, Counts, Keys, Phrase, phrase, phrase_key

KEPT_TERMS = 200
"""Terms an interest keeps: cutting at 200 costs half a per cent of recall, at 20 ten."""

CONTRAST = 3.0
"""How often the archive's average is taken from that of the seeds (Rocchio's gamma)."""

PART = 0.5
"""What a part of a phrase is worth beside the phrase: a pair half of it, a word a quarter."""

PHRASE_RELATIONS = 0.7
"""What the terms that go with typed phrases weigh beside these: a phrase never says it all."""

LESS = 0.25
"""What the mean of the papers a reader wanted less of weighs, taken off, beside that of seeds."""

SEED_RELATIONS = 4.0
"""What the terms that go with seeds weigh, in seeds: the more there are, the less they add."""


class Terms(NamedTuple):
    """Interests over the *keys* of all their terms: *likeness* to compare, *keyword* to find.

    *long* has the phrases that only their whole sequence says, by key, and how rare each is.
    """

    keys: Keys
    likeness: Matrix
    keyword: Matrix
    long: Mapping[int, tuple[Phrase, float]]

    @classmethod
    def of(
        cls, interests: Sequence[Interest], archive: Archive, *, seeds: Mapping[str, Bag]
    ) -> Self:
        """Return the terms of *interests*, by the papers that *seeds* knows."""
        texts = list(dict.fromkeys(text for one in interests for text in one.phrases))
        named = list(dict.fromkeys(i for one in interests for i in one.seeds if i in seeds))
        typed = [_typed(phrase(text)) for text in texts]
        shunned = list(dict.fromkeys(i for one in interests for i in one.unlike if i in seeds))
        bags = [seeds[seed] for seed in named]
        against = [seeds[seed] for seed in shunned]
        kin = _relations(bags, typed, archive)
        parts = [one.keys for each in (bags, typed, kin, against) for one in each]
        keys = np.unique(np.concatenate([_NO_KEYS, *parts]))
        rarity = _rarity(keys, typed, archive.lexicon)
        picked = membership([one.seeds for one in interests], named)
        said = membership([one.phrases for one in interests], texts)
        likeness, keyword = _from_seeds(picked, bags, keys, rarity, archive.lexicon)
        spoken = sparse.csr_array(
            said @ stack([one.keys for one in typed], [one.weights for one in typed], keys)
        )
        likeness = unit_rows(likeness + unit_rows(spoken))
        keyword = unit_rows(keyword + unit_rows(columns_scaled(spoken, rarity)))
        if kin:
            terms = stack([one.keys for one in kin], [one.weights for one in kin], keys)
            importance = _importance(typed, keys, rarity)
            likeness = (
                likeness
                + _around_seeds(picked, terms[: len(bags)])
                + _around_phrases(columns_scaled(said, importance), terms[len(bags) :])
            )
        likeness, keyword = _cut(likeness, keyword)
        if against:
            refused = membership([one.unlike for one in interests], shunned)
            less = _cut(*_from_seeds(refused, against, keys, rarity, archive.lexicon))
            likeness, keyword = (
                sparse.csr_array(want - LESS * other)
                for want, other in zip((likeness, keyword), less, strict=True)
            )
        return cls(
            keys=keys,
            likeness=likeness,
            keyword=keyword,
            long={
                int(one.keys[-1]): (one.long, float(rarity[np.searchsorted(keys, one.keys[-1])]))
                for one in typed
                if one.long is not None
            },
        )


def _cut(likeness: Matrix, keyword: Matrix) -> tuple[Matrix, Matrix]:
    """Return both with each row's heaviest terms alone."""
    both = sparse.csr_array(likeness + keyword)
    both.data = heaviest(both, [KEPT_TERMS] * both.shape[0]).astype(np.float64)
    return sparse.csr_array(likeness.multiply(both)), sparse.csr_array(keyword.multiply(both))


class _Typed(NamedTuple):
    """A typed phrase's terms and weights; of a *long* one the whole comes last.

    *topic* has those that are counted and say most.
    """

    keys: Keys
    weights: Counts
    topic: Keys
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
        np.array(said.pairs or said.words, dtype=np.uint64),
        said if said.long else None,
    )


def _rarity(keys: Keys, typed: Sequence[_Typed], lexicon: Lexicon) -> Weights:
    rarity = lexicon.rarity(keys).astype(np.float64)
    for one in typed:
        if one.long is not None:
            # Nobody counted longer phrases: one is at least as rare as its rarest part.
            here = np.searchsorted(keys, one.keys)
            rarity[here[-1]] = rarity[here[:-1]].max()
    return rarity


def _importance(typed: Sequence[_Typed], keys: Keys, rarity: Weights) -> Weights:
    """Return how rare each typed phrase is, by the rarest of its terms."""
    return np.array(
        [rarity[np.searchsorted(keys, one.keys)].max(initial=0.0) for one in typed], dtype=float
    )


def _relations(bags: Sequence[Bag], typed: Sequence[_Typed], archive: Archive) -> list[Related]:
    """Return what goes with each seed and each phrase; nothing where the archive is small."""
    if len(archive.ids) < LEAST_FOR_RELATIONS or not (bags or typed):
        return []
    seeds = [
        Topic(one.keys, archive.lexicon.emphasis(one).astype(float), NEIGHBOURS) for one in bags
    ]
    phrases = [Topic(one.topic, np.ones(len(one.topic)), WITNESSES) for one in typed]
    return archive.related([*seeds, *phrases])


def _around_seeds(picked: Matrix, terms: Matrix) -> Matrix:
    """Return what goes with each interest's seeds, the less the more of them there are."""
    counts: Weights = np.asarray(picked.sum(axis=1))
    return rows_scaled(_shortened(picked, terms), SEED_RELATIONS / (SEED_RELATIONS + counts))


def _around_phrases(said: Matrix, terms: Matrix) -> Matrix:
    """Return what goes with each interest's phrases, each as *said*, the rarer the more."""
    return rows_scaled(_shortened(said, terms), np.full(said.shape[0], PHRASE_RELATIONS))


def _shortened(sources: Matrix, terms: Matrix) -> Matrix:
    """Return the sum of the *terms* of *sources*, in rows no longer than 1.

    What is not sure stays short; what several sources say is not louder than one.
    """
    found = sparse.csr_array(sources @ terms)
    alone = np.sqrt(np.asarray(sources.multiply(sources).sum(axis=1)))
    together = np.sqrt(np.asarray(found.multiply(found).sum(axis=1)))
    longest = np.maximum(alone, together)
    return rows_scaled(found, 1 / np.where(longest > 0, longest, 1))


def _from_seeds(
    picked: Matrix, bags: Sequence[Bag], keys: Keys, rarity: Weights, lexicon: Lexicon
) -> tuple[Matrix, Matrix]:
    """Return the seeds' part of each interest: the mean less the background, and the sum."""
    emphases = [lexicon.emphasis(one) for one in bags]
    norms = np.array([float(np.linalg.norm(one)) or 1.0 for one in emphases])
    unit = stack(
        [one.keys for one in bags],
        [one / norm for one, norm in zip(emphases, norms, strict=True)],
        keys,
    )
    counts = np.maximum(picked.sum(axis=1), 1)
    shares = rows_scaled(picked, 1 / np.asarray(counts))
    mean = sparse.csr_array(shares @ unit)
    # The average paper of the archive, in the length of this interest's own seeds.
    background = lexicon.share(keys) * rarity
    scale = np.asarray(shares @ (1 / norms))
    owner = np.repeat(np.arange(mean.shape[0]), np.diff(mean.indptr))
    mean.data = np.maximum(mean.data - CONTRAST * background[mean.indices] * scale[owner], 0)
    total = sparse.csr_array(
        picked @ stack([one.keys for one in bags], [one.counts for one in bags], keys)
    )
    total.data = np.sqrt(total.data)
    return unit_rows(mean), unit_rows(columns_scaled(total, rarity))


_NO_KEYS = np.empty(0, dtype=np.uint64)
