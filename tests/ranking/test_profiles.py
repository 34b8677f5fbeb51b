"""What an interest becomes: a row over the columns of a pool."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.models.interests import Interest
from digest.models.papers import Paper
from digest.ranking.pool import KEYWORD_SHARE
from digest.ranking.profiles import FACET_FIT, Profiles
from digest.ranking.tastes import KEPT_TERMS
from digest.ranking.text import bag, phrase
from tests.ranking.worlds import interests, make_pool, make_text_paper, papers

WHALES = make_text_paper("whales", "Whales count", "Sperm whales speak a code of clicks.")
GRAPHS = make_text_paper("graphs", "Graph neural networks", "Networks of graphs learn a code.")
VIDEO = make_text_paper("video", "Video diffusion models", "Models that draw moving pictures.")
WORLD = (WHALES, GRAPHS, VIDEO)


def test_no_interests_are_no_rows() -> None:
    profiles = Profiles.of([], make_pool(*WORLD), seeds={})

    assert profiles.wants.shape[0] == 0
    assert profiles.answers == ()


def test_a_word_is_a_vector_of_length_one_in_both_terms_of_the_score() -> None:
    pool = make_pool(*WORLD)
    wants = Profiles.of([Interest(phrases=("Whales",))], pool, seeds={}).wants

    assert wants.data.tolist() == pytest.approx([1, 1])
    assert pool.columns[wants.indices[0]] == phrase("whale").words[0]


def test_a_phrase_is_worth_twice_each_of_its_words() -> None:
    pool = make_pool(*WORLD)
    wants = Profiles.of([Interest(phrases=("sperm whales",))], pool, seeds={}).wants.toarray()[0]
    likeness = dict(zip(pool.columns.tolist(), wants, strict=False))
    said = phrase("sperm whales")

    assert likeness[said.pairs[0]] == pytest.approx(2 * likeness[said.words[0]])
    assert likeness[said.words[0]] == pytest.approx(likeness[said.words[1]])


def test_who_is_followed_has_a_column_of_its_own() -> None:
    paper = make_text_paper("a", "Whales", authors=("Ada Okafor",))
    pool = make_pool(paper, *WORLD)
    profiles = Profiles.of([Interest(authors=("Okafor, A.",))], pool, seeds={})

    assert set(profiles.wants.data) == set(FACET_FIT.values()) & {0.5}
    assert profiles.extras.toarray()[:, 0].tolist() == [1, 0, 0, 0]


def test_a_phrase_typed_twice_counts_no_more_than_once() -> None:
    pool = make_pool(*WORLD)
    once, twice = Profiles.of(
        [Interest(phrases=("whales", "code")), Interest(phrases=("whales", "code", "whales"))],
        pool,
        seeds={},
    ).wants.toarray()

    assert once.tolist() == twice.tolist()


def test_an_interest_keeps_its_heaviest_terms() -> None:
    seed = make_text_paper("seed", " ".join(f"word{n}" for n in range(300)))
    pool = make_pool(seed, archive=WORLD)
    profiles = Profiles.of([Interest(seeds=("seed",))], pool, seeds={"seed": bag(seed)})

    assert profiles.wants.nnz == 2 * KEPT_TERMS


def test_a_longer_phrase_weighs_in_a_paper_as_a_term_does() -> None:
    paper = make_text_paper("a", "Ice", "A mixture of experts.")
    pool = make_pool(paper, *WORLD)
    profiles = Profiles.of([Interest(phrases=("mixture of experts",))], pool, seeds={})
    likeness, keyword = profiles.answers
    rarest = pool.archive.lexicon.rarity(np.array(phrase("mixture").words, dtype=np.uint64))[0]
    length = np.linalg.norm(pool.archive.lexicon.emphasis(bag(paper)))
    saturated = pool.archive.lexicon.saturated(
        np.ones(1, dtype=np.float32), np.float32(bag(paper).length)
    )

    assert likeness.values == pytest.approx([rarest / length])
    assert keyword.values == pytest.approx(KEYWORD_SHARE * saturated)
    assert (profiles.wants.toarray()[0, -2:] > 0).all(), "both count"


def test_what_seeds_share_with_everything_is_not_taste() -> None:
    archive = [make_text_paper(f"m{n}", f"Models of item{n}") for n in range(9)]
    seed = make_text_paper("seed", "Models of whales")
    pool = make_pool(seed, archive=[*archive, seed])
    profiles = Profiles.of([Interest(seeds=("seed",))], pool, seeds={"seed": bag(seed)})
    likeness = dict(zip(pool.columns.tolist(), profiles.wants.toarray()[0], strict=False))

    assert likeness[phrase("models").words[0]] == 0
    assert likeness[phrase("whales").words[0]] > 0


@settings(max_examples=50)
@given(papers(least=1), st.lists(interests(), max_size=3))
def test_nothing_is_wanted_less_than_not_at_all(world: list[Paper], wishes: list[Interest]) -> None:
    pool = make_pool(*world)
    profiles = Profiles.of(wishes, pool, seeds={"paper0": bag(world[0])})

    assert profiles.wants.shape == (len(wishes), profiles.features.shape[0])
    assert profiles.features.shape[1] == len(world)
    assert (profiles.wants.data > 0).all()
