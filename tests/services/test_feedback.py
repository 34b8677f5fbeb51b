"""What readers say of papers they were sent, and how it is taken back."""

import pytest

from digest.errors import LinkExpired
from digest.models.feedback import Verdict
from digest.services.feedback import Opinion, opinion, reset, say, take_back, unsay
from tests.factories import DAY
from tests.services.conftest import Morning


@pytest.fixture
def issue_id(morning: Morning) -> str:
    """Ada's issue of the day."""
    morning.plan()
    with morning.store.read() as work:
        [found] = [
            one.issue_id
            for one in work.deliveries.of_day(DAY)
            if one.subscription_id == "subscription-ada"
        ]
    assert found
    return found


def _say(morning: Morning, issue_id: str, verdict: Verdict, rank: int = 1) -> Opinion:
    return say(issue_id, rank, verdict, store=morning.store, clock=morning.clock)


def test_of_more_and_less_the_later_one_holds_and_saving_is_apart(
    morning: Morning, issue_id: str
) -> None:
    assert _say(morning, issue_id, Verdict.MORE).verdicts == {Verdict.MORE}
    assert _say(morning, issue_id, Verdict.SAVE).verdicts == {Verdict.MORE, Verdict.SAVE}
    assert _say(morning, issue_id, Verdict.LESS).verdicts == {Verdict.LESS, Verdict.SAVE}
    assert _say(morning, issue_id, Verdict.LESS).verdicts == {Verdict.LESS, Verdict.SAVE}


def test_what_is_taken_back_was_never_said(morning: Morning, issue_id: str) -> None:
    _say(morning, issue_id, Verdict.MORE)

    assert not unsay(issue_id, 1, Verdict.MORE, store=morning.store).verdicts
    assert not unsay(issue_id, 1, Verdict.MORE, store=morning.store).verdicts
    assert not opinion(issue_id, 1, store=morning.store).verdicts


def test_it_is_said_of_one_paper_by_one_reader(morning: Morning, issue_id: str) -> None:
    first = _say(morning, issue_id, Verdict.LESS)

    assert first.reader.subscriber.id == "subscriber-ada"
    assert not opinion(issue_id, 2, store=morning.store).verdicts
    with morning.store.read() as work:
        assert set(work.feedbacks.of(["subscription-ada", "subscription-bob"])) <= {
            "subscription-ada"
        } or not work.feedbacks.of(["subscription-bob"]).get("subscription-bob")


def test_one_verdict_or_all_of_them_are_taken_back_by_the_reader(
    morning: Morning, issue_id: str
) -> None:
    _say(morning, issue_id, Verdict.SAVE)
    found = _say(morning, issue_id, Verdict.MORE)
    reader, paper = found.reader, found.paper

    assert take_back(reader, paper.id, Verdict.MORE, store=morning.store)
    assert not take_back(reader, paper.id, Verdict.MORE, store=morning.store)
    assert opinion(issue_id, 1, store=morning.store).verdicts == {Verdict.SAVE}
    assert reset(reader, store=morning.store) == 1
    assert not opinion(issue_id, 1, store=morning.store).verdicts


@pytest.mark.parametrize("rank", [0, -1, 99])
def test_of_a_paper_that_the_issue_has_not_nothing_can_be_said(
    morning: Morning, issue_id: str, rank: int
) -> None:
    with pytest.raises(LinkExpired):
        _say(morning, issue_id, Verdict.MORE, rank=rank)


def test_of_an_issue_that_is_not_kept_nothing_can_be_said(morning: Morning) -> None:
    with pytest.raises(LinkExpired):
        _say(morning, "no issue", Verdict.MORE)
    with pytest.raises(LinkExpired):
        opinion("no issue", 1, store=morning.store)
