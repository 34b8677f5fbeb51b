"""The candidates of one day, prepared once and read by every chunk of readers."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Self

import numpy as np
import numpy.typing as npt
from scipy import sparse

from digest.models.issues import Trend
from digest.models.papers import Paper, Sighting
from digest.ranking.archive import Archive, novelty
from digest.ranking.facets import Name, name
from digest.ranking.matrices import Matrix, stack
from digest.ranking.text import BREAK, Bag, Counts, Keys, bag
from digest.ranking.trending import trends

Rows = npt.NDArray[np.intp]

KEYWORD_SHARE = 0.2
"""What BM25 adds to the cosine: between .1 and .4 makes no difference that was measurable."""


ALIKE = 0.4
"""Cosine from which a paper repeats another; two random papers of one field have .05."""

BLOCK = 256
"""Papers compared with all others at once: bounds the memory that finding twins takes."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Pool:
    """What one day's issues are chosen from; all rows are papers, in order of their ids.

    *columns* are the keys of all terms here, ascending. *matrix* has twice as many columns:
    first each paper's unit tf-idf vector, then its BM25 weights times KEYWORD_SHARE.
    *features* is the same turned over. *twins* has, for each paper, the others that are ALIKE,
    with the cosine of their tf-idf vectors.
    """

    papers: tuple[Paper, ...]
    rows: Mapping[str, int]
    trends: tuple[Trend, ...]
    archive: Archive
    columns: Keys
    matrix: Matrix
    features: Matrix
    norms: Counts
    lengths: Counts
    twins: Matrix
    text: "Concordance"
    authors: Mapping[str, tuple[tuple[int, Name], ...]]

    @classmethod
    def prepare(
        cls,
        papers: Sequence[Paper],
        sightings: Iterable[Sighting],
        *,
        day: date,
        archive: Sequence[Paper],
    ) -> Self:
        """Return the pool of *day*: *papers* as the *sightings* and the *archive* show them.

        What its authors have withdrawn is left out.
        """
        papers = [paper for paper in papers if not paper.withdrawn]
        known = Archive.of(archive)
        talk = trends(papers, sightings, day=day, novelty=novelty(papers, known))
        return cls.of(papers, archive=known, trends=talk)

    @classmethod
    def of(
        cls,
        papers: Iterable[Paper],
        *,
        archive: Archive,
        trends: Mapping[str, Trend],
        bags: Mapping[str, Bag] | None = None,
    ) -> Self:
        """Return a pool of *papers*, each with its trend by id; *bags* stand in for their text."""
        unique = {paper.id: paper for paper in papers}
        ordered = tuple(unique[paper_id] for paper_id in sorted(unique))
        texts = [bags[paper.id] if bags else bag(paper) for paper in ordered]
        columns = np.unique(np.concatenate([one.keys for one in texts] or [_NO_KEYS]))
        lexicon = archive.lexicon
        emphases = [lexicon.emphasis(one) for one in texts]
        norms = np.array([np.linalg.norm(one) or 1.0 for one in emphases], dtype=np.float32)
        keys = [one.keys for one in texts]
        weights = [one / norm for one, norm in zip(emphases, norms, strict=True)]
        alike = stack(keys, weights, columns)
        keyword = stack(keys, [KEYWORD_SHARE * lexicon.saturation(one) for one in texts], columns)
        matrix = sparse.csr_array(sparse.hstack((alike, keyword), format="csr"))
        return cls(
            papers=ordered,
            rows={paper.id: row for row, paper in enumerate(ordered)},
            trends=tuple(trends[paper.id] for paper in ordered),
            archive=archive,
            columns=columns,
            matrix=matrix,
            features=matrix.T.tocsr(),
            norms=norms,
            lengths=np.array([one.length for one in texts], dtype=np.float32),
            twins=_twins(alike),
            text=Concordance.of(texts),
            authors=_authors(ordered),
        )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Concordance:
    """Where every word stands: all texts one after another, and the row each place is of."""

    sequence: Keys
    owners: Rows
    order: Rows
    ordered: Keys

    @classmethod
    def of(cls, texts: Sequence[Bag]) -> Self:
        """Return where every word of *texts*, the rows, stands."""
        stop = np.array([BREAK], dtype=np.uint64)
        parts = [part for one in texts for part in (one.sequence, stop)]
        sequence = np.concatenate(parts or [_NO_KEYS])
        sizes = [len(one.sequence) + 1 for one in texts]
        order = np.argsort(sequence, kind="stable")
        return cls(
            sequence=sequence,
            owners=np.repeat(np.arange(len(texts)), sizes),
            order=order,
            ordered=sequence[order],
        )

    def find(self, phrase: Sequence[int]) -> tuple[Rows, Counts]:
        """Return the rows where *phrase* stands unbroken, ascending, and how often in each."""
        if not phrase:
            return np.empty(0, dtype=np.intp), np.empty(0, dtype=np.float32)
        first = np.uint64(phrase[0])
        low, high = np.searchsorted(self.ordered, (first, first + np.uint64(1)))
        places = self.order[low:high]
        places = places[places + len(phrase) <= len(self.sequence)]
        for offset, key in enumerate(phrase[1:], start=1):
            places = places[self.sequence[places + offset] == np.uint64(key)]
        rows, counts = np.unique(self.owners[places], return_counts=True)
        return rows, counts.astype(np.float32)


def _twins(alike: Matrix) -> Matrix:
    """Return the cosines, of rows of unit length, that reach ALIKE; none with oneself."""
    other = alike.T.tocsr()
    parts = []
    for first in range(0, alike.shape[0], BLOCK):
        cosines = (alike[first : first + BLOCK] @ other).tocoo()
        kept = (cosines.data >= ALIKE) & (cosines.row + first != cosines.col)
        place = (cosines.row[kept], cosines.col[kept])
        parts.append(sparse.csr_array((cosines.data[kept], place), shape=cosines.shape))
    return sparse.csr_array(sparse.vstack(parts, format="csr")) if parts else other


def _authors(papers: Sequence[Paper]) -> Mapping[str, tuple[tuple[int, Name], ...]]:
    """Return everybody who wrote one of *papers*, by family name: row and name."""
    found: dict[str, list[tuple[int, Name]]] = {}
    for row, paper in enumerate(papers):
        for printed in paper.authors:
            who = name(printed)
            found.setdefault(who.family, []).append((row, who))
    return {family: tuple(entries) for family, entries in found.items()}


_NO_KEYS = np.empty(0, dtype=np.uint64)
