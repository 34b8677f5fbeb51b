"""How rare each term is in the archive, and what a term is worth in a paper.

Cost is linear: reading a paper of 160 words takes about half a millisecond, and the finished
lexicon twelve bytes a distinct term, so 100,000 papers are a minute and some 100 MB. It
works from the first paper on; with none, every term is equally rare.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Self

import numpy as np
import numpy.typing as npt

from digest.models.papers import Paper
from digest.ranking.text import Bag, Counts, Keys, bag

SATURATION = 1.2
"""BM25's k1: how soon the tenth mention stops to add to the ninth (Robertson's default)."""

LENGTH_NORM = 0.75
"""BM25's b: how far a long text's mentions are discounted (Robertson's default)."""

BATCH = 4096
"""Papers whose terms are counted together; bounds the memory that counting takes."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Lexicon:
    """In how many of *size* papers each term stands: *keys* ascend, *frequencies* beside them.

    *mean_length* is in words.
    """

    size: int
    keys: Keys
    frequencies: npt.NDArray[np.int32]
    mean_length: float

    @classmethod
    def of(cls, papers: Iterable[Paper]) -> Self:
        """Count the terms of *papers*, the archive."""
        return cls.of_bags(bag(paper) for paper in papers)

    @classmethod
    def of_bags(cls, bags: Iterable[Bag]) -> Self:
        """Count the terms of *bags*, each of which is one paper."""
        size, words = 0, 0.0
        keys = np.empty(0, dtype=np.uint64)
        frequencies = np.empty(0, dtype=np.int32)
        for batch in _batches(bags):
            size += len(batch)
            words += sum(one.length for one in batch)
            seen, counts = np.unique(
                np.concatenate([one.keys for one in batch]), return_counts=True
            )
            keys, frequencies = _added(keys, frequencies, seen, counts.astype(np.int32))
        return cls(
            size=size, keys=keys, frequencies=frequencies, mean_length=words / max(size, 1) or 1.0
        )

    def share(self, keys: Keys) -> Counts:
        """Return the share of papers, 0 to 1, in which each of *keys* stands."""
        return self._frequency(keys) / np.float32(max(self.size, 1))

    def rarity(self, keys: Keys) -> Counts:
        """Return the inverse document frequency of *keys*, in the form of BM25 (never below 0)."""
        frequency = self._frequency(keys)
        return np.log1p((self.size - frequency + 0.5) / (frequency + 0.5)).astype(np.float32)

    def _frequency(self, keys: Keys) -> Counts:
        if not len(self.keys):
            return np.zeros(len(keys), dtype=np.float32)
        place = np.minimum(np.searchsorted(self.keys, keys), len(self.keys) - 1)
        known = self.keys[place] == keys
        return np.where(known, self.frequencies[place], 0).astype(np.float32)

    def emphasis(self, one: Bag) -> Counts:
        """Return *one*'s sublinear tf-idf, not yet normalised: (1 + ln count) × rarity."""
        return np.asarray((1 + np.log(np.maximum(one.counts, 1))) * self.rarity(one.keys))

    def saturation(self, one: Bag) -> Counts:
        """Return BM25's weight of every term in *one*, without the rarity: 0 to k1 + 1."""
        return self.saturated(one.counts, np.float32(one.length))

    def saturated(self, counts: Counts, lengths: Counts | np.float32) -> Counts:
        """Return BM25's weight of terms that stand *counts* times in texts of *lengths*."""
        norms = 1 - LENGTH_NORM + LENGTH_NORM * lengths / np.float32(self.mean_length)
        return np.asarray(counts * (SATURATION + 1) / (counts + SATURATION * norms))


def _batches(bags: Iterable[Bag]) -> Iterator[list[Bag]]:
    rest = iter(bags)
    while batch := list(islice(rest, BATCH)):
        yield batch


def _added(
    keys: Keys, counts: npt.NDArray[np.int32], more: Keys, their: npt.NDArray[np.int32]
) -> tuple[Keys, npt.NDArray[np.int32]]:
    """Return the union of two ascending tables of counts."""
    union, inverse = np.unique(np.concatenate((keys, more)), return_inverse=True)
    total = np.bincount(inverse, weights=np.concatenate((counts, their)), minlength=len(union))
    return union, total.astype(np.int32)
