from digest.ranking.stop_words import STOP_WORDS
from digest.ranking.text import known_word


def test_stop_words_are_single_words_in_small_letters() -> None:
    assert all(word.isalpha() and word.islower() for word in STOP_WORDS)


def test_no_stop_word_is_a_term() -> None:
    assert not any(known_word(word).term or known_word(word).part for word in STOP_WORDS)


def test_words_that_name_a_subject_are_no_stop_words() -> None:
    subjects = {"model", "learning", "language", "state", "space", "attention", "work"}

    assert subjects & STOP_WORDS == {"work"}
