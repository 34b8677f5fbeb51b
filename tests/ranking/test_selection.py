"""What makes an issue, and what must never."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import combinations, pairwise
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.models.interests import Interest
from digest.models.papers import Paper, Sighting, new_paper
from digest.models.subscribers import Subscription
from digest.ranking import selection as module
from digest.ranking.selection import LEAST_FIT, Choice, choose
from tests.factories import DAY, make_sighting
from tests.ranking.worlds import (
    make_pool,
    make_subscription,
    make_text_paper,
    papers,
    sightings,
    subscriptions,
)

WHALES = make_text_paper("whales", "Sperm whales count", "Whales speak in clicks.")
GRAPHS = make_text_paper("graphs", "Graph neural networks", "Networks over molecules.")
VIDEO = make_text_paper("video", "Video diffusion", "Drawing moving pictures from noise.")
WORLD = (WHALES, GRAPHS, VIDEO)


def ids(choice: Choice) -> list[str]:
    return [pick.paper.id for pick in choice.picks]


def choice_of(
    subscription: Subscription, *world: Paper, seen: Sequence[Sighting] = (), **more: Any
) -> Choice:
    (found,) = choose([subscription], make_pool(*world, sightings=seen), **more)
    return found


def test_an_issue_has_what_the_reader_asked_for() -> None:
    found = choice_of(make_subscription(Interest(phrases=("whales",))), *WORLD)

    assert ids(found) == ["whales"]
    assert (found.considered, found.matching, found.reason) == (3, 1, "")


def test_the_trend_decides_between_papers_that_fit_alike() -> None:
    quiet = make_text_paper("a", "Whales sleeping")
    loud = make_text_paper("b", "Whales swimming")
    seen = [make_sighting(loud, upvotes=200), make_sighting(quiet, upvotes=1)]
    found = choice_of(make_subscription(Interest(phrases=("whales",))), quiet, loud, seen=seen)

    assert ids(found) == ["b", "a"]


def test_equal_papers_stand_in_order_of_their_ids() -> None:
    world = [make_text_paper(name, f"Whales {name}") for name in ("one", "two", "six")]
    found = choice_of(make_subscription(Interest(phrases=("whales",))), *world)

    assert ids(found) == ["one", "six", "two"]


def test_who_asked_for_nothing_gets_what_is_talked_about() -> None:
    seen = [make_sighting(VIDEO, upvotes=200), make_sighting(WHALES, upvotes=20)]
    found = choice_of(make_subscription(), *WORLD, seen=seen)

    assert ids(found) == ["video", "whales", "graphs"]
    assert found.matching == 3
    assert found.picks[0].score.value == found.picks[0].trend.value


def test_exclusions_work_for_who_asked_for_nothing_else() -> None:
    found = choice_of(make_subscription(Interest(exclusions=("video",))), *WORLD)

    assert sorted(ids(found)) == ["graphs", "whales"]


def test_nothing_good_enough_is_said_and_not_filled_up() -> None:
    seen = [make_sighting(VIDEO, upvotes=500)]
    found = choice_of(make_subscription(Interest(phrases=("volcanoes",))), *WORLD, seen=seen)

    assert found.picks == ()
    assert found.matching == 0
    assert found.reason == "None of 3 papers is close enough to what you asked for."


def test_an_empty_day_is_said() -> None:
    assert choice_of(make_subscription()).reason == "No paper was listed."


def test_who_has_had_everything_is_told() -> None:
    found = choice_of(make_subscription(), WHALES, sent={"reader": ["whales"]})

    assert (found.considered, found.reason) == (0, "You have had every paper that was listed.")


def test_only_a_small_part_is_filled_with_what_does_not_fit() -> None:
    fitting = [make_text_paper(f"w{n}", f"Whales in sea{n}") for n in range(4)]
    loud = [make_text_paper(f"v{n}", f"Video of day{n}") for n in range(9)]
    seen = [make_sighting(paper, upvotes=300) for paper in loud]
    found = choice_of(make_subscription(Interest(phrases=("whales",))), *fitting, *loud, seen=seen)

    assert sum(name.startswith("w") for name in ids(found)) == 4
    assert sum(name.startswith("v") for name in ids(found)) == 3


def test_fillers_are_never_more_than_what_fits() -> None:
    loud = [make_text_paper(f"v{n}", f"Video of day{n}") for n in range(9)]
    seen = [make_sighting(paper, upvotes=300) for paper in loud]
    found = choice_of(make_subscription(Interest(phrases=("whales",))), WHALES, *loud, seen=seen)

    assert len(ids(found)) == 2


def test_a_dial_of_nought_fills_nothing_and_of_one_is_the_trend_alone() -> None:
    seen = [make_sighting(VIDEO, upvotes=300)]
    wish = Interest(phrases=("whales",))

    assert ids(choice_of(make_subscription(wish, dial=0.0), *WORLD, seen=seen)) == ["whales"]
    assert ids(choice_of(make_subscription(wish, dial=1.0), *WORLD, seen=seen))[0] == "video"


@pytest.mark.parametrize(
    "exclusion", ["whale", "sperm whales", "cs.CL", "CL", "Ada Okafor", "Okafor", "Okafor, A."]
)
def test_an_exclusion_wins_over_everything(exclusion: str) -> None:
    paper = replace(WHALES, authors=("Ada Okafor",), categories=("cs.CL",))
    wish = Interest(
        phrases=("whales",), authors=("Ada Okafor",), categories=("cs.CL",), exclusions=(exclusion,)
    )

    assert "whales" not in ids(choice_of(make_subscription(wish), paper, GRAPHS))


@pytest.mark.parametrize("exclusion", ["hale", "whales sperm", "whales count whales", "Okaf", "C"])
def test_an_exclusion_means_whole_words_in_their_order(exclusion: str) -> None:
    paper = replace(WHALES, authors=("Ada Okafor",), categories=("cs.CL",))
    wish = Interest(phrases=("whales",), exclusions=(exclusion,))

    assert ids(choice_of(make_subscription(wish), paper)) == ["whales"]


def test_an_exclusion_of_one_interest_holds_for_all() -> None:
    wishes = (Interest(phrases=("whales",)), Interest(name="b", exclusions=("clicks",)))

    assert ids(choice_of(make_subscription(*wishes), *WORLD)) == []


def test_each_interest_is_met_by_its_own_papers() -> None:
    wishes = (Interest(phrases=("whales",)), Interest(name="b", phrases=("video diffusion",)))
    found = choice_of(make_subscription(*wishes), *WORLD)

    assert sorted(ids(found)) == ["video", "whales"]
    reasons = {pick.paper.id: {one.subject for one in pick.score.reasons} for pick in found.picks}
    assert reasons["video"] == {"Video diffusion"}


def test_a_second_interest_takes_nothing_from_the_first() -> None:
    one = choice_of(make_subscription(Interest(phrases=("whales",))), *WORLD)
    both = choice_of(
        make_subscription(Interest(phrases=("whales",)), Interest(name="b", phrases=("video",))),
        *WORLD,
    )

    assert one.picks[0].score in {pick.score for pick in both.picks}


def test_a_seed_is_known_and_does_not_return() -> None:
    seed = make_text_paper("seed", "Sperm whales sing", arxiv_id="2601.00001")
    found = choice_of(
        make_subscription(Interest(seeds=("arXiv:2601.00001v3",))), seed, *WORLD, seeds=[seed]
    )

    assert ids(found)[0] == "whales"
    assert "seed" not in ids(found)


def test_of_two_papers_that_say_the_same_one_is_enough() -> None:
    text = "Sperm whales speak a code of clicks that counts in base eight."
    twins = [make_text_paper(name, "Whales count in base eight", text) for name in ("a", "b")]
    other = make_text_paper("c", "Killer whales hunt", "They hunt seals in groups, at night.")
    found = choice_of(make_subscription(Interest(phrases=("whales",))), *twins, other)

    assert sorted(ids(found)) == ["a", "c"]


def test_a_near_duplicate_gives_way_to_something_else() -> None:
    text = "Sperm whales speak a code of clicks"
    near = [
        make_text_paper("a", "Whales count", text),
        make_text_paper("b", "Whales count on", text),
    ]
    other = make_text_paper("c", "Whales hunt seals", "Cold water, long nights, no speech.")
    found = choice_of(make_subscription(Interest(phrases=("whales",)), paper_limit=2), *near, other)

    assert sorted(ids(found)) == ["a", "c"]


def test_one_place_is_for_a_quiet_gem() -> None:
    loud = [make_text_paper(f"v{n}", f"Whales {word}") for n, word in enumerate("abcdefg")]
    gem = make_text_paper("gem", "Whales whales", "Whales and the sea they live in are quiet.")
    seen = [make_sighting(paper, upvotes=400) for paper in loud]
    wish = make_subscription(Interest(phrases=("whales",)), dial=0.9, paper_limit=5)
    found = choice_of(wish, *loud, gem, seen=seen)

    assert "gem" in ids(found)
    assert ids(found)[-1] == "gem"
    assert len(found.picks) == 5


def test_many_readers_are_chosen_for_in_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    readers = [
        make_subscription(Interest(phrases=(phrase,)), id=f"r{n}")
        for n, phrase in enumerate(("whales", "video", "graph", "whales", "volcano"))
    ]
    pool = make_pool(*WORLD)
    whole = choose(readers, pool)
    monkeypatch.setattr(module, "BLOCK", 2)

    assert choose(readers, pool) == whole
    assert [one.subscription_id for one in whole] == ["r0", "r1", "r2", "r3", "r4"]


def test_no_readers_no_choices() -> None:
    assert choose([], make_pool(*WORLD)) == ()


@st.composite
def mornings(
    draw: st.DrawFn,
) -> tuple[list[Paper], list[Sighting], list[Subscription], dict[str, frozenset[str]]]:
    world = draw(papers())
    seen = draw(sightings(world))
    readers = [draw(subscriptions(reader=f"r{n}")) for n in range(draw(st.integers(1, 3)))]
    names = [paper.id for paper in world] or ["nobody"]
    sent = {
        reader.id: draw(st.frozensets(st.sampled_from(names), max_size=3)) for reader in readers
    }
    return world, seen, readers, sent


Morning = tuple[list[Paper], list[Sighting], list[Subscription], dict[str, frozenset[str]]]


@settings(max_examples=40)
@given(mornings())
def test_what_was_sent_never_returns_and_limits_hold(morning: Morning) -> None:
    world, seen, readers, sent = morning
    pool = make_pool(*world, sightings=seen)
    for reader, found in zip(readers, choose(readers, pool, seeds=world, sent=sent), strict=True):
        assert not sent[reader.id] & set(ids(found))
        assert len(found.picks) <= reader.paper_limit
        assert len(set(ids(found))) == len(found.picks)
        assert found.considered == len({paper.id for paper in world} - sent[reader.id])
        assert found.matching <= found.considered
        assert bool(found.picks) is not bool(found.reason)


@settings(max_examples=40)
@given(mornings())
def test_what_was_excluded_never_appears(morning: Morning) -> None:
    world, seen, readers, sent = morning
    for found, reader in zip(
        choose(readers, make_pool(*world, sightings=seen), seeds=world, sent=sent),
        readers,
        strict=True,
    ):
        unwanted = [text for interest in reader.interests for text in interest.exclusions]
        for pick in found.picks:
            printed = f"{pick.paper.title} . {pick.paper.abstract}"
            for text in unwanted:
                assert f" {text} " not in f" {printed} "
                assert text not in pick.paper.authors


@settings(max_examples=40)
@given(mornings())
def test_picks_are_in_order_of_their_scores(morning: Morning) -> None:
    world, seen, readers, sent = morning
    for found in choose(readers, make_pool(*world, sightings=seen), seeds=world, sent=sent):
        assert [pick.rank for pick in found.picks] == list(range(1, len(found.picks) + 1))
        for one, other in pairwise(found.picks):
            assert (-one.score.value, one.paper.id) <= (-other.score.value, other.paper.id)


@settings(max_examples=40)
@given(mornings(), st.randoms(use_true_random=False))
def test_the_order_of_the_input_plays_no_part(morning: Morning, chance: Random) -> None:
    world, seen, readers, sent = morning
    mixed, seen_mixed, readers_mixed = list(world), list(seen), list(readers)
    chance.shuffle(mixed)
    chance.shuffle(seen_mixed)
    chance.shuffle(readers_mixed)
    straight = choose(readers, make_pool(*world, sightings=seen), seeds=world, sent=sent)
    shuffled = choose(
        readers_mixed, make_pool(*mixed, sightings=seen_mixed), seeds=mixed, sent=sent
    )

    by_reader = {one.subscription_id: one for one in shuffled}
    for one in straight:
        other = by_reader[one.subscription_id]
        assert ids(one) == ids(other)
        assert (one.considered, one.matching) == (other.considered, other.matching)


@settings(max_examples=40)
@given(mornings())
def test_no_reader_is_told_of_a_paper_that_has_nothing_to_say(morning: Morning) -> None:
    world, seen, readers, sent = morning
    for found in choose(readers, make_pool(*world, sightings=seen), seeds=world, sent=sent):
        assert found.matching > 0 or not found.picks


def test_the_least_fit_is_in_points_of_100() -> None:
    assert 0 < LEAST_FIT < 100


def test_readers_of_real_listings_get_different_issues(real_input: Path) -> None:
    world, seen = _listed(real_input / "listings")
    readers = [
        make_subscription(Interest(phrases=phrases), id=phrases[0])
        for phrases in (
            ("large language models", "reasoning"),
            ("diffusion models", "video generation"),
            ("robotics", "reinforcement learning"),
        )
    ]
    found = choose(readers, make_pool(*world, sightings=seen))

    assert all(len(one.picks) == 10 for one in found)
    for one, other in combinations(found, 2):
        assert len(set(ids(one)) & set(ids(other))) < 4


def _listed(folder: Path) -> tuple[list[Paper], list[Sighting]]:
    """Return the papers of saved pages, told apart by blank lines alone."""
    from digest.sources.saved_page import parse  # noqa: PLC0415 - only where pages are at hand

    world: dict[str, Paper] = {}
    seen = []
    for page in sorted(folder.glob("*.txt")):
        for place, entry in enumerate(parse(page.read_bytes(), day=DAY).entries, start=1):
            paper = new_paper(entry)
            world[paper.id] = paper
            seen.append(
                make_sighting(
                    paper,
                    listed_on=DAY - timedelta(days=1),
                    position=place,
                    upvotes=entry.upvotes,
                    score=entry.score,
                )
            )
    return list(world.values()), seen
