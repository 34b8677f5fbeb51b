"""How readers change: every implementation of `Subscribers`, held to one contract."""

from collections.abc import Collection
from dataclasses import replace
from datetime import date, time, timedelta

import pytest

from digest.models.interests import Interest
from digest.models.subscribers import Cadence, Reader, Schedule, SubscriberState, address_hmac
from digest.ports import Store
from digest.store.sql import SqlStore
from tests.factories import DAY, KEY, NOON, make_reader

State = SubscriberState
ANYBODY = frozenset(State)


def person(who: str = "ada", /, *, state: State = State.ACTIVE, **changes: object) -> Reader:
    reader = make_reader(who, state=state)
    return replace(reader, subscriber=replace(reader.subscriber, **changes))  # type: ignore[arg-type] # fields of a Subscriber


def add(store: Store, *readers: Reader) -> None:
    with store.begin() as work:
        assert all(work.subscribers.add(reader) for reader in readers)


def found(store: Store, name: str = "ada") -> Reader:
    with store.read() as work:
        reader = work.subscribers.by_id(f"subscriber-{name}")
    assert reader is not None
    return reader


def change(store: Store, reader: Reader, when: Collection[State] = ANYBODY) -> bool:
    with store.begin() as work:
        return work.subscribers.change(reader, when=when)


def test_all_that_is_known_of_a_person_comes_back(store: Store) -> None:
    reader = person(
        name="Ada \u0141.",
        version=7,
        confirmed_at=NOON + timedelta(microseconds=5),
        paused_until=DAY,
        catch_up=True,
        state=State.PAUSED,
    )
    wish = replace(reader.subscription, schedule=Schedule(weekdays=(0, 2, 6)))
    reader = replace(reader, subscription=wish)
    add(store, reader)

    assert found(store) == reader


def test_many_are_added_at_once_and_only_those_who_are_new(store: Store) -> None:
    add(store, make_reader("0007"))
    many = [make_reader(f"{number:04}") for number in range(2_500)]
    twice = [make_reader("0003", id="other"), make_reader("0007", id="third")]
    twice = [
        replace(each, subscriber=replace(each.subscriber, id=f"{n}"))
        for n, each in enumerate(twice)
    ]
    twice = [
        replace(each, subscription=replace(each.subscription, subscriber_id=f"{n}"))
        for n, each in enumerate(twice)
    ]

    with store.begin() as work:
        kept = work.subscribers.add_many([*many, *twice])
        assert work.subscribers.add_many([]) == frozenset()
        assert work.subscribers.add_many(many) == frozenset()

    assert kept == {each.subscriber.id for each in many} - {"subscriber-0007"}
    with store.read() as work:
        assert work.subscribers.count() == 2_500
        assert work.subscribers.by_subscription(["other", "third"]) == {}
        assert work.subscribers.by_id("subscriber-2499") == many[-1]


def test_a_change_writes_all_but_ids_and_address(store: Store) -> None:
    add(store, person(), person("bo"))
    changed = Reader(
        subscriber=replace(
            person().subscriber,
            address="other@example.org",
            address_hmac="other",
            state=State.PAUSED,
            name="Ada",
            version=3,
            confirmed_at=NOON,
            paused_until=DAY,
            catch_up=True,
        ),
        subscription=replace(
            person().subscription,
            interests=(Interest(phrases=("newts",)), Interest(name="b", seeds=("2611.01234",))),
            cadence=Cadence.WEEKLY,
            paper_limit=3,
            dial=0.9,
            schedule=Schedule(time_zone="Asia/Tokyo", send_at=time(5, 30), weekdays=(4,)),
        ),
    )

    assert change(store, changed, [State.ACTIVE])

    kept = person().subscriber
    expected = replace(changed.subscriber, address=kept.address, address_hmac=kept.address_hmac)
    assert found(store) == replace(changed, subscriber=expected)
    assert found(store, "bo") == person("bo")


@pytest.mark.parametrize("state", [State.UNSUBSCRIBED, State.ERASED])
def test_who_left_meanwhile_is_not_changed(store: Store, state: State) -> None:
    add(store, person(state=state))
    wish = replace(person().subscription, paper_limit=1)

    assert not change(store, replace(person(), subscription=wish), [State.ACTIVE, State.PAUSED])
    assert not change(store, person("nobody"))
    assert found(store) == person(state=state)


def test_a_version_is_never_lowered(store: Store) -> None:
    add(store, person(version=5))

    assert change(store, person(version=4, name="Ada"))

    assert (found(store).subscriber.version, found(store).subscriber.name) == (5, "Ada")


def test_who_is_made_active_is_found_by_their_schedule_and_nobody_else(store: Store) -> None:
    add(store, person(state=State.PENDING), person("bo", state=State.PAUSED))

    def active() -> list[str]:
        with store.read() as work:
            assert bool(work.subscribers.schedules()) == bool(
                work.subscribers.active(after="", limit=9)
            )
            waiting = work.subscribers.waiting(Schedule(), DAY, joined_by=NOON, after="", limit=9)
        return [each.subscriber.id.removeprefix("subscriber-") for each in waiting]

    assert active() == []
    assert change(store, person())
    assert active() == ["ada"]
    with store.begin() as work:
        assert work.subscribers.turn("subscriber-bo", State.ACTIVE, when=[State.PAUSED])
    assert active() == ["ada", "bo"]
    with store.begin() as work:
        assert work.subscribers.turn("subscriber-ada", State.UNSUBSCRIBED, when=[State.ACTIVE])
    assert active() == ["bo"]
    assert change(store, person("bo", state=State.PAUSED, paused_until=DAY))
    assert active() == []
    with store.begin() as work:
        assert work.subscribers.resume(DAY, limit=9) == ["subscriber-bo"]
    assert active() == ["bo"]
    with store.begin() as work:
        assert work.subscribers.erase("subscriber-bo")
    assert active() == []


def test_somebody_moves_to_an_address_that_is_nobodys(store: Store) -> None:
    add(store, person(), person("bo"))
    new, bos = "new@example.org", address_hmac("bo@example.org", key=KEY)

    with store.begin() as work:
        assert not work.subscribers.move(
            "subscriber-ada", address="bo@example.org", address_hmac=bos
        )
        # The block goes on, whatever the database thinks of the conflict.
        assert work.subscribers.move("subscriber-ada", address=new, address_hmac="n")
        assert work.subscribers.move("subscriber-ada", address=new, address_hmac="n")
        assert not work.subscribers.move("nobody", address=new, address_hmac="m")

    with store.read() as work:
        moved = work.subscribers.by_address("n")
        assert moved == person(address=new, address_hmac="n")
        assert work.subscribers.by_address(person().subscriber.address_hmac) is None
        assert work.subscribers.by_address(bos) == person("bo")


def test_who_is_erased_gets_no_address_back(store: Store) -> None:
    add(store, person())

    with store.begin() as work:
        work.subscribers.erase("subscriber-ada")
        assert not work.subscribers.move("subscriber-ada", address="a", address_hmac="h")
    assert found(store).subscriber.address == ""


def test_states_are_told_of_addresses_that_are_known(store: Store) -> None:
    readers = [person(state.value, state=state) for state in State]
    add(store, *readers)
    hmacs = {each.subscriber.address_hmac: each.subscriber.state for each in readers}

    with store.read() as work:
        assert work.subscribers.states([*hmacs, *hmacs, "unknown"]) == hmacs
        assert work.subscribers.states([]) == {}
        assert work.subscribers.counts() == dict.fromkeys(State, 1)


def test_nobody_is_in_no_state(store: Store) -> None:
    with store.read() as work:
        assert work.subscribers.counts() == {}


def test_people_are_walked_by_pages_of_some_states_or_all(store: Store) -> None:
    names = ["Y", "a", "Z", "b", "\xe4", "10", "9"]
    add(store, *(person(name) for name in names))
    add(store, person("aa", state=State.PAUSED), person("bb", state=State.BOUNCED))

    def pages(*states: State) -> list[str]:
        ids: list[str] = []
        with store.read() as work:
            while page := work.subscribers.page(
                after=ids[-1] if ids else "", limit=2, states=states
            ):
                assert len(page) <= 2
                ids += [each.subscriber.id for each in page]
        return [id_.removeprefix("subscriber-") for id_ in ids]

    assert pages() == sorted([*names, "aa", "bb"])
    assert pages(State.PAUSED, State.BOUNCED) == ["aa", "bb"]
    assert pages(State.ERASED) == []


def test_pauses_end_on_their_day_and_not_before(store: Store) -> None:
    paused = {
        "early": person("early", state=State.PAUSED, paused_until=DAY - timedelta(days=9)),
        "today": person("today", state=State.PAUSED, paused_until=DAY, catch_up=True, version=2),
        "later": person("later", state=State.PAUSED, paused_until=DAY + timedelta(days=1)),
        "open": person("open", state=State.PAUSED),
        "left": person("left", state=State.UNSUBSCRIBED, paused_until=DAY),
    }
    add(store, *paused.values())

    with store.begin() as work:
        first = work.subscribers.resume(DAY, limit=1)
        rest = work.subscribers.resume(DAY, limit=9)
        assert work.subscribers.resume(DAY, limit=9) == []

    assert [*first, *rest] == ["subscriber-early", "subscriber-today"]
    today = paused["today"]
    active = replace(today.subscriber, state=State.ACTIVE, paused_until=None)
    assert found(store, "today") == replace(today, subscriber=active)
    for name in ("later", "open", "left"):
        assert found(store, name) == paused[name]


def test_what_the_two_tables_repeat_of_each_other_agrees(database: SqlStore) -> None:
    """However somebody came to their state, `gate` and `waiting` must see the same one."""
    with database.begin() as work:
        for state in State:
            work.subscribers.add(person(state.value, state=state))
        for state in State:
            work.subscribers.turn(f"subscriber-{state}", State.ACTIVE, when=[state])
    with database.read() as work:
        waiting = work.subscribers.waiting(Schedule(), date.max, joined_by=NOON, after="", limit=99)
    assert len(waiting) == len(State)
