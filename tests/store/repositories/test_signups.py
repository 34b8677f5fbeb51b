"""Every implementation of `Signups`, held to one contract."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from digest.models.signups import Signup, SignupState
from digest.models.subscribers import SubscriberState
from digest.ports import Store
from tests.factories import NOON, make_reader

State = SignupState
MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)


def signup(id_: str = "1", **changes: object) -> Signup:
    fields: dict[str, object] = {
        "id": id_,
        "form": "page",
        "external_id": f"submission {id_}",
        "received_at": NOON,
        "address": "Ada <ada@example.org>",
    }
    return Signup(**fields | changes)  # type: ignore[arg-type] # fields of a Signup


def receive(store: Store, *signups: Signup, known_since: datetime = NOON - DAY) -> list[bool]:
    with store.begin() as work:
        return [work.signups.receive(each, known_since=known_since) for each in signups]


def settle(  # noqa: PLR0913 - each is what some test is about
    store: Store,
    id_: str,
    state: State,
    *,
    at: datetime = NOON,
    subscriber_id: str = "",
    address_hmac: str = "",
    domain: str = "",
) -> None:
    with store.begin() as work:
        work.signups.settle(
            id_,
            state,
            at=at,
            subscriber_id=subscriber_id,
            address_hmac=address_hmac,
            domain=domain,
        )


def get(store: Store, id_: str = "1") -> Signup:
    with store.read() as work:
        found = work.signups.get(id_)
    assert found is not None
    return found


def waiting(store: Store, limit: int = 99) -> list[str]:
    with store.begin() as work:
        return [each.id for each in work.signups.waiting(limit=limit)]


def test_a_signup_comes_back_as_it_was_received(store: Store) -> None:
    given = signup(
        address="  \u0141 <ada@example.org>, \n",
        interests=("whales, newts", "cs.CL"),
        time_zone="Mars/Olympus",
        name="Ada",
        network="n",
        wording="2026-11",
        subscriber_id="somebody",
    )
    assert receive(store, given) == [True]

    assert get(store) == given
    with store.begin() as work:
        assert list(work.signups.waiting(limit=9)) == [given]
        assert work.signups.subscriber("1") is None
        assert work.signups.get("2") is None
        assert work.signups.subscriber("2") is None


def test_a_second_copy_of_a_submission_is_known(store: Store) -> None:
    first = signup("1", external_id="x" * 5_000)
    copy = replace(first, id="2", received_at=NOON + DAY)
    elsewhere = replace(first, id="3", form="other")

    assert receive(store, first, copy, elsewhere) == [True, False, True]
    assert receive(store, copy) == [False]
    settle(store, "1", State.REFUSED)
    assert receive(store, copy) == [False]
    assert waiting(store) == ["3"]


def test_a_submission_is_new_again_after_a_while(store: Store) -> None:
    first = signup("1", external_id="x")
    again = replace(first, id="2", received_at=NOON + DAY)
    third = replace(first, id="3", received_at=NOON + DAY + MINUTE)

    assert receive(store, first) == [True]
    assert receive(store, again, known_since=NOON) == [False]
    assert receive(store, again, known_since=NOON + MINUTE) == [True]
    assert receive(store, third, known_since=NOON + MINUTE) == [False]
    assert waiting(store) == ["1", "2"]


def test_what_waits_comes_oldest_first(store: Store) -> None:
    receive(
        store,
        signup("3", received_at=NOON - MINUTE),
        signup("2"),
        signup("1"),
        signup("0", received_at=NOON + MINUTE),
    )

    assert waiting(store, 3) == ["3", "1", "2"]
    settle(store, "1", State.LIMITED)
    assert waiting(store) == ["3", "2", "0"]


@pytest.mark.parametrize("state", [state for state in State if state is not State.WAITING])
def test_only_of_what_must_be_answered_the_address_is_kept(store: Store, state: State) -> None:
    receive(store, signup(subscriber_id="mover"))

    settle(store, "1", state, subscriber_id="whoever", address_hmac="h", domain="example.org")

    found = get(store)
    kept = signup(subscriber_id="mover", state=state)
    assert found == (kept if state is State.MAILED else replace(kept, address=""))
    with store.read() as work:
        assert work.signups.subscriber("1") == "whoever"


def test_one_that_is_not_there_is_settled_in_vain(store: Store) -> None:
    settle(store, "1", State.MAILED)

    with store.begin() as work:
        assert work.signups.get("1") is None
        assert not work.signups.confirm("1")


def test_only_what_was_mailed_is_confirmed_and_once(store: Store) -> None:
    states = {state.value: state for state in State}
    receive(store, *(signup(name) for name in states))
    for name, state in states.items():
        if state is not State.WAITING:
            settle(store, name, state, subscriber_id="ada")

    with store.begin() as work:
        assert [name for name in states if work.signups.confirm(name)] == ["mailed"]
        assert not work.signups.confirm("mailed")

    assert get(store, "mailed") == signup("mailed", state=State.CONFIRMED, address="")
    with store.read() as work:
        assert work.signups.subscriber("mailed") == "ada"


def mailed(store: Store, since: datetime | None = None, **asked: str) -> int:
    with store.read() as work:
        return work.signups.mailed(since=since, **asked)  # type: ignore[arg-type] # texts alone


def test_mails_are_counted_by_address_network_and_domain(store: Store) -> None:
    receive(store, *(signup(f"{number}", network=f"n{number % 2}") for number in range(6)))
    for number in range(6):
        settle(
            store,
            f"{number}",
            State.MAILED if number < 4 else State.KNOWN,
            at=NOON + number * MINUTE,
            address_hmac=f"h{number % 3}",
            domain="a.example" if number else "b.example",
        )

    assert mailed(store) == 6
    assert mailed(store, address_hmac="h0") == 2
    assert mailed(store, address_hmac="h0", network="n1") == 1
    assert mailed(store, network="n0") == 3
    assert mailed(store, domain="a.example") == 5
    assert mailed(store, domain="c.example") == 0
    # What went out just then is no longer within the time.
    assert mailed(store, NOON) == 5
    assert mailed(store, NOON - MINUTE) == 6
    assert mailed(store, NOON + MINUTE, domain="a.example") == 4


def test_only_mails_count(store: Store) -> None:
    states = [state for state in State if state is not State.WAITING]
    receive(store, *(signup(state.value) for state in State))
    for state in states:
        settle(store, state.value, state, address_hmac="h")

    assert mailed(store, address_hmac="h") == 3
    with store.begin() as work:
        assert work.signups.confirm("mailed")
    assert mailed(store, address_hmac="h") == 3


def unconfirmed(store: Store, address_hmac: str) -> int:
    with store.read() as work:
        return work.signups.mailed(since=None, address_hmac=address_hmac, unconfirmed=True)


def test_unconfirmed_are_those_since_the_address_was_last_confirmed(store: Store) -> None:
    receive(store, *(signup(f"{number}") for number in range(5)), signup("other"))
    for number in range(5):
        settle(store, f"{number}", State.MAILED, at=NOON + number * MINUTE, address_hmac="h")
    settle(store, "other", State.MAILED, address_hmac="other")
    assert unconfirmed(store, "h") == 5

    with store.begin() as work:
        assert work.signups.confirm("2")

    assert unconfirmed(store, "h") == 2
    assert unconfirmed(store, "other") == 1
    assert mailed(store, address_hmac="h") == 5


def test_a_reader_who_confirmed_has_confirmed_all_before(store: Store) -> None:
    reader = make_reader("ada", state=SubscriberState.PENDING)
    hmac = reader.subscriber.address_hmac
    receive(store, *(signup(f"{number}") for number in range(3)))
    for number in range(3):
        settle(store, f"{number}", State.MAILED, at=NOON + number * MINUTE, address_hmac=hmac)
    with store.begin() as work:
        work.subscribers.add(reader)
    assert unconfirmed(store, hmac) == 3

    confirmed = replace(reader.subscriber, confirmed_at=NOON + MINUTE)
    with store.begin() as work:
        work.subscribers.change(
            replace(reader, subscriber=confirmed), when=[SubscriberState.PENDING]
        )

    assert unconfirmed(store, hmac) == 1


def test_of_the_last_mails_that_ask_it_is_told_how_many_were_answered(store: Store) -> None:
    receive(store, *(signup(f"{number}") for number in range(9)))
    for number in range(8):
        settle(store, f"{number}", State.MAILED, at=NOON + number * MINUTE)
    # Who is known is asked nothing.
    settle(store, "8", State.KNOWN, at=NOON + 9 * MINUTE)
    with store.begin() as work:
        for id_ in ("0", "5", "7"):
            assert work.signups.confirm(id_)

    def answered(last: int, since: datetime = NOON - MINUTE) -> tuple[int, int]:
        with store.read() as work:
            return work.signups.answered(last, since=since)

    assert answered(99) == (8, 3)
    assert answered(3) == (3, 2)
    assert answered(1) == (1, 1)
    assert answered(99, NOON) == (7, 2)
    assert answered(99, NOON + DAY) == (0, 0)


def test_what_is_settled_is_forgotten_after_a_while(store: Store) -> None:
    for age, id_ in enumerate(["new", "day", "old", "older", "waiting"]):
        receive(store, signup(id_, received_at=NOON - age * DAY))
        if id_ != "waiting":
            settle(store, id_, list(State)[age + 1])

    with store.begin() as work:
        assert work.signups.forget(received_before=NOON - DAY) == 2
        assert work.signups.forget(received_before=NOON - DAY) == 0
        assert work.signups.get("old") is None
        assert work.signups.get("day") is not None
    assert waiting(store) == ["waiting"]
    assert receive(store, signup("again", external_id="submission old")) == [True]
