import math

import numpy as np
import pytest
from hypothesis import given

from digest.models.papers import Paper
from digest.ranking import lexicon as module
from digest.ranking.lexicon import Lexicon
from digest.ranking.text import bag, known_word
from tests.ranking.worlds import make_text_paper, papers


def key(word: str) -> np.ndarray:
    return np.array([known_word(word).key], dtype=np.uint64)


WHALES = make_text_paper("a", "Whales", "Whales click")
GRAPHS = make_text_paper("b", "Graphs click")


def test_a_term_is_counted_once_a_paper() -> None:
    lexicon = Lexicon.of((WHALES, GRAPHS))

    assert lexicon.size == 2
    assert lexicon.share(key("whales")) == pytest.approx(0.5)
    assert lexicon.share(key("click")) == pytest.approx(1)
    assert lexicon.share(key("quantum")) == 0


def test_the_rarer_a_term_the_more_it_is_worth() -> None:
    lexicon = Lexicon.of((WHALES, GRAPHS))

    assert lexicon.rarity(key("quantum")) > lexicon.rarity(key("whales"))
    assert lexicon.rarity(key("whales")) > lexicon.rarity(key("click")) > 0
    assert lexicon.rarity(key("whales"))[0] == pytest.approx(math.log(1 + 1.5 / 1.5))


def test_without_an_archive_every_term_is_equally_rare() -> None:
    lexicon = Lexicon.of(())

    assert lexicon.rarity(key("whales")) == lexicon.rarity(key("click"))
    assert lexicon.share(key("whales")) == 0


def test_the_tenth_mention_adds_less_than_the_second() -> None:
    lexicon = Lexicon.of((WHALES,))
    counts = np.array([1, 2, 9, 10], dtype=np.float32)
    worth = lexicon.saturated(counts, np.float32(10))

    assert worth[1] - worth[0] > worth[3] - worth[2] > 0


def test_a_mention_counts_less_in_a_longer_text() -> None:
    lexicon = Lexicon.of((WHALES,))
    once = np.array([1], dtype=np.float32)

    assert lexicon.saturated(once, np.float32(10)) > lexicon.saturated(once, np.float32(1000))


@given(papers(most=12))
def test_counting_in_batches_counts_the_same(archive: list[Paper]) -> None:
    whole = Lexicon.of(archive)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "BATCH", 3)
        parts = Lexicon.of(archive)

    assert parts.size == whole.size
    assert parts.keys.tolist() == whole.keys.tolist()
    assert parts.frequencies.tolist() == whole.frequencies.tolist()
    assert parts.mean_length == pytest.approx(whole.mean_length)


@given(papers(least=1))
def test_weights_stand_beside_the_terms_of_a_bag(archive: list[Paper]) -> None:
    lexicon = Lexicon.of(archive)
    one = bag(archive[0])

    assert lexicon.emphasis(one).shape == one.keys.shape == lexicon.saturation(one).shape
    assert (lexicon.emphasis(one) > 0).all()
