import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.rendering.words import (
    capitalised,
    counted,
    plain,
    series,
    shortened,
    spelled,
    wrapped,
)


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("two\r\nlines\tand a tab", "two lines and a tab"),
        ("nul\x00 bell\x07 escape\x1b[31m", "nul bell escape[31m"),
        ("\u202egnp.exe\u202c and \u2066isolated\u2069", "gnp.exe and isolated"),
        ("\ufeffmark soft\u00adhyphen", "mark softhyphen"),
        ("next\u0085line \u2028 paragraph\u2029", "next line paragraph"),
        ("lone \ud800 half", "lone half"),
        ("no\ufffe character\ufdd0", "no character"),
        ("narrow\u00a0space", "narrow space"),
        ("क्\u200dष 👩\u200d🔬", "क्\u200dष 👩\u200d🔬"),
        ("plain", "plain"),
    ],
)
def test_what_could_act_is_dropped_and_words_stay(text: str, safe: str) -> None:
    assert plain(text) == safe


@given(st.text())
def test_plain_text_is_one_line_that_can_be_sent(text: str) -> None:
    once = plain(text)

    assert plain(once) == once
    assert len(once.splitlines()) <= 1
    assert not {unicodedata.category(letter) for letter in once} & {"Cc", "Cs", "Co", "Zl", "Zp"}
    assert once.encode().decode() == once


@given(st.text(alphabet="abc äß漢字", max_size=60))
def test_plain_text_keeps_every_word(text: str) -> None:
    assert plain(text).split() == text.split()


@pytest.mark.parametrize(
    ("count", "words"), [(0, "0 papers"), (1, "1 paper"), (2, "2 papers"), (1234, "1,234 papers")]
)
def test_counts_agree_with_their_noun(count: int, words: str) -> None:
    assert counted(count, "paper") == words


def test_an_odd_plural_can_be_given() -> None:
    assert counted(2, "query", "queries") == "2 queries"


@pytest.mark.parametrize(
    ("count", "word"), [(0, "none"), (1, "one"), (10, "ten"), (11, "11"), (1000, "1,000")]
)
def test_numbers_are_words_up_to_ten(count: int, word: str) -> None:
    assert spelled(count) == word


def test_a_series_has_one_and() -> None:
    assert [series("abc"[:size]) for size in range(4)] == ["", "a", "a and b", "a, b and c"]


def test_only_the_first_letter_is_made_large() -> None:
    assert capitalised("gPT models") == "GPT models"
    assert capitalised("") == ""


@pytest.mark.parametrize(
    ("text", "limit", "short"),
    [
        ("fits", 4, "fits"),
        ("A model of the sea", 14, "A model…"),
        ("Learning, quickly, from whales", 19, "Learning, quickly…"),
        ("Masks for x (and their use)", 18, "Masks for x…"),
        ("鯨の歌から言語モデルを学習する", 8, "鯨の歌から言語…"),
        ("Incomprehensibilities", 8, "Incompr…"),
    ],
)
def test_what_is_too_long_ends_at_a_word(text: str, limit: int, short: str) -> None:
    assert shortened(text, limit) == short


@given(st.text(), st.integers(min_value=2, max_value=80))
def test_what_is_shortened_fits_and_starts_the_same(text: str, limit: int) -> None:
    short = shortened(text, limit)

    assert len(short) <= limit
    assert short == text or (short.endswith("…") and text.startswith(short[:-1]))


def test_a_cut_leaves_no_letter_without_its_accent() -> None:
    assert shortened("e\u0301" * 10, 5) == "e\u0301e…"


def test_lines_are_indented_and_the_first_may_differ() -> None:
    assert wrapped("one two three", indent="  ", first="- ", width=9) == "- one two\n  three"


def test_only_an_address_stands_out_of_its_line() -> None:
    address = "https://example.org/" + "x" * 80

    assert wrapped(f"see {address} or not", width=20) == f"see\n{address}\nor not"
    assert wrapped("y" * 25, width=20) == f"{'y' * 20}\n{'y' * 5}"


def test_wide_letters_take_two_columns() -> None:
    assert wrapped("鯨" * 7, width=10) == f"{'鯨' * 5}\n{'鯨' * 2}"


def columns(line: str) -> int:
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in line)


@given(
    st.lists(st.text(alphabet="ab漢“é", min_size=1, max_size=30), min_size=1),
    st.integers(min_value=0, max_value=8),
)
def test_wrapping_keeps_every_letter_and_every_line_in_its_width(
    words: list[str], margin: int
) -> None:
    lines = wrapped(" ".join(words), indent=" " * margin, width=40).split("\n")

    assert "".join("".join(lines).split()) == "".join(words)
    assert all(line.startswith(" " * margin) and not line.endswith(" ") for line in lines)
    assert all(columns(line) <= 40 for line in lines)


@given(st.lists(st.text(alphabet="abc", min_size=1, max_size=9), min_size=1))
def test_wrapping_keeps_words_whole(words: list[str]) -> None:
    assert wrapped(" ".join(words), width=12).split() == words
