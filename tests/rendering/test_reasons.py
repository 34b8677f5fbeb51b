from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.models.issues import Reason, Score, Signal
from digest.rendering.reasons import Summand, in_words, summands, total


def score_of(*points: float) -> Score:
    reasons = tuple(
        Reason(signal=Signal.TERM, subject=f"term {place}", points=count)
        for place, count in enumerate(points)
    )
    return Score(value=float(sum(map(Fraction, points))), reasons=reasons)


scores = st.lists(st.floats(min_value=-20, max_value=40), max_size=14).map(
    lambda points: score_of(*points)
)


@given(scores, st.integers(min_value=2, max_value=5))
def test_printed_points_add_up_to_the_printed_score(score: Score, parts: int) -> None:
    shown = summands(score, parts=parts)

    assert sum(part.points for part in shown) == total(score)
    assert all(part.points for part in shown)
    assert len(shown) <= parts


@given(scores)
def test_no_part_is_a_point_off_what_it_rounds(score: Score) -> None:
    exact = {in_words(one.signal, one.subject): one.points for one in score.reasons}
    for part in summands(score):
        if part.words in exact:
            assert abs(part.points - exact[part.words]) < 1


def test_the_largest_stand_first_and_the_small_together() -> None:
    shown = summands(score_of(3.4, 34.2, 1.3, 21.1, 1.0))

    assert shown == (
        Summand("“term 1”", 34),
        Summand("“term 3”", 21),
        Summand("“term 0”", 4),
        Summand("2 smaller signals", 2),
    )


def test_four_reasons_are_all_named() -> None:
    assert len(summands(score_of(4.0, 3.0, 2.0, 1.0))) == 4
    assert summands(score_of(4.0, 3.0, 2.0, 1.0))[-1] == Summand("“term 3”", 1)


def test_what_rounds_to_nothing_is_not_printed() -> None:
    assert summands(score_of(10.0, 0.2)) == (Summand("“term 0”", 10),)
    assert summands(score_of(10.0, 0.2, 0.2)) == (Summand("“term 0”", 10),)
    assert summands(score_of(10.0, 0.4, 0.4)) == (Summand("“term 0”", 10), Summand("“term 1”", 1))
    assert summands(score_of(10.0, *[0.4] * 5))[-1] == Summand("5 smaller signals", 2)


def test_a_score_of_nothing_has_no_reasons() -> None:
    assert summands(score_of()) == ()
    assert summands(score_of(0.0)) == ()


def test_what_speaks_against_a_paper_is_named() -> None:
    assert summands(score_of(10.0, -4.0)) == (Summand("“term 0”", 10), Summand("“term 1”", -4))


def test_the_same_words_are_one_part() -> None:
    reasons = (
        Reason(signal=Signal.TERM, subject="whales", points=4.5),
        Reason(signal=Signal.UPVOTES, subject="3", points=6.0),
        Reason(signal=Signal.TERM, subject="whales", points=4.5),
    )

    assert summands(Score(value=15.0, reasons=reasons)) == (
        Summand("“whales”", 9),
        Summand("3 upvotes", 6),
    )


@pytest.mark.parametrize(
    ("value", "printed"), [(61.5, 62), (61.49, 61), (0.0, 0), (-2.5, -2), (100.0, 100)]
)
def test_a_score_is_rounded_with_halves_up(value: float, printed: int) -> None:
    assert total(score_of(value)) == printed


@pytest.mark.parametrize(
    ("signal", "subject", "words"),
    [
        (Signal.TERM, "speculative decoding", "“speculative decoding”"),
        (Signal.TERM, "3 more shared terms", "3 more shared terms"),
        (Signal.CATEGORY, "cs.CL", "your category cs.CL"),
        (Signal.AUTHOR, "Ada Okafor", "you follow Ada Okafor"),
        (Signal.ORGANISATION, "ETH Zürich", "from ETH Zürich"),
        (Signal.SEED, "Whales", "close to “Whales”"),
        (Signal.SEED, "", "close to a paper you named"),
        (Signal.UPVOTES, "140", "140 upvotes"),
        (Signal.UPVOTES, "1", "1 upvote"),
        (Signal.COMMENTS, "1", "1 comment"),
        (Signal.STARS, "1200", "1,200 new stars"),
        (Signal.GROWTH, "40", "up 40 when last seen"),
        (Signal.GROWTH, "+40", "up 40 when last seen"),
        (Signal.PAGE_SCORE, "95.2", "95.2 points on its page"),
        (Signal.SOURCES, "1", "in 1 source"),
        (Signal.SOURCES, "2", "in 2 sources"),
        (Signal.POSITION, "3", "place 3 on its list"),
        (Signal.FRESHNESS, "0", "listed today"),
        (Signal.FRESHNESS, "1", "listed yesterday"),
        (Signal.FRESHNESS, "5", "listed 5 days ago"),
        (Signal.FRESHNESS, "", "freshness"),
        (Signal.TERM, "a\r\nb\u202e", "“a b”"),
    ],
)
def test_every_signal_has_its_words(signal: Signal, subject: str, words: str) -> None:
    assert in_words(signal, subject) == words


@pytest.mark.parametrize("signal", Signal)
def test_no_signal_is_without_words(signal: Signal) -> None:
    assert "None" not in in_words(signal, "7")
    assert in_words(signal, "")
    assert len(in_words(signal, "x" * 500)) < 80


@pytest.mark.parametrize("subject", ["7", "95.2", "1200", "+40"])
@pytest.mark.parametrize("signal", Signal)
def test_no_count_stands_beside_the_points(signal: Signal, subject: str) -> None:
    named = {Signal.CATEGORY, Signal.AUTHOR, Signal.ORGANISATION}
    assert signal in named or not in_words(signal, subject)[-1].isdigit()
