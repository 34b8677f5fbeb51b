import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.rendering.gist import LIMIT, gist
from tests.factories import make_paper

MOTIVATION = "Sperm whales have received much attention in recent years."
OFFER = "We present a codebook of eight clicks."
RESULT = "It predicts who speaks next in 71% of turns."


def of(abstract: str, title: str = "Whales", **facts: str) -> str:
    return gist(make_paper(title, abstract=abstract, **facts))


def test_what_a_paper_offers_comes_before_why_it_was_made() -> None:
    assert of(f"{MOTIVATION} {OFFER}") == OFFER


def test_what_was_found_follows_where_there_is_room() -> None:
    assert of(f"{MOTIVATION} {OFFER} {RESULT}") == f"{OFFER} {RESULT}"
    assert of(f"{OFFER} Details {'and details ' * 16}follow. {RESULT}") == OFFER


def test_a_summary_is_better_than_any_abstract() -> None:
    assert of(OFFER, summary="Whales count. In eights.") == "Whales count. In eights."


def test_a_long_summary_keeps_the_sentences_that_fit() -> None:
    assert of("", summary=f"Whales count. {'In eights ' * 30}.") == "Whales count."


def test_without_words_there_is_no_gist() -> None:
    assert of("") == ""
    assert of(" \n\x00 ") == ""


@pytest.mark.parametrize(
    "lead",
    [
        "In this paper, ",
        "To this end, ",
        "To address this problem, ",
        "Motivated by these observations, ",
        "More specifically, ",
    ],
)
def test_words_that_only_lead_up_to_it_are_left_out(lead: str) -> None:
    assert of(f"{MOTIVATION} {lead}we present a codebook of eight clicks.") == OFFER


@pytest.mark.parametrize(
    "sentence",
    [
        "We present clicks, e.g. Codas, and how they are heard.",
        "We present the codebook of Okafor et al. Again, but larger.",
        "We present clicks of J. Smith and of 3.5 million others.",
        "We present Whale vs. Sea in a new light.",
    ],
)
def test_a_stop_in_a_sentence_does_not_end_it(sentence: str) -> None:
    assert of(f"{MOTIVATION} {sentence}") == sentence


def test_a_lost_space_still_parts_two_sentences() -> None:
    assert of("Whales sing at sea.We present a codebook of eight clicks.") == OFFER


def test_a_sentence_that_names_the_work_says_what_it_is() -> None:
    abstract = "Whales sing at night. CLICK outperforms ears by day. Whales rest at noon today."

    assert of(abstract, title="CLICK: Hearing Whales").startswith("CLICK outperforms")


def test_where_the_code_is_says_nothing_of_the_work() -> None:
    abstract = f"{OFFER} Code is available at https://github.com/example/whales."

    assert of(abstract) == OFFER


@pytest.mark.parametrize(
    "release",
    [
        "We release both the code and the data for future research.",
        "We have publicly released our code and fine-tuned models.",
        "The source code will be publicly available upon publication.",
        "We make our models and checkpoints available to all.",
    ],
)
def test_what_is_given_away_says_nothing_of_the_work(release: str) -> None:
    assert of(f"{OFFER} {release}") == OFFER
    assert of(f"Whales sing in eights at night. {release}") == "Whales sing in eights at night."
    assert of(release) == release


@pytest.mark.parametrize(
    "work",
    [
        "We release a dataset of nine thousand hours of song.",
        "We release CLICK, the first of all models that hear whales.",
        "We test our ears on publicly available data from the sea.",
    ],
)
def test_a_work_that_is_a_release_still_says_so(work: str) -> None:
    assert of(f"Whales sing in eights at night. {work}") == work


@pytest.mark.parametrize(
    "dangling",
    [
        "Armed with this insight, we developed rules for hearing at sea.",
        "We present an ear at sea that handles all of the above.",
        "We find that these methods break down in deep water.",
        "We show how such an ear is built by hand at sea.",
        "We propose the aforementioned ear for use at sea.",
    ],
)
def test_a_sentence_that_needs_the_one_before_comes_last(dangling: str) -> None:
    plain = "We describe how eight clicks carry a name."
    assert of(f"{dangling} {'Whales rest, and ' * 14}sing. {plain}") == plain
    assert of(dangling) == dangling


def test_a_problem_named_in_passing_does_not_hide_an_offer() -> None:
    offer = "We present CLICK, an ear that solves these problems by counting."

    assert of(f"{MOTIVATION} Ears achieve little in the deep sea. {offer}") == offer


def test_no_address_is_left_in_a_gist() -> None:
    assert "http" not in of("We present clicks (https://example.org/a), heard at sea.")
    assert of("We present clicks (https://example.org/a), heard at sea.") == (
        "We present clicks, heard at sea."
    )


def test_tex_becomes_letters() -> None:
    assert of("We present $\\lambda$-whales~(AW) in 33.3\\% of seas.") == (
        "We present λ-whales (AW) in 33.3% of seas."
    )


def test_a_long_sentence_is_cut_where_it_has_a_joint() -> None:
    start = "We present a codebook of eight clicks for the songs of sperm whales in all seven seas"
    middle = "which was heard by forty buoys over nine years of storms"
    abstract = f"{start}, {middle}, and then {'again ' * 30}."

    assert of(abstract) == f"{start}, {middle}…"


def test_a_cut_leaves_no_bracket_open() -> None:
    start = "We present a codebook of eight clicks for the songs of sperm whales in all seven seas"
    abstract = f"{start} and of many others (for example, {'humpback whales, ' * 12}and others)."

    assert of(abstract) == f"{start} and of many others…"


def test_a_megabyte_takes_no_time() -> None:
    assert len(of("We present whales and " * 50_000)) <= LIMIT
    assert len(of("Whales sing. " * 80_000)) <= LIMIT
    assert len(of("x" * 1_000_000)) <= LIMIT


def test_sentences_of_other_scripts_end_at_their_own_stops() -> None:
    assert of("鯨の歌を学習する。海は広い。") == "鯨の歌を学習する。 海は広い。"


sentences = st.lists(
    st.sampled_from(
        [
            MOTIVATION,
            OFFER,
            RESULT,
            "Why (so",
            "e.g. this,",
            "However, not.",
            "鯨。",
            "a" * 250,
            "In",
        ]
    )
    | st.text(max_size=40),
    max_size=12,
)


@given(sentences)
def test_a_gist_fits_and_adds_no_word(parts: list[str]) -> None:
    abstract = " ".join(parts)
    short = of(abstract)

    assert len(short) <= LIMIT
    assert "\n" not in short
    assert bool(short) or not abstract.strip() or not abstract.isprintable() or "http" in abstract
