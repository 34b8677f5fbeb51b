import numpy as np
import pytest
from hypothesis import given

from digest.models.papers import Paper
from digest.ranking.archive import LEAST_FOR_NOVELTY, Archive, Topic, novelty
from digest.ranking.text import known_word
from tests.ranking.worlds import WORDS, make_text_paper, papers


def make_archive(*titles: str, size: int = LEAST_FOR_NOVELTY) -> list[Paper]:
    """An archive of *titles*, filled up with papers about nothing much."""
    fill = [f"{WORDS[n % 7]} {WORDS[n % 11]} item{n // 4}" for n in range(size - len(titles))]
    return [make_text_paper(f"old{n:04}", title) for n, title in enumerate((*titles, *fill))]


def test_a_small_archive_cannot_say_what_is_new() -> None:
    small = Archive.of(make_archive(size=LEAST_FOR_NOVELTY - 1))

    assert novelty([make_text_paper("a", "Whales")], small) == {}


def test_a_copy_is_not_new_and_what_nobody_wrote_of_is() -> None:
    archive = Archive.of(make_archive("Clicks of sperm whales", "More clicks of sperm whales"))
    found = novelty(
        [
            make_text_paper("copy", "Clicks of sperm whales"),
            make_text_paper("near", "Clicks of sperm whales under arctic ice"),
            make_text_paper("new", "Zebrafish embryology"),
        ],
        archive,
    )

    assert found["copy"] < 20 < found["near"] < found["new"] == 100


def test_a_paper_is_not_compared_with_itself() -> None:
    archive = make_archive("Clicks of sperm whales", "Sperm whales sleep")
    found = novelty(archive[:1], Archive.of(archive))

    assert found["old0000"] > 20


def test_terms_go_together_where_papers_bear_it_out() -> None:
    together = ["quantum computer with qubit arrays" for _ in range(15)]
    archive = Archive.of(make_archive(*together, "entanglement quantum chromodynamics"))
    quantum = Topic(np.array([known_word("quantum").key], dtype=np.uint64), np.ones(1), 100)
    (found,) = archive.related([quantum])
    weights = dict(zip(found.keys.tolist(), found.weights.tolist(), strict=True))

    assert weights[known_word("qubit").key] > weights.get(known_word("item3").key, 0)
    assert known_word("whale").key not in weights


def test_what_stands_elsewhere_more_often_does_not_go_with_a_topic() -> None:
    texts = [f"{'quantum' if n < 18 else 'ice'} item{n // 3}" for n in range(36)]
    texts = [f"{text} drift" if n > 16 else text for n, text in enumerate(texts)]
    archive = Archive.of(make_archive(*texts))
    topic = Topic(np.array([known_word("quantum").key], dtype=np.uint64), np.ones(1), 100)
    (found,) = archive.related([topic])
    (again,) = archive.related([topic])

    assert known_word("drift").key not in found.keys.tolist()
    assert known_word("item3").key in found.keys.tolist()
    assert again.keys is found.keys, "it is remembered"


def test_what_hardly_anybody_mentions_has_hardly_any_relations() -> None:
    def trust(times: int) -> float:
        archive = Archive.of(make_archive(*["quantum qubit arrays"] * times))
        topic = Topic(np.array([known_word("qubit").key], dtype=np.uint64), np.ones(1), 100)
        return float(np.linalg.norm(archive.related([topic])[0].weights))

    assert trust(2) < trust(10) < trust(18) < 1


def test_nothing_goes_with_what_the_archive_does_not_know() -> None:
    archive = Archive.of(make_archive())
    (found,) = archive.related([Topic(np.array([7], dtype=np.uint64), np.ones(1), 100)])

    assert len(found.keys) == len(found.weights) == 0


@given(papers(most=12))
def test_rows_are_unit_vectors_cut_to_shared_terms(archive: list[Paper]) -> None:
    known = Archive.of(archive)
    lengths = np.sqrt(known.matrix.multiply(known.matrix).sum(axis=1))

    assert known.matrix.shape == (len(archive), len(known.keys))
    assert (np.asarray(lengths) <= 1 + 1e-6).all()
    assert (known.columns.toarray() == known.matrix.toarray().T).all()


def test_an_empty_archive_is_an_archive() -> None:
    assert Archive.of([]).matrix.shape == (0, 0)
    assert novelty([], Archive.of(make_archive())) == {}
    assert pytest.approx(Archive.of([]).nearest([make_text_paper("a", "Whales")])) == [0]
