import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.ranking.variety import repeats, spread
from tests.ranking.worlds import make_pool, make_text_paper

SPERM = "Sperm whales speak a code of clicks"
POOL = make_pool(
    make_text_paper("a", "Whales count", SPERM),
    make_text_paper("b", "Whales count", SPERM),
    make_text_paper("c", "Graph networks", "Molecules"),
    make_text_paper("d", "Video diffusion", "Noise"),
    make_text_paper("e", "Robot policy", "Hands"),
    make_text_paper("f", "Whales count again", f"{SPERM} in the cold of the arctic night"),
)
ALL = np.ones((1, 6), dtype=np.bool_)


def chosen(values: list[float], limit: int) -> str:
    found = spread(np.array([values]), ALL, np.array([limit]), POOL)[0]
    return "".join(POOL.papers[at].id for at in found if at >= 0)


def test_the_best_come_first_and_of_equals_the_lower_id() -> None:
    assert chosen([0, 0, 5, 9, 5, 0], 3) == "dce"


def test_a_copy_is_left_out_even_where_nothing_else_is_left() -> None:
    assert sorted(chosen([9, 8, 1, 1, 1, 0], 6)) == ["a", "c", "d", "e", "f"]


def test_what_repeats_in_part_comes_later() -> None:
    assert chosen([9, 0, 5, 1, 1, 8], 2) == "ac"


def test_a_paper_repeats_its_copy_wholly_and_a_stranger_not_at_all() -> None:
    said = repeats(0, np.array([1, 2, 5]), POOL)

    assert said[0] > 0.99
    assert said[1] == 0 < said[2] < 1


def test_only_what_may_be_chosen_is() -> None:
    eligible = np.array([[False, False, True, False, False, False]])
    found = spread(np.full((1, 6), 5.0), eligible, np.array([4]), POOL)

    assert found.tolist() == [[2, -1, -1, -1]]


@settings(max_examples=60)
@given(
    st.lists(st.lists(st.integers(0, 3), min_size=6, max_size=6), min_size=1, max_size=5),
    st.integers(1, 6),
)
def test_readers_of_one_block_do_not_mind_each_other(values: list[list[int]], limit: int) -> None:
    table = np.array(values, dtype=np.float64)
    limits = np.full(len(values), limit)
    eligible = np.ones(table.shape, dtype=np.bool_)
    together = spread(table, eligible, limits, POOL)

    for row in range(len(values)):
        alone = spread(table[[row]], eligible[[row]], limits[[row]], POOL)
        assert together[row].tolist() == alone[0].tolist()
