from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.models.issues import Movement
from digest.rendering.views import Bar, byline, card, movement, title_of
from tests.factories import make_paper, make_pick, make_trend

NAMES = tuple(f"Name{place} Family" for place in range(40))


@pytest.mark.parametrize(
    ("names", "count", "most", "words"),
    [
        (0, None, 3, ""),
        (0, 1, 3, "1 author"),
        (0, 7, 3, "7 authors"),
        (1, 1, 3, "Name0 Family"),
        (2, 2, 3, "Name0 Family and Name1 Family"),
        (3, 3, 3, "Name0 Family, Name1 Family and Name2 Family"),
        (4, 4, 3, "Name0 Family, Name1 Family, Name2 Family and 1 other"),
        (40, 40, 3, "Name0 Family, Name1 Family, Name2 Family and 37 others"),
        (2, 1_204, 3, "Name0 Family, Name1 Family and 1,202 others"),
        (2, None, 3, "Name0 Family, Name1 Family and others"),
        (9, None, 1, "Name0 Family and others"),
        (9, 9, 1, "Name0 Family and 8 others"),
        (1, 1, 1, "Name0 Family"),
    ],
)
def test_a_byline_names_some_and_counts_the_rest(
    names: int, count: int | None, most: int, words: str
) -> None:
    assert byline(make_paper(authors=NAMES[:names], author_count=count), most) == words


def test_two_authors_are_both_named_in_a_row() -> None:
    shown = card(make_pick(paper=make_paper(authors=NAMES[:2], author_count=2)))

    assert shown.short_byline == "Name0 Family and Name1 Family"


def test_a_name_as_long_as_a_novel_is_cut() -> None:
    assert len(byline(make_paper(authors=("x" * 9_999,)), 3)) < 100


@pytest.mark.parametrize(
    ("way", "moved", "words"),
    [
        (Movement.NEW, 0, "new today"),
        (Movement.UP, 5, "trend up 5"),
        (Movement.DOWN, 3, "trend down 3"),
        (Movement.DOWN, -3, "trend down 3"),
        (Movement.SAME, 0, "trend unchanged"),
        (Movement.UP, 0, "trend unchanged"),
    ],
)
def test_movement_is_in_words(way: Movement, moved: int, words: str) -> None:
    assert movement(make_trend(movement=way, moved=moved)) == words


def test_a_sparkline_is_by_square_root_and_ends_in_a_peak() -> None:
    shown = card(make_pick(trend=make_trend(history=(0, 25, 100))))

    assert shown.bars == (
        Bar(height=2, last=False),
        Bar(height=9, last=False),
        Bar(height=18, last=True),
    )
    assert shown.blocks == "▁▅█"


@pytest.mark.parametrize("history", [(), (5,), (0, 0, 0)])
def test_what_draws_no_line_has_no_sparkline(history: tuple[int, ...]) -> None:
    shown = card(make_pick(trend=make_trend(history=history)))

    assert shown.bars == ()
    assert shown.blocks == ""


@given(st.lists(st.integers(min_value=0, max_value=10**9), min_size=2, max_size=14))
def test_bars_and_blocks_say_the_same(history: list[int]) -> None:
    shown = card(make_pick(trend=make_trend(history=tuple(history))))

    assert len(shown.bars) == len(shown.blocks)
    assert all(2 <= bar.height <= 18 for bar in shown.bars)
    assert [bar.last for bar in shown.bars] == [False] * (len(shown.bars) - 1) + [True] * bool(
        shown.bars
    )


def test_figures_that_are_not_known_are_not_printed() -> None:
    trend = make_trend(upvotes=None, history=(), novelty=None, stars=None)

    assert card(make_pick(trend=trend)).figures == ""
    assert not card(make_pick(trend=trend)).measured


def test_figures_have_their_units() -> None:
    assert card(make_pick(trend=make_trend(upvotes=1, history=(), novelty=90.6))).figures == (
        "1 upvote · novelty 91/100"
    )


def test_code_that_nobody_can_find_is_only_noted() -> None:
    paper = replace(make_paper(), has_code=True)

    assert card(make_pick(paper=paper)).code is None
    assert "code available" in card(make_pick(paper=paper)).figures


@pytest.mark.parametrize(
    ("institutions", "words"),
    [
        ((), ""),
        (("CNRS",), "CNRS"),
        (("CNRS", "ETH"), "CNRS, ETH"),
        (("CNRS", "ETH", "MIT"), "CNRS, ETH, MIT"),
        (("CNRS", "ETH", "MIT", "KTH"), "CNRS, ETH and 2 more"),
        (("", "ETH"), "ETH"),
    ],
)
def test_institutions_are_few(institutions: tuple[str, ...], words: str) -> None:
    paper = replace(make_paper(), institutions=institutions)

    assert card(make_pick(paper=paper)).institutions == words


@pytest.mark.parametrize(
    ("title", "language"),
    [
        ("Whales of the Sea", "en"),
        ("Les baleines à bosse", "en"),
        ("鯨の歌から学習する", ""),
        ("نماذج لغوية", ""),
        ("BERT による鯨の歌の言語モデル学習", ""),
        ("42", "en"),
    ],
)
def test_a_title_of_another_script_is_not_called_english(title: str, language: str) -> None:
    assert card(make_pick(paper=replace(make_paper(), title=title))).language == language


@pytest.mark.parametrize(
    ("title", "printed"),
    [
        ("On $S^{3}$ and $\\lambda$", "On S³ and λ"),
        ("Two\r\nlines", "Two lines"),
        ("\x00\u202e", "Untitled"),
        ("", "Untitled"),
    ],
)
def test_a_title_is_one_readable_line(title: str, printed: str) -> None:
    assert title_of(replace(make_paper(), title=title)) == printed
