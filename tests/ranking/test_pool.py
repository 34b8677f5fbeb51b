import numpy as np
from hypothesis import given, settings

from digest.models.papers import Paper
from digest.ranking import pool as module
from digest.ranking.pool import KEYWORD_SHARE, Pool
from digest.ranking.text import bag, phrase
from tests.factories import DAY, make_paper, make_sighting
from tests.ranking.worlds import make_pool, make_text_paper, papers

WHALES = make_text_paper("w", "Whales", "Sperm whales speak a code of clicks.")
TWIN = make_text_paper("t", "Whales", "Sperm whales speak a code of clicks, again.")
GRAPHS = make_text_paper("g", "Graphs", "Networks of graphs.")


def test_papers_stand_in_order_of_their_ids_each_once() -> None:
    pool = make_pool(WHALES, GRAPHS, WHALES, TWIN)

    assert [paper.id for paper in pool.papers] == ["g", "t", "w"]
    assert pool.rows == {"g": 0, "t": 1, "w": 2}
    assert [trend.rank for trend in pool.trends] == [1, 2, 3]


def test_a_paper_is_like_its_twin_and_not_its_own() -> None:
    twins = make_pool(WHALES, TWIN, GRAPHS).twins.toarray()

    assert twins[1, 2] == twins[2, 1] > 0.8
    assert np.count_nonzero(twins) == 2


def test_likeness_is_found_across_blocks() -> None:
    world = [make_text_paper(f"{n:03}", f"Whales of sea{n // 2}") for n in range(module.BLOCK + 2)]
    twins = make_pool(*world).twins

    assert twins.shape == (len(world), len(world))
    assert twins[[module.BLOCK]].toarray()[0, module.BLOCK + 1] > 0.8


def test_words_are_found_where_they_stand_together() -> None:
    pool = make_pool(WHALES, TWIN, GRAPHS)

    def found(text: str) -> list[str]:
        rows, _counts = pool.text.find(phrase(text).sequence)
        return [pool.papers[row].id for row in rows]

    assert found("code of clicks") == ["t", "w"]
    assert found("clicks again") == found("whales sperm") == found("") == []
    assert found("networks of graphs") == ["g"]


def test_a_phrase_is_not_found_across_two_papers() -> None:
    pool = make_pool(make_text_paper("a", "Ice", "Whales"), make_text_paper("b", "Code", "Sea"))

    assert len(pool.text.find(phrase("whales code").sequence)[0]) == 0


def test_what_was_withdrawn_is_not_in_the_pool() -> None:
    stays = make_paper("Whales count in base eight", withdrawn=False)
    gone = make_paper("Whales count in base nine", withdrawn=True)
    seen = [make_sighting(stays), make_sighting(gone)]

    assert Pool.prepare([gone, stays], seen, day=DAY, archive=[]).papers == (stays,)


def test_a_pool_of_nothing_is_a_pool() -> None:
    assert make_pool().papers == ()


@settings(max_examples=50)
@given(papers(least=1))
def test_rows_are_unit_vectors_and_keywords_beside_them(world: list[Paper]) -> None:
    pool = make_pool(*world)
    half = len(pool.columns)
    alike, keyword = pool.matrix.toarray()[:, :half], pool.matrix.toarray()[:, half:]

    np.testing.assert_allclose(np.linalg.norm(alike, axis=1), 1, rtol=1e-5)
    assert keyword.max() <= KEYWORD_SHARE * 2.2
    assert ((alike > 0) == (keyword > 0)).all()
    assert (pool.features.toarray() == pool.matrix.toarray().T).all()
    assert (alike > 0).sum(axis=1).tolist() == [len(bag(paper).keys) for paper in pool.papers]
