"""Every implementation of `Feedbacks`, held to one contract."""

from collections.abc import Sequence
from datetime import timedelta

import pytest

from digest.errors import StoreError
from digest.models.feedback import Feedback, Verdict
from digest.ports import Store
from tests.factories import NOON, make_paper, make_reader

WHALES, NEWTS = make_paper("Whales"), make_paper("Newts")


@pytest.fixture(autouse=True)
def _readers(store: Store) -> None:
    with store.begin() as work:
        work.subscribers.add_many([make_reader("ada"), make_reader("bo")])
        work.papers.keep([WHALES, NEWTS])


def said(
    verdict: Verdict = Verdict.MORE, *, paper: str = WHALES.id, name: str = "ada", minutes: int = 0
) -> Feedback:
    return Feedback(
        subscription_id=f"subscription-{name}",
        paper_id=paper,
        verdict=verdict,
        at=NOON + timedelta(minutes=minutes),
    )


def give(store: Store, *verdicts: Feedback) -> None:
    with store.begin() as work:
        for verdict in verdicts:
            work.feedbacks.give(verdict)


def of(store: Store, name: str = "ada") -> Sequence[Feedback]:
    with store.read() as work:
        return work.feedbacks.of([f"subscription-{name}"]).get(f"subscription-{name}", [])


def test_what_was_said_comes_back_oldest_first(store: Store) -> None:
    first, second = said(Verdict.SAVE, minutes=-1), said(Verdict.LESS, paper=NEWTS.id)
    bos = said(name="bo")
    give(store, second, first, bos)

    with store.read() as work:
        ids = ["subscription-ada", "subscription-bo", "subscription-cleo"]
        assert work.feedbacks.of(ids) == {ids[0]: [first, second], ids[1]: [bos]}
        assert work.feedbacks.of([]) == {}


def test_a_verdict_is_there_once_however_often_given(store: Store) -> None:
    give(store, said(), said(minutes=5), said(Verdict.SAVE, minutes=9))

    assert of(store) == [said(), said(Verdict.SAVE, minutes=9)]


def test_a_verdict_is_taken_back_as_if_never_given(store: Store) -> None:
    give(store, said(), said(Verdict.SAVE), said(name="bo"))

    with store.begin() as work:
        assert work.feedbacks.take_back("subscription-ada", WHALES.id, Verdict.MORE)
        assert not work.feedbacks.take_back("subscription-ada", WHALES.id, Verdict.MORE)
        assert not work.feedbacks.take_back("subscription-ada", NEWTS.id, Verdict.SAVE)

    assert of(store) == [said(Verdict.SAVE)]
    assert of(store, "bo") == [said(name="bo")]


def test_all_that_one_said_is_forgotten_at_once(store: Store) -> None:
    give(store, said(), said(Verdict.SAVE), said(name="bo"))

    with store.begin() as work:
        assert work.feedbacks.reset("subscription-ada") == 2
        assert work.feedbacks.reset("subscription-ada") == 0

    assert of(store) == []
    assert of(store, "bo") == [said(name="bo")]


def test_what_was_said_of_a_paper_is_said_of_what_it_turns_out_to_be(store: Store) -> None:
    give(
        store,
        said(),
        said(Verdict.SAVE, minutes=2),
        said(Verdict.SAVE, paper=NEWTS.id, minutes=1),
    )

    with store.begin() as work:
        work.papers.join({WHALES.id: NEWTS.id})

    # Of what was said of both, what was said of the one that stays.
    assert of(store) == [
        said(paper=NEWTS.id),
        said(Verdict.SAVE, paper=NEWTS.id, minutes=1),
    ]
    give(store, said(Verdict.LESS, minutes=3))
    assert of(store)[2:] == [said(Verdict.LESS, paper=NEWTS.id, minutes=3)]
    with store.begin() as work:
        assert work.feedbacks.take_back("subscription-ada", WHALES.id, Verdict.LESS)


@pytest.mark.parametrize("wrong", [said(paper="unknown"), said(name="unknown")])
def test_what_nobody_says_or_of_nothing_is_refused(store: Store, wrong: Feedback) -> None:
    with pytest.raises(StoreError):
        give(store, wrong)
