"""More, less and save: what they change, and that nothing of it stays when they are taken back."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from math import fsum
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.models.feedback import Feedback, Verdict
from digest.models.interests import LEARNED, Interest
from digest.models.issues import Signal
from digest.models.papers import Paper
from digest.models.subscribers import Subscription
from digest.ranking.learning import LATEST, learned
from digest.ranking.profiles import Profiles
from digest.ranking.scoring import fits
from digest.ranking.selection import Choice, choose
from digest.ranking.text import bag
from tests.factories import NOON
from tests.ranking.worlds import (
    interests,
    make_pool,
    make_subscription,
    make_text_paper,
    papers,
    subscriptions,
)

WHALES = make_text_paper("whales", "Whales count", "Sperm whales speak a code of clicks.")
PODS = make_text_paper("pods", "Pods of whales", "Whales teach songs to their pods.")
GRAPHS = make_text_paper("graphs", "Graph networks", "Networks of graphs learn a code.")
VIDEO = make_text_paper("video", "Video diffusion", "Models that draw moving pictures.")
MOVES = make_text_paper("moves", "Moving pictures", "Video diffusion models draw in time.")
BREAD = make_text_paper("bread", "Bread without yeast", "Dough rises twice in a warm oven.")
WORLD = (WHALES, PODS, GRAPHS, VIDEO, MOVES, BREAD)


def said(verdict: Verdict, paper: Paper | str, *, minute: int = 0) -> Feedback:
    return Feedback(
        subscription_id="reader",
        paper_id=paper if isinstance(paper, str) else paper.id,
        verdict=verdict,
        at=NOON + timedelta(minutes=minute),
    )


def chosen(
    subscription: Subscription, *feedback: Feedback, world: Sequence[Paper] = WORLD
) -> Choice:
    [choice] = choose([learned(subscription, feedback)], make_pool(*world), seeds=world)
    return choice


def scores(choice: Choice) -> dict[str, float]:
    return {pick.paper.id: pick.score.value for pick in choice.picks}


def everything(*phrases: str, **changes: object) -> Subscription:
    interest = Interest(phrases=phrases)
    return make_subscription(interest, **{"dial": 0.0, "paper_limit": 7, **changes})


verdicts = st.lists(
    st.builds(
        said,
        st.sampled_from(Verdict),
        st.sampled_from([f"paper{number}" for number in range(8)]),
        minute=st.integers(0, 9),
    ),
    max_size=6,
)


def test_who_said_nothing_asks_for_what_they_typed() -> None:
    subscription = everything("whales")

    assert learned(subscription, ()) is subscription


def test_more_and_save_are_seeds_of_the_first_thing_asked_for() -> None:
    subscription = make_subscription(
        Interest(exclusions=("bread",)), Interest(seeds=("s",)), Interest(phrases=("graphs",))
    )

    changed = learned(subscription, [said(Verdict.MORE, "a"), said(Verdict.SAVE, "b", minute=1)])

    assert [one.seeds for one in changed.interests] == [(), ("s", "a", "b"), ()]
    assert [one.unlike for one in changed.interests] == [(), (), ()]


def test_less_is_for_everything_asked_for() -> None:
    subscription = make_subscription(Interest(phrases=("a",)), Interest(phrases=("b",)))

    changed = learned(subscription, [said(Verdict.LESS, "x")])

    assert [one.unlike for one in changed.interests] == [("x",), ("x",)]
    assert [one.seeds for one in changed.interests] == [(), ()]


@pytest.mark.parametrize(
    ("order", "seeds", "unlike"),
    [
        ((Verdict.MORE, Verdict.LESS), (), ("x",)),
        ((Verdict.LESS, Verdict.MORE), ("x",), ()),
        ((Verdict.SAVE, Verdict.LESS), (), ("x",)),
        ((Verdict.LESS, Verdict.SAVE), (), ("x",)),
        ((Verdict.MORE, Verdict.SAVE), ("x",), ()),
    ],
)
def test_of_two_verdicts_on_one_paper_one_holds(
    order: tuple[Verdict, Verdict], seeds: tuple[str, ...], unlike: tuple[str, ...]
) -> None:
    feedback = [said(verdict, "x", minute=at) for at, verdict in enumerate(order)]

    [interest] = learned(everything("whales"), feedback).interests

    assert (interest.seeds, interest.unlike) == (seeds, unlike)


def test_a_long_memory_has_an_end() -> None:
    feedback = [said(Verdict.MORE, f"p{at:03}", minute=at) for at in range(LATEST + 5)]

    [interest] = learned(everything("whales"), feedback).interests

    assert interest.seeds == tuple(f"p{at:03}" for at in range(5, LATEST + 5))


@given(subscriptions(), verdicts, st.randoms(use_true_random=False))
def test_it_does_not_matter_in_which_order_verdicts_are_read(
    subscription: Subscription, feedback: list[Feedback], random: Random
) -> None:
    mixed = list(feedback)
    random.shuffle(mixed)

    assert learned(subscription, mixed) == learned(subscription, feedback)


@given(subscriptions(), verdicts)
def test_nothing_that_was_typed_is_lost_or_changed(
    subscription: Subscription, feedback: list[Feedback]
) -> None:
    changed = learned(subscription, feedback)

    typed = [replace(one, seeds=(), unlike=()) for one in subscription.interests]
    kept = [replace(one, seeds=(), unlike=()) for one in changed.interests]
    assert kept[: len(typed)] == typed
    assert [one.name for one in kept[len(typed) :]] in ([], [LEARNED])
    for before, after in zip(subscription.interests, changed.interests, strict=False):
        assert set(before.seeds) <= set(after.seeds)
    assert replace(changed, interests=()) == replace(subscription, interests=())


@settings(max_examples=60, deadline=None)
@given(papers(least=2), subscriptions(), verdicts, verdicts)
def test_what_is_taken_back_leaves_no_trace(
    world: list[Paper], subscription: Subscription, kept: list[Feedback], undone: list[Feedback]
) -> None:
    """Learning is a function of what still holds: nothing else could remember."""
    before = chosen(subscription, *kept, world=world)
    chosen(subscription, *kept, *undone, world=world)

    assert chosen(subscription, *kept, world=world) == before


@settings(max_examples=80, deadline=None)
@given(papers(least=1), subscriptions(), verdicts)
def test_whatever_was_said_scores_are_the_sum_of_their_reasons(
    world: list[Paper], subscription: Subscription, feedback: list[Feedback]
) -> None:
    choice = chosen(subscription, *feedback, world=world)

    unliked = {name for one in learned(subscription, feedback).interests for name in one.unlike}
    for pick in choice.picks:
        assert 0 <= pick.score.value <= 100 + 1e-6
        total = fsum(reason.points for reason in pick.score.reasons)
        assert total == pytest.approx(pick.score.value)
        against = [reason for reason in pick.score.reasons if reason.points < 0]
        assert [reason.signal for reason in against] in ([], [Signal.UNLIKE])
        assert pick.paper.id not in unliked


@settings(max_examples=60, deadline=None)
@given(papers(least=2), subscriptions(), verdicts)
def test_no_verdict_gets_past_an_exclusion(
    world: list[Paper], subscription: Subscription, feedback: list[Feedback]
) -> None:
    excluding = replace(
        subscription,
        interests=(*subscription.interests, Interest(exclusions=("whale", "cs.CL", "model"))),
    )
    out = make_pool(*world)
    banned = {
        paper.id
        for paper in out.papers
        if {"whale", "model"} & set(f"{paper.title} {paper.abstract}".split())
        or {"cs.CL", "CL"} & set(paper.categories)
    }

    picked = {pick.paper.id for pick in chosen(excluding, *feedback, world=world).picks}

    assert not picked & banned


@settings(max_examples=60, deadline=None)
@given(papers(least=3), subscriptions(), st.data())
def test_less_raises_nothing_and_its_paper_is_gone(
    world: list[Paper], subscription: Subscription, data: st.DataObject
) -> None:
    unliked = data.draw(st.sampled_from(world))
    wide = replace(subscription, paper_limit=len(world))
    before = chosen(wide, world=world)
    after = chosen(wide, said(Verdict.LESS, unliked), world=world)

    assert unliked.id not in scores(after)
    for paper_id, value in scores(after).items():
        if paper_id in scores(before):
            assert value <= scores(before)[paper_id] + 1e-9


@settings(max_examples=80, deadline=None)
@given(papers(least=3), interests(), st.data())
def test_more_raises_what_says_the_same_and_less_lowers_it(
    world: list[Paper], interest: Interest, data: st.DataObject
) -> None:
    """A paper in the very words of another; whatever was asked for, but no seeds yet."""
    paper = data.draw(st.sampled_from(world))
    asked = replace(interest, phrases=(*interest.phrases, "memory"), seeds=())
    subscription = make_subscription(asked)
    pool = make_pool(*world, replace(paper, id="twin", arxiv_id=None), archive=world)
    lanes = [
        learned(subscription, feedback).interests[0]
        for feedback in ((), (said(Verdict.MORE, paper),), (said(Verdict.LESS, paper),))
    ]

    found = fits(Profiles.of(lanes, pool, seeds={paper.id: bag(paper)}), slice(None))

    before, more, less = found[:, pool.rows["twin"]]
    assert more >= before - 1e-6
    assert less <= before


def test_more_raises_the_papers_like_it_and_their_reasons_say_why() -> None:
    subscription = everything("code")
    before, after = chosen(subscription), chosen(subscription, said(Verdict.MORE, WHALES))

    assert "pods" not in scores(before)
    assert scores(after)["pods"] > 8
    [pods] = [pick for pick in after.picks if pick.paper is PODS]
    assert "whale" in " ".join(reason.subject.lower() for reason in pods.score.reasons)


def test_less_lowers_the_papers_like_it_and_says_so() -> None:
    subscription = everything("video", "whales", "pictures")
    before, after = chosen(subscription), chosen(subscription, said(Verdict.LESS, VIDEO))

    assert scores(after)["moves"] < scores(before)["moves"]
    assert scores(after)["whales"] == pytest.approx(scores(before)["whales"])
    assert "video" not in scores(after)
    [moves] = [pick for pick in after.picks if pick.paper is MOVES]
    [less] = [reason for reason in moves.score.reasons if reason.signal is Signal.UNLIKE]
    assert less.points < 0
    assert less == moves.score.reasons[-1]


def test_enough_less_and_a_paper_does_not_fit_any_more() -> None:
    subscription = everything("diffusion models", dial=0.0)

    assert "moves" in scores(chosen(subscription))
    weaker = replace(subscription, interests=(Interest(phrases=("time", "dough", "songs")),))
    assert scores(chosen(weaker, said(Verdict.LESS, VIDEO))).get("moves", 0) < scores(
        chosen(weaker)
    ).get("moves", 101)


def test_what_one_wanted_less_of_takes_off_no_more_than_there_is() -> None:
    lanes = [Interest(phrases=("yeast",), unlike=("video",))]

    found = fits(Profiles.of(lanes, make_pool(*WORLD), seeds={"video": bag(VIDEO)}), slice(None))

    assert found.min() == 0
    assert found.max() > 0


def test_who_asked_for_nothing_still_gets_a_whole_issue_after_one_verdict() -> None:
    subscription = make_subscription(Interest(), paper_limit=7)

    for verdict in Verdict:
        assert len(chosen(subscription, said(verdict, WHALES)).picks) == len(WORLD) - 1
    assert chosen(subscription, said(Verdict.MORE, WHALES)).picks[0].paper is PODS


def test_an_archive_that_forgot_a_paper_learns_nothing_from_it() -> None:
    subscription = everything("whales")

    feedback = [said(Verdict.MORE, "gone"), said(Verdict.LESS, "lost")]
    assert chosen(subscription, *feedback) == chosen(subscription)
