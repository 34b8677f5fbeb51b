import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse

from digest.ranking.matrices import (
    columns_scaled,
    heaviest,
    membership,
    rows_scaled,
    stack,
    unit_rows,
)

rows = st.lists(
    st.lists(st.floats(0, 9, allow_subnormal=False), min_size=5, max_size=5), min_size=1, max_size=6
).map(lambda table: sparse.csr_array(np.array(table)))


def test_rows_are_stacked_at_their_keys_and_unknown_keys_are_left() -> None:
    columns = np.array([2, 5, 9], dtype=np.uint64)
    keys = [np.array([5, 7, 99], dtype=np.uint64), np.array([2], dtype=np.uint64)]
    found = stack(keys, [np.array([1.0, 2.0, 3.0]), np.array([4.0])], columns)

    assert found.toarray().tolist() == [[0, 1, 0], [4, 0, 0]]


def test_membership_says_who_named_what_once() -> None:
    found = membership([("b", "b", "?"), (), ("a", "b")], ["a", "b"])

    assert found.toarray().tolist() == [[0, 1], [0, 0], [1, 1]]


def test_of_equal_entries_the_first_are_kept() -> None:
    table = sparse.csr_array(np.array([[1.0, 2.0, 1.0, 1.0, 0.5]]))

    assert heaviest(table, [3]).tolist() == [True, True, True, False, False]


@given(rows, st.integers(1, 6))
def test_the_heaviest_outweigh_the_rest(table: sparse.csr_array, limit: int) -> None:
    kept = heaviest(table, [limit] * table.shape[0])
    for row in range(table.shape[0]):
        here = slice(table.indptr[row], table.indptr[row + 1])
        weights, mine = table.data[here], kept[here]
        assert mine.sum() == min(limit, (weights > 0).sum())
        assert weights[mine].min(initial=np.inf) >= weights[~mine].max(initial=0)


@given(rows)
def test_unit_rows_are_of_length_one_or_empty(table: sparse.csr_array) -> None:
    lengths = np.linalg.norm(unit_rows(table).toarray(), axis=1)

    assert all(length == pytest.approx(1) or length == 0 for length in lengths)


def test_scaling_is_by_row_or_by_column() -> None:
    table = sparse.csr_array(np.array([[1.0, 2.0], [3.0, 0.0]]))

    assert rows_scaled(table, np.array([2.0, 10.0])).toarray().tolist() == [[2, 4], [30, 0]]
    assert columns_scaled(table, np.array([2.0, 10.0])).toarray().tolist() == [[2, 20], [6, 0]]
