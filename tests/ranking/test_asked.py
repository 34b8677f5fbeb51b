"""What a pool answers to what is asked beyond single terms."""

import pytest

from digest.models.interests import Interest
from digest.models.issues import Signal
from digest.ranking.asked import answers, excluded, wants_something, written_by
from digest.ranking.text import phrase
from tests.ranking.worlds import make_pool, make_text_paper

POOL = make_pool(
    make_text_paper("a", "Theory of mind", authors=("Ada Okafor", "Wei Zhang")),
    make_text_paper("b", "Graphs", "Of mind, and theory.", authors=("Bo Okafor",)),
    make_text_paper("c", "Law of the sea", categories=("cs.CL",), institutions=("allen-ai",)),
)


@pytest.mark.parametrize(
    "interest",
    [
        Interest(phrases=("whales",)),
        Interest(categories=("cs",)),
        Interest(authors=("Ada",)),
        Interest(organisations=("MIT",)),
        Interest(seeds=("2601.00001",)),
    ],
)
def test_each_wish_is_one(interest: Interest) -> None:
    assert wants_something(interest)


def test_an_exclusion_alone_is_no_wish() -> None:
    assert not wants_something(Interest(exclusions=("whales",)))
    assert not wants_something(Interest())


def test_a_longer_phrase_has_an_answer_for_each_linear_term() -> None:
    said = phrase("theory of mind")
    found = answers([], {7: (said, 2.0)}, POOL)

    assert [one.rows.tolist() for one in found] == [[0], [0]]
    assert {one.signal for one in found} == {Signal.TERM}
    assert found[0].subject(POOL.papers[0]) == "Theory of mind"


def test_what_two_readers_ask_is_answered_once() -> None:
    wish = Interest(authors=("Okafor",), categories=("CL",), organisations=("allen ai",))
    found = answers([wish, wish], {}, POOL)

    assert [(one.signal, one.rows.tolist()) for one in found] == [
        (Signal.CATEGORY, [2]),
        (Signal.AUTHOR, [0, 1]),
        (Signal.ORGANISATION, [2]),
    ]


def test_an_author_wrote_what_the_name_may_stand_for() -> None:
    assert written_by("A. Okafor", POOL) == [0]
    assert written_by("Okafor", POOL) == [0, 1]
    assert written_by("Nobody", POOL) == []


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("theory of mind", [0]),
        ("mind", [0, 1]),
        ("Okafor", [0, 1]),
        ("Okafor, Bo", [1]),
        ("cs.CL", [2]),
        ("of the", [2]),
        ("whales", []),
    ],
)
def test_an_exclusion_means_all_it_can_mean(text: str, rows: list[int]) -> None:
    assert excluded(text, POOL).tolist() == rows
