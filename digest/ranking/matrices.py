"""Sparse rows: how they are stacked, scaled and cut."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from scipy import sparse

from digest.ranking.text import Keys

Matrix = sparse.csr_array[np.float64, tuple[int, int]]
Weights = npt.NDArray[np.float64]


def stack(
    keys: Sequence[Keys], weights: Sequence[npt.NDArray[np.floating]], columns: Keys
) -> Matrix:
    """Return a row for each of *keys*, their *weights* at those of *columns*; others are left."""
    flat = np.concatenate([np.empty(0, dtype=np.uint64), *keys])
    rows = np.repeat(np.arange(len(keys)), [len(one) for one in keys])
    place = np.searchsorted(columns, flat)
    known = np.zeros(len(flat), dtype=np.bool_)
    inside = place < len(columns)
    known[inside] = columns[place[inside]] == flat[inside]
    starts = np.concatenate(([0], np.cumsum(np.bincount(rows[known], minlength=len(keys)))))
    return sparse.csr_array(
        (np.concatenate([np.empty(0), *weights])[known], place[known], starts),
        shape=(len(keys), len(columns)),
    )


def heaviest(matrix: Matrix, limits: Sequence[int]) -> npt.NDArray[np.bool_]:
    """Return which entries of *matrix* are the heaviest of their row, as many as *limits* says.

    Nothing below or at 0 is among them; of equals the first are.
    """
    kept = matrix.data > 0
    for row, limit in enumerate(limits):
        here = slice(matrix.indptr[row], matrix.indptr[row + 1])
        weights = matrix.data[here]
        if len(weights) > limit:
            least = np.partition(weights, -limit)[-limit]
            equal = np.flatnonzero(weights == least)
            above = weights > least
            above[equal[: limit - np.count_nonzero(above)]] = True
            kept[here] &= above
    return kept


def membership(wanted: Sequence[Sequence[str]], known: Sequence[str]) -> Matrix:
    """Return one row for each of *wanted*, with a 1 where it holds one of *known*."""
    place = {text: at for at, text in enumerate(known)}
    columns = [[place[text] for text in dict.fromkeys(row) if text in place] for row in wanted]
    flat = [at for row in columns for at in row]
    return sparse.csr_array(
        (np.ones(len(flat)), flat, np.cumsum([0, *map(len, columns)])),
        shape=(len(wanted), len(known)),
    )


def unit_rows(matrix: Matrix) -> Matrix:
    """Return *matrix* with every row of length 1, empty rows left empty."""
    norms = np.sqrt(np.asarray(matrix.multiply(matrix).sum(axis=1)))
    return rows_scaled(matrix, 1 / np.where(norms > 0, norms, 1))


def rows_scaled(matrix: Matrix, factors: np.ndarray) -> Matrix:
    """Return *matrix* with each row times its factor."""
    return sparse.csr_array(sparse.diags_array(factors) @ matrix)


def columns_scaled(matrix: Matrix, factors: np.ndarray) -> Matrix:
    """Return *matrix* with each column times its factor."""
    return sparse.csr_array(
        (matrix.data * factors[matrix.indices], matrix.indices, matrix.indptr), shape=matrix.shape
    )
