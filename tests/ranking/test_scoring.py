"""What a reader asks and what a paper gets for it, with the reasons."""

from math import fsum

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.models.interests import Interest
from digest.models.issues import Reason, Signal
from digest.models.papers import Paper
from digest.ranking.pool import Pool
from digest.ranking.profiles import Profiles
from digest.ranking.scoring import explained, fits, score
from digest.ranking.text import bag
from tests.factories import make_trend
from tests.ranking.worlds import interests, make_pool, make_text_paper, papers

WHALES = make_text_paper("whales", "Whales count", "Sperm whales speak a code of clicks.")
GRAPHS = make_text_paper("graphs", "Graph neural networks", "Networks of graphs learn a code.")
VIDEO = make_text_paper("video", "Video diffusion models", "Models that draw moving pictures.")
WORLD = (WHALES, GRAPHS, VIDEO)


def why(
    interest: Interest, pool: Pool, paper: Paper, *, seeds: tuple[Paper, ...] = ()
) -> list[Reason]:
    library = {seed.id: bag(seed) for seed in seeds}
    profiles = Profiles.of([interest], pool, seeds=library)
    row = pool.rows[paper.id]
    return list(explained(profiles, pool, lane=0, rows=[row])[row])


def fit(interest: Interest, pool: Pool, paper: Paper, *, seeds: tuple[Paper, ...] = ()) -> float:
    library = {seed.id: bag(seed) for seed in seeds}
    profiles = Profiles.of([interest], pool, seeds=library)
    return float(fits(profiles, slice(None))[0, pool.rows[paper.id]])


def test_a_paper_fits_who_typed_what_it_is_about() -> None:
    pool = make_pool(*WORLD)
    wish = Interest(phrases=("sperm whales",))

    assert fit(wish, pool, WHALES) > 20
    assert fit(wish, pool, GRAPHS) == fit(wish, pool, VIDEO) == 0


def test_the_reason_is_the_phrase_as_the_paper_prints_it() -> None:
    reasons = why(Interest(phrases=("sperm whale",)), make_pool(*WORLD), WHALES)

    assert [(one.signal, one.subject) for one in reasons] == [(Signal.TERM, "Sperm whales")]


def test_the_exact_phrase_counts_more_than_its_words_apart() -> None:
    exact = make_text_paper("exact", "On speculative decoding of text")
    apart = make_text_paper("apart", "Decoding of speculative text on")
    pool = make_pool(exact, apart)
    wish = Interest(phrases=("speculative decoding",))

    assert fit(wish, pool, exact) > 1.5 * fit(wish, pool, apart) > 0


def test_a_longer_phrase_counts_most_where_it_stands_whole() -> None:
    whole = make_text_paper("whole", "Mixture of experts routing for speech")
    part = make_text_paper("part", "Experts on mixture routing of speech")
    pool = make_pool(whole, part)
    wish = Interest(phrases=("mixture of experts",))

    assert fit(wish, pool, whole) > 1.5 * fit(wish, pool, part) > 0
    assert why(wish, pool, whole)[0].subject == "Mixture of experts"


def test_a_rare_phrase_counts_more_than_a_common_one() -> None:
    archive = [make_text_paper(f"m{n}", "Models of models") for n in range(40)]
    one = make_text_paper("one", "Models and qubits")
    pool = make_pool(one, archive=archive)
    by_subject = {
        r.subject: r.points for r in why(Interest(phrases=("models", "qubits")), pool, one)
    }

    assert by_subject["qubits"] > by_subject["Models"]


def test_a_term_in_the_title_counts_more_than_in_the_abstract() -> None:
    titled = make_text_paper("titled", "Qubits in ice", "We look at water.")
    buried = make_text_paper("buried", "Water in ice", "We look at qubits.")
    wish = Interest(phrases=("qubits",))
    pool = make_pool(titled, buried)

    assert fit(wish, pool, titled) > fit(wish, pool, buried) > 0


def test_papers_like_the_seeds_fit() -> None:
    seed = make_text_paper("seed", "Graph networks", "A code for neural graphs.")
    pool = make_pool(*WORLD)
    wish = Interest(seeds=("seed",))

    assert fit(wish, pool, GRAPHS, seeds=(seed,)) > 3 * fit(wish, pool, WHALES, seeds=(seed,))
    assert fit(wish, pool, GRAPHS) == 0, "a seed nobody knows says nothing"


@pytest.mark.parametrize(
    ("wish", "signal", "subject"),
    [
        (Interest(authors=("Okafor, A.",)), Signal.AUTHOR, "Ada Okafor"),
        (Interest(categories=("cs",)), Signal.CATEGORY, "cs.CL"),
        (Interest(categories=("CL",)), Signal.CATEGORY, "cs.CL"),
        (Interest(organisations=("AllenAI",)), Signal.ORGANISATION, "allen-ai"),
    ],
)
def test_what_is_not_text_is_a_reason_too(wish: Interest, signal: Signal, subject: str) -> None:
    paper = make_text_paper(
        "a", "Whales", authors=("Ada Okafor",), categories=("cs.CL",), institutions=("allen-ai",)
    )
    (reason,) = why(wish, make_pool(paper, *WORLD), paper)

    assert (reason.signal, reason.subject) == (signal, subject)
    assert reason.points > 0


def test_an_author_one_follows_counts_more_than_a_place_and_that_more_than_a_category() -> None:
    paper = make_text_paper(
        "a", "Whales", authors=("Ada Okafor",), categories=("cs.CL",), institutions=("allen-ai",)
    )
    wish = Interest(authors=("Ada Okafor",), categories=("cs.CL",), organisations=("allen ai",))
    points = {one.signal: one.points for one in why(wish, make_pool(paper), paper)}

    assert points[Signal.AUTHOR] > points[Signal.ORGANISATION] > points[Signal.CATEGORY]


def test_many_shared_terms_are_named_in_part_and_the_rest_is_truly_their_sum() -> None:
    text = "alpha. beta. gamma. delta. epsilon. zeta. eta. theta. iota"
    paper = make_text_paper("a", text)
    pool = make_pool(paper, *WORLD)
    wish = Interest(phrases=tuple(text.split(". ")))
    reasons = why(wish, pool, paper)

    assert len(reasons) == 6
    assert reasons[-1].subject == "4 more shared terms"
    assert fsum(one.points for one in reasons) == pytest.approx(fit(wish, pool, paper))


def test_a_fit_cannot_pass_100_and_its_reasons_share_the_loss() -> None:
    paper = make_text_paper("a", "Whales", authors=("Ada Okafor", "Bo Lindqvist", "Wei Zhang"))
    wish = Interest(authors=paper.authors, phrases=("whales",))
    pool = make_pool(paper)

    assert fit(wish, pool, paper) == 100
    assert fsum(one.points for one in why(wish, pool, paper)) == pytest.approx(100)


def test_in_a_large_archive_words_that_go_together_find_each_other() -> None:
    archive = [
        make_text_paper(f"old{n:04}", f"{'quantum qubit' if n % 20 == 0 else 'ice'} item{n // 3}")
        for n in range(1200)
    ]
    qubits = make_text_paper("new", "Qubit drift")
    pool = make_pool(qubits, *WORLD, archive=archive)

    assert fit(Interest(phrases=("quantum",)), pool, qubits) > 0
    assert fit(Interest(phrases=("ice",)), pool, qubits) == 0
    seed = make_text_paper("seed", "Quantum ice")
    assert fit(Interest(seeds=("seed",)), pool, qubits, seeds=(seed,)) > 0


def test_the_dial_mixes_fit_and_trend() -> None:
    fit_reason = Reason(signal=Signal.TERM, subject="whales", points=50.0)
    trend = make_trend(value=40.0)

    assert score([fit_reason], trend, dial=0).value == 50
    assert score([fit_reason], trend, dial=1).value == 40
    mixed = score([fit_reason], trend, dial=0.3)
    assert mixed.value == pytest.approx(0.7 * 50 + 0.3 * 40)
    assert [one.signal for one in mixed.reasons] == [Signal.TERM, Signal.UPVOTES]


@settings(max_examples=50)
@given(papers(least=1), st.lists(interests(), min_size=1, max_size=4))
def test_the_reasons_sum_to_what_the_matrix_product_says(
    world: list[Paper], wishes: list[Interest]
) -> None:
    pool = make_pool(*world)
    library = {"paper0": bag(world[0]), "2601.00001v2": bag(world[-1])}
    profiles = Profiles.of(wishes, pool, seeds=library)
    product = fits(profiles, slice(None))

    assert product.shape == (len(wishes), len(world))
    assert ((product >= 0) & (product <= 100)).all()
    for lane in range(len(wishes)):
        found = explained(profiles, pool, lane=lane, rows=range(len(world)))
        for row, reasons in found.items():
            total = fsum(reason.points for reason in reasons)
            assert total == pytest.approx(product[lane, row], abs=1e-9)
            assert all(reason.subject for reason in reasons)


@settings(max_examples=50)
@given(papers(least=2), interests())
def test_an_unrelated_paper_changes_no_fit(world: list[Paper], wish: Interest) -> None:
    library = {"paper0": bag(world[0])}
    stranger = make_text_paper("zzz", "Zebrafish embryology")
    pools = (
        make_pool(*world, archive=world),
        make_pool(*world, stranger, archive=world),
    )
    before, after = (
        fits(Profiles.of([wish], pool, seeds=library), slice(None))[0, : len(world)]
        for pool in pools
    )

    np.testing.assert_allclose(before, after, atol=1e-9)


@settings(max_examples=50)
@given(papers(least=1), st.lists(interests(), min_size=2, max_size=4))
def test_readers_do_not_change_each_others_fit(world: list[Paper], wishes: list[Interest]) -> None:
    pool = make_pool(*world)
    library = {"paper0": bag(world[0])}
    together = fits(Profiles.of(wishes, pool, seeds=library), slice(None))

    for row, wish in enumerate(wishes):
        alone = fits(Profiles.of([wish], pool, seeds=library), slice(None))[0]
        np.testing.assert_allclose(together[row], alone, atol=1e-9)
