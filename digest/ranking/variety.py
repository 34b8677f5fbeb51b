"""Which papers stand together in an issue: the best ones that do not repeat each other."""

import numpy as np
import numpy.typing as npt

from digest.ranking.matrices import Weights
from digest.ranking.pool import ALIKE, Pool, Rows

Mask = npt.NDArray[np.bool_]

NOTHING_NEW = 0.8
"""Share of the way from ALIKE to the same text at which a paper is left out altogether."""

SPARE = 3
"""Papers weighed against each other for every place in an issue."""


def spread(value: Weights, eligible: Mask, limits: Rows, pool: Pool) -> Rows:
    """Return the columns chosen for each reader, -1 where there are no more.

    Maximal marginal relevance: the next paper is the one with the highest score once what
    it repeats of those before it is taken off.
    """
    most = int(limits.max())
    candidates = _leading(value, eligible, min(SPARE * most, value.shape[1]))
    rows = np.arange(len(value))[:, None]
    worth = np.where(eligible[rows, candidates], value[rows, candidates], -1.0)
    repeated = np.zeros_like(worth)
    twinned = np.diff(pool.twins.indptr) > 0
    places = np.full((len(value), most), -1, dtype=np.intp)
    for place in range(min(most, candidates.shape[1])):
        left = np.where(worth < 0, -1.0, worth * (1 - repeated))
        best = left.argmax(axis=1)
        good = (left[rows[:, 0], best] >= 0) & (place < limits)
        column = candidates[rows[:, 0], best]
        places[good, place] = column[good]
        worth[rows[:, 0], best] = -1.0
        # Few papers have a twin, so that hardly any reader needs this.
        for row in np.flatnonzero(good & twinned[column]):
            again = repeats(int(column[row]), candidates[row], pool)
            repeated[row] = np.maximum(repeated[row], again)
            worth[row, repeated[row] >= NOTHING_NEW] = -1.0
    return places


def repeats(column: int, others: Rows, pool: Pool) -> Weights:
    """Return how much of each of *others* the paper at *column* has said, 0 to 1."""
    here = slice(pool.twins.indptr[column], pool.twins.indptr[column + 1])
    cosines = np.full(len(pool.papers), ALIKE)
    cosines[pool.twins.indices[here]] = pool.twins.data[here]
    return np.minimum((cosines[others] - ALIKE) / (1 - ALIKE), 1.0)


def _leading(value: Weights, eligible: Mask, count: int) -> Rows:
    """Return the *count* highest columns of each row, highest first; of equals the lower."""
    # Bits of a float that is not negative order as the float does: with the column beside
    # them no two are equal, so that the choice never depends on how numpy parts the row.
    bits = np.where(eligible, value, 0).astype(np.float32).view(np.int32).astype(np.int64)
    ordinal = np.where(eligible, bits + 1, 0) * value.shape[1] + np.arange(value.shape[1])[::-1]
    top = np.argpartition(-ordinal, count - 1, axis=1)[:, :count]
    order = np.argsort(-np.take_along_axis(ordinal, top, axis=1), axis=1)
    return np.take_along_axis(top, order, axis=1)
