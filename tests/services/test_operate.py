"""What the operator does with one subscriber."""

from datetime import date, timedelta

import pytest

from digest.errors import InputRefused, NotFound
from digest.models.consent import Act, Consent
from digest.models.deliveries import Delivery, DeliveryState
from digest.models.subscribers import Reader, SubscriberState, Suppression, address_hmac
from digest.services.operate import lift, pause, resume, suppress, suppression_of
from tests.factories import DAY, KEY, NOON, make_reader
from tests.fakes import MemoryStore, StoppedClock

State = SubscriberState
ADA = "ada@example.org"
CLOCK = StoppedClock()
LATER = date(2026, 12, 24)


def _holding(state: SubscriberState) -> MemoryStore:
    """Return a store with Ada in *state*, and an issue of hers that waits."""
    store = MemoryStore()
    planned = Delivery(
        id="d", subscription_id="subscription-ada", day=DAY, state=DeliveryState.PLANNED
    )
    with store.begin() as work:
        work.subscribers.add(make_reader("ada", state=state))
        work.deliveries.plan([planned])
    return store


def _ada(store: MemoryStore) -> Reader:
    with store.read() as work:
        reader = work.subscribers.by_id("subscriber-ada")
    assert reader is not None
    return reader


def _acts(store: MemoryStore) -> list[Consent]:
    with store.read() as work:
        return list(work.consents.of("subscriber-ada"))


def _delivery(store: MemoryStore) -> DeliveryState:
    with store.read() as work:
        [delivery] = work.deliveries.of_subscription("subscription-ada")
    return delivery.state


@pytest.mark.parametrize("state", [State.ACTIVE, State.PAUSED])
@pytest.mark.parametrize("until", [None, LATER])
def test_who_gets_mail_is_paused_and_what_waits_stays(
    state: SubscriberState, until: date | None
) -> None:
    store = _holding(state)

    pause("Ada@example.org", until=until, operator="grace", store=store, clock=CLOCK)

    person = _ada(store).subscriber
    assert (person.state, person.paused_until) == (State.PAUSED, until)
    assert _delivery(store) is DeliveryState.SUPPRESSED
    [act] = _acts(store)
    assert (act.act, act.source) == (Act.PAUSED, "operator")
    told = {"until": "2026-12-24"} if until else {}
    assert act.evidence == {"operator": "grace"} | told


def test_a_pause_ends_on_a_day_to_come() -> None:
    store = _holding(State.ACTIVE)

    with pytest.raises(InputRefused, match="no day to come"):
        pause(ADA, until=NOON.date(), operator="", store=store, clock=CLOCK)

    assert _ada(store).subscriber.state is State.ACTIVE


def test_who_is_paused_is_resumed() -> None:
    store = _holding(State.ACTIVE)
    pause(ADA, until=LATER, operator="", store=store, clock=CLOCK)

    resume(ADA, operator="grace", store=store, clock=CLOCK)

    person = _ada(store).subscriber
    assert (person.state, person.paused_until) == (State.ACTIVE, None)
    assert [act.act for act in _acts(store)] == [Act.PAUSED, Act.RESUMED]


def test_who_is_active_is_resumed_without_a_word() -> None:
    store = _holding(State.ACTIVE)

    assert resume(ADA, operator="", store=store, clock=CLOCK) == _ada(store)
    assert _acts(store) == []


@pytest.mark.parametrize(
    "state", [state for state in State if state not in {State.ACTIVE, State.PAUSED, State.ERASED}]
)
def test_who_gets_no_mail_is_neither_paused_nor_resumed(state: SubscriberState) -> None:
    store = _holding(state)

    with pytest.raises(InputRefused, match=f"is {state}, and gets no mail"):
        pause(ADA, until=None, operator="", store=store, clock=CLOCK)
    with pytest.raises(InputRefused, match=f"is {state}, and gets no mail"):
        resume(ADA, operator="", store=store, clock=CLOCK)

    assert (_ada(store).subscriber.state, _acts(store)) == (state, [])


def test_nobody_is_not_found() -> None:
    store = MemoryStore()

    with pytest.raises(NotFound):
        pause(ADA, until=None, operator="", store=store, clock=CLOCK)
    with pytest.raises(NotFound):
        resume(ADA, operator="", store=store, clock=CLOCK)
    with pytest.raises(InputRefused, match="is not suppressed"):
        lift(ADA, operator="", store=store, clock=CLOCK)


@pytest.mark.parametrize("state", [state for state in State if state is not State.ERASED])
def test_whoever_is_suppressed_is_removed(state: SubscriberState) -> None:
    store = _holding(state)

    for _ in range(2):
        suppress(ADA, reason="asked by phone", operator="grace", store=store, clock=CLOCK)

    assert _ada(store).subscriber.state is State.REMOVED
    assert _delivery(store) is DeliveryState.SUPPRESSED
    found = suppression_of(ADA, store=store)
    assert found is not None
    assert (found.reason, found.evidence) == (State.REMOVED, "asked by phone")
    acts = _acts(store)
    assert len(acts) == (state is not State.REMOVED)
    assert all(act.evidence == {"operator": "grace", "says": "asked by phone"} for act in acts)


def test_a_stranger_is_suppressed_and_let_in_again_without_a_record() -> None:
    store = MemoryStore()

    assert suppress(ADA, reason="", operator="", store=store, clock=CLOCK) is None
    assert suppression_of("ADA@example.org", store=store) is not None
    assert lift(ADA, operator="", store=store, clock=CLOCK) is None
    assert suppression_of(ADA, store=store) is None
    with store.read() as work:
        assert work.subscribers.count() == 0


@pytest.mark.parametrize("state", [State.BOUNCED, State.COMPLAINED, State.REMOVED])
def test_who_is_let_in_again_has_to_confirm_anew(state: SubscriberState) -> None:
    store = _holding(state)
    key = address_hmac(ADA, key=KEY)
    with store.begin() as work:
        work.suppressions.put([Suppression(address_hmac=key, reason=state, at=NOON)])

    lift(ADA, operator="grace", store=store, clock=CLOCK)

    assert _ada(store).subscriber.state is State.PENDING
    assert suppression_of(ADA, store=store) is None
    [act] = _acts(store)
    assert (act.act, act.evidence) == (Act.LIFTED, {"operator": "grace"})
    with store.begin() as work:
        # They were more than a sign-up once, and are not forgotten as one.
        assert work.subscribers.forget(created_before=NOON + timedelta(days=30), limit=9) == 0


def test_nothing_is_lifted_of_who_left_by_themselves() -> None:
    store = _holding(State.UNSUBSCRIBED)

    with pytest.raises(InputRefused, match="is not suppressed"):
        lift(ADA, operator="", store=store, clock=CLOCK)

    assert _ada(store).subscriber.state is State.UNSUBSCRIBED
