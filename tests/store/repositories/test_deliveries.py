"""Every implementation of `Deliveries`, held to one contract."""

from collections.abc import Collection
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from digest.errors import StoreError
from digest.models.deliveries import NEXT, Claim, Delivery, DeliveryState, Outcome
from digest.models.subscribers import SubscriberState
from digest.ports import Store
from tests.factories import DAY, NOON, make_reader

State = DeliveryState
LATER = NOON + timedelta(minutes=15)


@pytest.fixture(autouse=True)
def _readers(store: Store) -> None:
    with store.begin() as work:
        work.subscribers.add(make_reader("ada"))
        work.subscribers.add(make_reader("pia", state=SubscriberState.PAUSED))


def planned(id_: str, name: str = "ada", **changes: object) -> Delivery:
    delivery = Delivery(
        id=id_, subscription_id=f"subscription-{name}", day=DAY, state=State.PLANNED
    )
    return replace(delivery, **changes)  # type: ignore[arg-type] # fields of a Delivery


def plan(store: Store, *deliveries: Delivery) -> frozenset[str]:
    with store.begin() as work:
        return work.deliveries.plan(deliveries)


def claim(  # noqa: PLR0913 # each is what some test is about
    store: Store,
    fence: str = "f",
    *,
    at: datetime = NOON,
    lease_until: datetime = LATER,
    limit: int = 100,
    only: Collection[str] | None = None,
    day: date = DAY,
) -> list[str]:
    with store.begin() as work:
        claimed = work.deliveries.claim(
            day, Claim(fence=fence, at=at, lease_until=lease_until), limit=limit, only=only
        )
    assert {delivery.state for delivery in claimed} <= {State.CLAIMED}
    return [delivery.id for delivery in claimed]


def gate(store: Store, *ids: str, fence: str = "f") -> list[str]:
    with store.begin() as work:
        return [delivery.id for delivery in work.deliveries.gate(ids, fence=fence)]


def settle(
    store: Store, state: DeliveryState, *ids: str, fence: str = "f", reason: str = ""
) -> int:
    outcomes = [Outcome(delivery_id=id_, state=state, reason=reason) for id_ in ids]
    with store.begin() as work:
        return work.deliveries.settle(outcomes, fence=fence)


def sweep(store: Store, now: datetime = LATER, *, idempotent: bool = False) -> dict[State, int]:
    with store.begin() as work:
        return dict(work.deliveries.sweep(now, idempotent=idempotent))


def states(store: Store, day: date = DAY) -> dict[str, DeliveryState]:
    with store.read() as work:
        account = work.deliveries.account(day)
        assert account.adds_up
        return {delivery.id: delivery.state for delivery in work.deliveries.of_day(day)}


def only_one(store: Store) -> Delivery:
    with store.read() as work:
        (delivery,) = work.deliveries.of_day(DAY)
    return delivery


def brought_to(store: Store, state: DeliveryState) -> str:
    """Bring a fresh delivery to *state* under fence "f" and return its id."""
    if state in {State.PLANNED, State.EMPTY}:
        plan(store, planned("d", state=state))
        return "d"
    plan(store, planned("d", "pia" if state == State.SUPPRESSED else "ada"))
    claim(store)
    if state == State.RENDER_FAILED:
        settle(store, state, "d")
    elif state != State.CLAIMED:
        gate(store, "d")
        if state not in {State.ON_WIRE, State.SUPPRESSED}:
            settle(store, state, "d")
    assert states(store)["d"] == state
    return "d"


def test_a_delivery_comes_back_as_planned(store: Store) -> None:
    delivery = planned("d", state=State.RENDER_FAILED, reason="the template “x” is broken")
    plan(store, delivery)

    assert only_one(store) == delivery


def test_planning_again_changes_and_counts_nothing(store: Store) -> None:
    first = planned("a", state=State.EMPTY, reason="nothing new")
    assert plan(store, first) == {"a"}
    assert plan(store, planned("a"), planned("b"), planned("b", "pia")) == {"b"}

    with store.read() as work:
        assert work.deliveries.of_day(DAY) == [first, planned("b")]
        account = work.deliveries.account(DAY)
        assert account.candidates == 2
        assert account.states == {State.EMPTY: 1, State.PLANNED: 1}
        assert account.states[State.SENT] == 0
        assert work.deliveries.known(["a", "b", "c"]) == {"a", "b"}


def test_days_have_accounts_of_their_own(store: Store) -> None:
    tomorrow = DAY + timedelta(days=1)
    assert plan(store, planned("b", day=tomorrow), planned("a"), planned("c", day=tomorrow)) == {
        "a",
        "b",
        "c",
    }

    with store.read() as work:
        counted = [
            work.deliveries.account(day).candidates
            for day in (DAY - timedelta(days=1), DAY, tomorrow)
        ]
    assert counted == [0, 1, 2]
    assert list(states(store, tomorrow)) == ["b", "c"]


def test_planning_nothing_is_nothing(store: Store) -> None:
    assert plan(store) == frozenset()
    assert states(store) == {}


@pytest.mark.parametrize(
    "state",
    sorted(set(State) - {State.PLANNED, State.EMPTY, State.SUPPRESSED, State.RENDER_FAILED}),
)
def test_nothing_begins_half_way(store: Store, state: DeliveryState) -> None:
    with pytest.raises(ValueError, match="nothing is planned as"):
        plan(store, planned("a"), planned("b", state=state))
    assert states(store) == {}


def test_a_delivery_to_nobody_is_refused(store: Store) -> None:
    with pytest.raises(StoreError):
        plan(store, planned("a", "nobody"))
    assert states(store) == {}


def test_a_claim_takes_what_is_planned_in_order_up_to_its_limit(store: Store) -> None:
    plan(store, planned("c"), planned("a"), planned("b"), planned("0", state=State.EMPTY))

    assert claim(store, limit=2) == ["a", "b"]
    assert claim(store, "g", limit=2) == ["c"]
    assert claim(store, "h") == []


def test_a_claim_can_be_for_some_ids_alone(store: Store) -> None:
    plan(store, *(planned(f"{number:04}") for number in range(1_100)))

    assert claim(store, only=[]) == []
    assert claim(store, only=["0007", "0003", "0007", "none"]) == ["0003", "0007"]
    wanted = [f"{number:04}" for number in range(1_099, -1, -1)]
    claimed = claim(store, "g", only=wanted, limit=600)
    assert len(claimed) == 600
    assert claimed == sorted(claimed)
    left = set(wanted) - set(claimed) - {"0003", "0007"}
    assert claim(store, "h", only=wanted, limit=600) == sorted(left)


def test_a_claim_is_for_one_day(store: Store) -> None:
    plan(store, planned("a", day=DAY - timedelta(days=1)), planned("b"))

    assert claim(store, only=["a", "b"]) == ["b"]


def test_the_gate_lets_active_readers_through_and_no_others(store: Store) -> None:
    plan(store, planned("a"), planned("b", "pia"), planned("c"), planned("d"))
    claim(store, limit=3)

    assert gate(store, "c", "b", "a", "d", "none") == ["a", "c"]
    assert states(store) == {
        "a": State.ON_WIRE,
        "b": State.SUPPRESSED,
        "c": State.ON_WIRE,
        "d": State.PLANNED,
    }
    with store.read() as work:
        assert work.deliveries.of_day(DAY)[1].reason == "the reader is paused"


def test_the_gate_answers_the_same_when_asked_again(store: Store) -> None:
    plan(store, planned("a"), planned("b", "pia"))
    claim(store)

    assert gate(store, "a", "b") == gate(store, "a", "b") == ["a"]


def test_the_gate_is_shut_for_another_fence(store: Store) -> None:
    plan(store, planned("a"), planned("b", "pia"))
    claim(store)

    assert gate(store, "a", "b", fence="g") == []
    assert states(store) == {"a": State.CLAIMED, "b": State.CLAIMED}


@pytest.mark.parametrize("there", sorted(State))
@pytest.mark.parametrize("wanted", sorted(State))
def test_only_what_may_follow_is_written(store: Store, there: State, wanted: State) -> None:
    id_ = brought_to(store, there)
    held = there in {State.CLAIMED, State.ON_WIRE, State.UNCERTAIN}
    through_the_gate = wanted in {State.CLAIMED, State.ON_WIRE}
    allowed = held and wanted in NEXT[there] and not through_the_gate

    assert settle(store, wanted, id_, fence="another", reason="why") == 0
    assert states(store)[id_] == there
    assert settle(store, wanted, id_, reason="why") == (1 if allowed else 0)
    assert states(store)[id_] == (wanted if allowed else there)
    assert (only_one(store).reason == "why") is allowed


def test_outcomes_are_written_in_their_order(store: Store) -> None:
    plan(store, *(planned(id_) for id_ in "abc"))
    claim(store)
    gate(store, "a", "b", "c")
    outcomes = [
        Outcome(delivery_id="a", state=State.UNCERTAIN, reason="no answer"),
        Outcome(delivery_id="b", state=State.SENT),
        Outcome(delivery_id="a", state=State.SENT),
        Outcome(delivery_id="a", state=State.UNCERTAIN),
        Outcome(delivery_id="none", state=State.SENT),
        Outcome(delivery_id="c", state=State.FAILED, reason="no such\x00mailbox"),
        Outcome(delivery_id="c", state=State.FAILED, reason="again"),
    ]
    with store.begin() as work:
        assert work.deliveries.settle(outcomes, fence="f") == 4

    with store.read() as work:
        found = [(each.state, each.reason) for each in work.deliveries.of_day(DAY)]
    assert found == [(State.SENT, ""), (State.SENT, ""), (State.FAILED, "no such\ufffdmailbox")]


def test_what_was_not_taken_can_be_claimed_again(store: Store) -> None:
    plan(store, planned("a"))
    claim(store)
    gate(store, "a")
    settle(store, State.PLANNED, "a", reason="421 try later")

    assert claim(store, "g") == ["a"]
    assert settle(store, State.SENT, "a") == 0
    assert gate(store, "a", fence="g") == ["a"]


def test_release_gives_back_what_was_never_on_the_wire(store: Store) -> None:
    plan(store, *(planned(id_) for id_ in "abcd"))
    claim(store, "f", limit=3)
    claim(store, "g")
    gate(store, "a")
    with store.begin() as work:
        assert work.deliveries.release(fence="f") == 2

    assert states(store) == {
        "a": State.ON_WIRE,
        "b": State.PLANNED,
        "c": State.PLANNED,
        "d": State.CLAIMED,
    }
    assert gate(store, "b") == []


def test_a_sweep_ends_what_is_over_and_nothing_else(store: Store) -> None:
    plan(store, *(planned(id_) for id_ in "abcd"))
    claim(store, "f", limit=2)
    gate(store, "a")
    claim(store, "g", lease_until=LATER + timedelta(microseconds=1))
    gate(store, "c", fence="g")

    assert sweep(store, LATER - timedelta(microseconds=1)) == {}
    assert sweep(store, LATER) == {State.PLANNED: 1, State.UNCERTAIN: 1}
    assert sweep(store, LATER) == {}
    assert states(store) == {
        "a": State.UNCERTAIN,
        "b": State.PLANNED,
        "c": State.ON_WIRE,
        "d": State.CLAIMED,
    }


def test_an_owner_that_wakes_may_still_prove_what_it_sent(store: Store) -> None:
    plan(store, planned("a"), planned("b"))
    claim(store)
    gate(store, "a")
    sweep(store)

    assert claim(store, "g") == ["b"]
    assert settle(store, State.SENT, "a", fence="g") == 0
    assert settle(store, State.SENT, "a", "b") == 1
    assert states(store) == {"a": State.SENT, "b": State.CLAIMED}


def test_with_an_idempotent_mailer_a_sweep_plans_again(store: Store) -> None:
    plan(store, planned("a"), planned("b"))
    claim(store)
    gate(store, "a")

    assert sweep(store, idempotent=True) == {State.PLANNED: 2}
    assert settle(store, State.SENT, "a") == 0
    assert claim(store, "g") == ["a", "b"]


def test_a_sweep_leaves_what_is_settled(store: Store) -> None:
    plan(store, planned("a"), planned("b"))
    claim(store)
    gate(store, "a", "b")
    settle(store, State.SENT, "a")
    settle(store, State.UNCERTAIN, "b", reason="no answer")

    assert sweep(store, idempotent=True) == {}
    assert states(store) == {"a": State.SENT, "b": State.UNCERTAIN}


def test_a_lease_is_a_moment_whatever_its_zone(store: Store) -> None:
    plan(store, planned("a"))
    with pytest.raises(Exception, match="no time zone"):
        claim(store, lease_until=LATER.replace(tzinfo=None))
    claim(store)
    with pytest.raises(Exception, match="no time zone"):
        sweep(store, LATER.replace(tzinfo=None))
    assert states(store) == {"a": State.CLAIMED}


def test_five_thousand_readers_are_no_trouble(store: Store) -> None:
    ids = [f"{number:05}" for number in range(5_000)]
    with store.begin() as work:
        assert len(work.deliveries.plan(planned(id_) for id_ in ids)) == len(ids)
    assert claim(store, limit=len(ids)) == ids
    assert gate(store, *ids) == ids
    assert settle(store, State.SENT, *ids) == len(ids)
    with store.read() as work:
        assert work.deliveries.account(DAY).states == {State.SENT: len(ids)}
        assert len(work.deliveries.known(ids)) == len(ids)


def test_what_is_deferred_waits_for_its_time(store: Store) -> None:
    plan(store, planned("1"))
    claim(store)
    gate(store, "1")
    later = NOON + timedelta(minutes=5)
    outcome = Outcome(delivery_id="1", state=State.DEFERRED, reason="greylisted", retry_at=later)
    with store.begin() as work:
        assert work.deliveries.settle([outcome], fence="f") == 1

    assert claim(store, at=later - timedelta(seconds=1)) == []
    assert claim(store, at=later) == ["1"]
    with store.read() as work:
        [delivery] = work.deliveries.of_day(DAY)
    assert delivery.attempts == 2


def test_suppressing_a_subscription_takes_back_what_is_not_on_the_wire(store: Store) -> None:
    plan(store, planned("1"), planned("2"), planned("3"), planned("4", "pia"))
    claim(store, only=["2", "3"])
    gate(store, "3")

    with store.begin() as work:
        count = work.deliveries.suppress("subscription-ada", reason="they left")

    assert count == 2
    assert states(store) == {
        "1": State.SUPPRESSED,
        "2": State.SUPPRESSED,
        "3": State.ON_WIRE,
        "4": State.PLANNED,
    }
    assert gate(store, "2") == []
