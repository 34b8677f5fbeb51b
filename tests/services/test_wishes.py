from hypothesis import given
from hypothesis import strategies as st

from digest.models.interests import Interest
from digest.services.wishes import MOST_WISHES, read_interest


def test_what_is_typed_is_told_apart() -> None:
    interest = read_interest(
        ["speech recognition, cs.SD\nhttps://arxiv.org/abs/2601.00001v2; hep-th", "Moss  as memory"]
    )

    assert interest == Interest(
        phrases=("speech recognition", "Moss as memory"),
        categories=("cs.SD", "hep-th"),
        seeds=("2601.00001",),
    )


def test_a_word_that_could_be_an_archive_is_a_word() -> None:
    assert read_interest(["cs, math, Cs.x"]).phrases == ("cs", "math", "Cs.x")


def test_a_wish_counts_once_and_too_many_are_left_out() -> None:
    assert read_interest(["Moss", "moss, MOSS"]).phrases == ("Moss",)
    assert len(read_interest([",".join(map(str, range(99)))]).phrases) == MOST_WISHES


@given(st.lists(st.text()))
def test_whatever_is_typed_makes_an_interest(texts: list[str]) -> None:
    interest = read_interest(texts)

    assert len(interest.phrases + interest.categories + interest.seeds) <= MOST_WISHES
    assert read_interest(interest.phrases).phrases == interest.phrases
