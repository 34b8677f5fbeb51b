"""The archive as vectors: how new a paper is against it, and which terms go together in it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, Self

import numpy as np
import numpy.typing as npt
from scipy import sparse

from digest.models.papers import Paper
from digest.ranking.lexicon import Lexicon
from digest.ranking.matrices import Matrix, heaviest, stack
from digest.ranking.text import Bag, Keys, bag

LEAST_FOR_NOVELTY = 100
"""Papers the archive must hold before "new" means anything; below it nothing is said."""

LEAST_FOR_RELATIONS = 1000
"""Papers the archive must hold before words that stand together say more than chance."""

WITNESSES = 100
"""Papers, those most about it, that tell which terms go with a phrase."""

NEIGHBOURS = 30
"""Papers, the most alike, that tell which terms go with a seed."""

RELATED_TERMS = 50
"""Terms that are kept as going with a phrase or a seed."""

DOUBT = 1.0
"""Evidence, in papers wholly about a phrase, that halves the doubt about what goes with it."""

BLOCK = 256
"""Papers compared with the archive at once: bounds the memory that takes."""

REMEMBERED = 1 << 15
"""Topics whose relations are kept, some 40 MB: many readers type the same phrases."""

TINY = 1e-12

COMMON = 0.2
"""Share of papers above which a term brings no two of them together."""


class Topic(NamedTuple):
    """Something a reader named, as terms and their weights, and how many papers speak of it."""

    keys: Keys
    weights: npt.NDArray[np.float64]
    witnesses: int


class Related(NamedTuple):
    """Terms that go with a topic, and how surely: the length of *weights* is below 1."""

    keys: Keys
    weights: npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Archive:
    """Papers as rows of unit tf-idf vectors over the *keys* that two of them share.

    *ids* names the rows; *columns* is the matrix turned over, *mean* the average row.
    """

    ids: tuple[str, ...]
    lexicon: Lexicon
    keys: Keys
    matrix: Matrix
    columns: Matrix
    mean: npt.NDArray[np.float64]
    _known: dict[tuple[bytes, bytes], Related] = field(default_factory=dict, repr=False)

    @classmethod
    def of(cls, papers: Sequence[Paper]) -> Self:
        """Read *papers*, newest first, each once."""
        # The newest are read last, for the day's candidates are among them and stay at hand.
        return cls.of_bags([(paper.id, bag(paper)) for paper in reversed(papers)])

    @classmethod
    def of_bags(cls, bags: Sequence[tuple[str, Bag]]) -> Self:
        """Return the vectors of *bags*, by id."""
        lexicon = Lexicon.of_bags(one for _id, one in bags)
        shared = (lexicon.frequencies > 1) & (lexicon.frequencies <= COMMON * lexicon.size)
        keys = lexicon.keys[shared]
        matrix = vectors([one for _id, one in bags], keys, lexicon)
        return cls(
            ids=tuple(paper_id for paper_id, _bag in bags),
            lexicon=lexicon,
            keys=keys,
            matrix=matrix,
            columns=matrix.T.tocsr(),
            mean=np.asarray(matrix.sum(axis=0)).ravel() / max(len(bags), 1),
        )

    def nearest(self, papers: Sequence[Paper]) -> npt.NDArray[np.float64]:
        """Return the cosine of each of *papers* with the archive's paper most like it.

        The archive's own copy of a paper does not count.
        """
        row = {paper_id: at for at, paper_id in enumerate(self.ids)}
        closest = np.zeros(len(papers))
        for first in range(0, len(papers), BLOCK):
            block = papers[first : first + BLOCK]
            here = vectors([bag(paper) for paper in block], self.keys, self.lexicon)
            cosines = (here @ self.columns).tocoo()
            own = np.array([row.get(paper.id, -1) for paper in block])
            others = cosines.col != own[cosines.row]
            np.maximum.at(closest, first + cosines.row[others], cosines.data[others])
        return closest

    def related(self, topics: Sequence[Topic]) -> list[Related]:
        """Return what goes with each of *topics*: the average of the papers that are about it.

        The archive's average is taken off, and the rest is trusted as far as papers bear it
        out: a topic that one paper mentions has hardly any relations.
        """
        names = [(one.keys.tobytes(), one.weights.tobytes()) for one in topics]
        missing = {
            name: topic
            for name, topic in zip(names, topics, strict=True)
            if name not in self._known
        }
        found = dict(zip(missing, self._found(list(missing.values())), strict=True))
        for name in names:
            if name not in found:
                found[name] = self._known[name]
        if len(self._known) + len(missing) <= REMEMBERED:
            self._known.update(found)
        return [found[name] for name in names]

    def _found(self, topics: Sequence[Topic]) -> list[Related]:
        wanted = stack([one.keys for one in topics], [one.weights for one in topics], self.keys)
        about = _cut(sparse.csr_array(wanted @ self.columns), [t.witnesses for t in topics])
        evidence: npt.NDArray[np.float64] = np.asarray(about.sum(axis=1))
        shares = sparse.diags_array(1 / np.maximum(evidence, TINY)) @ about
        terms = sparse.csr_array(shares @ self.matrix)
        terms.data = np.maximum(terms.data - self.mean[terms.indices], 0)
        terms = _cut(terms, [RELATED_TERMS] * len(topics))
        trust = evidence / (evidence + DOUBT)
        found = []
        for row in range(len(topics)):
            here = slice(terms.indptr[row], terms.indptr[row + 1])
            weights = terms.data[here]
            length = float(np.linalg.norm(weights)) or 1.0
            found.append(Related(self.keys[terms.indices[here]], weights * trust[row] / length))
        return found


def novelty(papers: Sequence[Paper], archive: Archive) -> dict[str, float]:
    """Return by id how new each of *papers* is, 0 to 100; empty where *archive* is too small.

    It is 100 times one less the cosine with the paper most like it.
    """
    if len(archive.ids) < LEAST_FOR_NOVELTY:
        return {}
    distances = 100 * (1 - np.minimum(archive.nearest(papers), 1))
    return {paper.id: float(far) for paper, far in zip(papers, distances, strict=True)}


def vectors(bags: Sequence[Bag], keys: Keys, lexicon: Lexicon) -> Matrix:
    """Return a row for each of *bags*, its unit tf-idf vector, in the columns of *keys* alone."""
    emphases = [lexicon.emphasis(one) for one in bags]
    weights = [one / (float(np.linalg.norm(one)) or 1.0) for one in emphases]
    return stack([one.keys for one in bags], weights, keys)


def _cut(matrix: Matrix, limits: Sequence[int]) -> Matrix:
    """Return the heaviest entries of every row of *matrix*, as many as *limits* says."""
    kept = heaviest(matrix, limits)
    rows = np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))
    starts = np.concatenate(([0], np.cumsum(np.bincount(rows[kept], minlength=matrix.shape[0]))))
    return sparse.csr_array((matrix.data[kept], matrix.indices[kept], starts), shape=matrix.shape)
