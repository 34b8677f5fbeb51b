"""Every implementation of `Issues`, held to one contract."""

from dataclasses import replace
from datetime import timedelta

import pytest

from digest.errors import StoreError
from digest.models.deliveries import Delivery, DeliveryState
from digest.models.issues import Issue, Movement, Reason, Signal
from digest.ports import Store
from tests.factories import (
    DAY,
    NOON,
    make_issue,
    make_paper,
    make_pick,
    make_reader,
    make_score,
    make_trend,
)

State = DeliveryState


def keep(store: Store, *issues: Issue) -> None:
    """Keep *issues*, with the readers and papers they need."""
    with store.begin() as work:
        for issue in issues:
            name = issue.subscription_id.removeprefix("subscription-")
            work.subscribers.add(make_reader(name))
            work.papers.keep(pick.paper for pick in issue.picks)
        work.issues.add(issues)


def deliver(store: Store, issue: Issue, state: DeliveryState = State.PLANNED) -> None:
    with store.begin() as work:
        work.deliveries.plan(
            [
                Delivery(
                    id=f"delivery-{issue.id}",
                    subscription_id=issue.subscription_id,
                    day=issue.day,
                    state=state,
                    issue_id=issue.id,
                )
            ]
        )


def test_an_issue_comes_back_as_composed(store: Store) -> None:
    third = 1 / 3
    issue = make_issue(
        make_pick(1, make_paper("One")),
        make_pick(
            2,
            make_paper("Two"),
            score=make_score(
                value=0.1 + 0.2 + third,
                reasons=(
                    Reason(signal=Signal.AUTHOR, subject="Jürgen “J” Ødegård", points=0.1 + 0.2),
                    Reason(signal=Signal.FRESHNESS, subject="2", points=third),
                ),
            ),
            trend=make_trend(
                movement=Movement.NEW,
                moved=0,
                upvotes=None,
                growth=None,
                history=(),
                stars=77,
                novelty=None,
            ),
        ),
    )
    quiet = make_issue(make_pick(1, make_paper("One")), id="2", sources=(), number=2)
    keep(store, issue, quiet)

    with store.read() as work:
        assert work.issues.get([issue.id, "2", "unknown"]) == {issue.id: issue, "2": quiet}


def test_an_issue_shows_its_papers_as_we_know_them_now(store: Store) -> None:
    issue = make_issue(make_pick(1, make_paper("One")))
    keep(store, issue)
    fuller = replace(issue.picks[0].paper, summary="Now we know more.")
    with store.begin() as work:
        work.papers.keep([fuller])

    with store.read() as work:
        assert work.issues.get([issue.id])[issue.id].picks[0].paper == fuller


def test_an_issue_that_is_known_stays_as_it_is(store: Store) -> None:
    issue = make_issue()
    changed = make_issue(make_pick(1, make_paper("Else")), considered=999)
    keep(store, issue)
    keep(store, changed, changed)
    deliver(store, issue)

    with store.read() as work:
        assert work.issues.get([issue.id]) == {issue.id: issue}
        papers = [pick.paper.id for pick in (*issue.picks, *changed.picks)]
        assert work.issues.picked([issue.subscription_id], papers) == {
            issue.subscription_id: {issue.picks[0].paper.id}
        }


def test_of_two_issues_with_one_id_in_one_go_the_first_stands(store: Store) -> None:
    first = make_issue(make_pick(1, make_paper("One")))
    second = make_issue(make_pick(1, make_paper("Two")), considered=999)
    keep(store, first, second)
    deliver(store, first)

    with store.read() as work:
        assert work.issues.get([first.id]) == {first.id: first}
        papers = [first.picks[0].paper.id, second.picks[0].paper.id]
        picked = work.issues.picked([first.subscription_id], papers)
    assert picked[first.subscription_id] == {papers[0]}


def test_numbers_are_the_highest_of_each_subscription(store: Store) -> None:
    keep(
        store,
        make_issue(id="1", number=7),
        make_issue(id="2", number=3),
        make_issue(id="3", number=1, subscription_id="subscription-bo"),
    )

    with store.read() as work:
        numbers = work.issues.numbers(["subscription-ada", "subscription-bo", "subscription-cy"])
        assert work.issues.numbers([]) == {}
    assert numbers == {"subscription-ada": 7, "subscription-bo": 1}


@pytest.mark.parametrize(
    ("state", "counts"),
    [
        (State.PLANNED, True),
        (State.SUPPRESSED, False),
        (State.RENDER_FAILED, False),
    ],
)
def test_a_paper_counts_as_picked_unless_its_mail_never_goes(
    store: Store, state: DeliveryState, *, counts: bool
) -> None:
    one, two = make_paper("One"), make_paper("Two")
    issue = make_issue(make_pick(1, one))
    keep(store, issue, make_issue(make_pick(1, two), id="2", subscription_id="subscription-bo"))
    deliver(store, issue, state)

    with store.read() as work:
        picked = work.issues.picked(["subscription-ada", "subscription-bo"], [one.id, two.id])
    assert picked == {
        "subscription-ada": frozenset({one.id} if counts else ()),
        "subscription-bo": frozenset(),
    }


def test_only_papers_asked_for_are_told(store: Store) -> None:
    one, two = make_paper("One"), make_paper("Two")
    issue = make_issue(make_pick(1, one), make_pick(2, two))
    keep(store, issue)
    deliver(store, issue)

    with store.read() as work:
        ids = [issue.subscription_id]
        assert work.issues.picked(ids, [two.id, "x"]) == {ids[0]: {two.id}}
        assert work.issues.picked(ids, []) == {ids[0]: frozenset()}
        assert work.issues.picked([], [two.id]) == {}


def test_what_was_picked_is_found_among_more_than_one_chunk(store: Store) -> None:
    papers = [make_paper(f"Paper {number}", id=f"{number:04}") for number in range(1_200)]
    readers = [f"{number:04}" for number in range(600)]
    with store.begin() as work:
        work.papers.keep(papers)
        for name in readers:
            work.subscribers.add(make_reader(name))
        issues = [
            make_issue(
                make_pick(1, papers[2 * number]),
                id=name,
                subscription_id=f"subscription-{name}",
                composed_at=NOON + timedelta(seconds=number),
            )
            for number, name in enumerate(readers)
        ]
        work.issues.add(issues)
        work.deliveries.plan(
            Delivery(
                id=f"delivery-{issue.id}",
                subscription_id=issue.subscription_id,
                day=DAY,
                state=State.PLANNED,
                issue_id=issue.id,
            )
            for issue in issues
        )

    with store.read() as work:
        ids = [issue.subscription_id for issue in issues]
        picked = work.issues.picked(ids, [paper.id for paper in papers])
        assert work.issues.get([issue.id for issue in issues])["0599"] == issues[-1]
        assert len(work.issues.numbers(ids)) == 600
    assert picked == {
        issue.subscription_id: frozenset({issue.picks[0].paper.id}) for issue in issues
    }


def test_an_issue_may_follow_its_delivery_within_a_block(store: Store) -> None:
    issue = make_issue()
    delivery = Delivery(
        id="d", subscription_id="subscription-ada", day=DAY, state=State.PLANNED, issue_id=issue.id
    )
    with store.begin() as work:
        work.subscribers.add(make_reader("ada"))
        work.papers.keep(pick.paper for pick in issue.picks)
        assert work.deliveries.plan([delivery]) == {"d"}
        work.issues.add([issue])

    with pytest.raises(StoreError), store.begin() as work:
        work.deliveries.plan([replace(delivery, id="e", issue_id="nowhere")])
    with store.read() as work:
        assert work.deliveries.of_day(DAY) == [delivery]
        assert work.deliveries.account(DAY).candidates == 1


def test_an_issue_for_nobody_or_of_unknown_papers_is_refused(store: Store) -> None:
    known, unknown = make_paper("Known"), make_paper("Unknown")
    with store.begin() as work:
        work.subscribers.add(make_reader("ada"))
        work.papers.keep([known])
    with pytest.raises(StoreError), store.begin() as work:
        work.issues.add([make_issue(make_pick(1, unknown))])
    with pytest.raises(StoreError), store.begin() as work:
        work.issues.add([make_issue(make_pick(1, known), subscription_id="subscription-bo")])
    with store.read() as work:
        assert work.issues.get([make_issue().id]) == {}
