import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.ranking.text import Bag, bag, known_word, phrase, phrase_key, printed, quoted, singular
from tests.ranking.worlds import make_text_paper


def surfaces(title: str, abstract: str = "") -> set[str]:
    return {one.surface for one in printed(make_text_paper("a", title, abstract)).values()}


def test_a_text_is_its_words_and_its_two_word_phrases() -> None:
    assert surfaces("Sparse graph codes") == {
        "Sparse",
        "graph",
        "codes",
        "Sparse graph",
        "graph codes",
    }


def test_small_words_say_nothing_and_end_a_phrase() -> None:
    assert surfaces("The codes of the whales") == {"codes", "whales"}


def test_a_phrase_does_not_go_on_past_a_full_stop_or_a_comma() -> None:
    assert "whales graphs" not in surfaces("", "We like whales. graphs too.")
    assert "whales graphs" not in surfaces("", "whales, graphs")


def test_a_hyphen_makes_a_phrase_like_a_space() -> None:
    assert "fine-tuning" in surfaces("On fine-tuning")
    assert phrase("fine tuning").pairs == phrase("fine-tuning").pairs


def test_numbers_count_in_a_phrase_alone() -> None:
    assert surfaces("Llama 3 beats 7") == {"Llama", "Llama 3", "3 beats", "beats", "beats 7"}


def test_web_addresses_are_no_words() -> None:
    assert surfaces("", "Code: https://github.com/ada/whales and www.example.org.") == {"Code"}


def test_chinese_is_read_by_character() -> None:
    assert "鲸鱼" in surfaces("鲸鱼")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Whales", "whale"),
        ("studies", "study"),
        ("Café", "cafe"),
        ("\uff21\uff29", "ai"),
        ("SS", "ß"),
    ],
)
def test_case_accents_and_plurals_are_folded(one: str, other: str) -> None:
    assert known_word(one) == known_word(other)


@pytest.mark.parametrize("word", ["gas", "loss", "analysis", "corpus", "this"])
def test_what_only_looks_like_a_plural_stays(word: str) -> None:
    assert singular(word) == word


def test_a_phrase_knows_the_order_of_its_words() -> None:
    one, other = known_word("graph").key, known_word("code").key

    assert phrase_key(one, other) != phrase_key(other, one)


def test_a_term_in_the_title_counts_twice() -> None:
    counts = bag(make_text_paper("a", "Whales", "Whales click.")).counts
    by_key = dict(
        zip(bag(make_text_paper("a", "Whales", "Whales click.")).keys, counts, strict=True)
    )

    assert by_key[known_word("whales").key] == 3
    assert by_key[known_word("click").key] == 1


def test_the_summary_stands_in_for_a_missing_abstract() -> None:
    paper = make_text_paper("a", "On codes", summary="They speak of whales.")

    assert known_word("whales").key in bag(paper).keys


def test_the_printing_in_small_letters_is_shown() -> None:
    assert "speculative decoding" in surfaces("Speculative Decoding", "We do speculative decoding.")


def test_a_long_phrase_is_quoted_as_the_paper_has_it() -> None:
    paper = make_text_paper("a", "On Chain-of-Thought prompting")

    assert quoted(phrase("chain of thought").sequence, paper) == "Chain-of-Thought"
    assert quoted(phrase("chain of thoughtful").sequence, paper) is None


@pytest.mark.parametrize(
    ("text", "long"),
    [
        ("whales", False),
        ("graph codes", False),
        ("large language models", True),
        ("theory of mind", True),
        ("of mice", True),
        ("of the", False),
    ],
)
def test_only_the_whole_sequence_says_a_longer_phrase(text: str, long: bool) -> None:  # noqa: FBT001 - a column of the table
    assert phrase(text).long is long


def test_words_counted_elsewhere_make_the_same_terms() -> None:
    counted = Bag.of_counts({"Whales": 2.0, "graph codes": 1.0})

    assert set(counted.keys.tolist()) == {
        known_word("whale").key,
        known_word("graph").key,
        known_word("code").key,
        *phrase("graph codes").pairs,
    }
    assert counted.length == 3


@given(st.text(max_size=200), st.text(max_size=400))
def test_any_text_can_be_read_and_every_term_quoted(title: str, abstract: str) -> None:
    paper = make_text_paper("a", title, abstract)

    assert sorted(printed(paper)) == bag(paper).keys.tolist()
    assert all(one.surface for one in printed(paper).values())
