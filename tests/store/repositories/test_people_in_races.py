"""Two who do the same at once, each over a connection of its own."""

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from threading import Barrier, Thread
from typing import TypeVar

import pytest

from digest.models.deliveries import Claim
from digest.models.letters import Letter, LetterKind
from digest.models.signups import Signup, SignupState
from digest.models.subscribers import SubscriberState
from digest.ports import Work
from digest.store.sql import SqlStore
from tests.factories import DAY, NOON, make_reader

State = SubscriberState
Result = TypeVar("Result")
MANY = 4


@pytest.fixture
def shared(url: str) -> Iterator[SqlStore]:
    """A store on each kind of database, patient enough for all who wait."""
    with closing(SqlStore(url)) as store:
        with store.begin() as work:
            work.subscribers.add_many([make_reader("ada"), make_reader("bo")])
        yield store


def signup(id_: str = "1") -> Signup:
    return Signup(id=id_, form="page", external_id=id_, received_at=NOON, address="a")


def at_once(store: SqlStore, *deeds: Callable[[Work], Result]) -> list[Result]:
    """Return what each of *deeds* returned, all done in blocks that begin together."""
    results: list[Result] = []
    barrier = Barrier(len(deeds))

    def run(deed: Callable[[Work], Result]) -> None:
        barrier.wait()
        with store.begin() as work:
            result = deed(work)
        results.append(result)

    threads = [Thread(target=run, args=(deed,)) for deed in deeds]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(results) == len(deeds)
    return results


def test_of_many_who_turn_one_state_exactly_one_does(shared: SqlStore) -> None:
    def leave(work: Work) -> bool:
        return work.subscribers.turn("subscriber-ada", State.UNSUBSCRIBED, when=[State.ACTIVE])

    assert sorted(at_once(shared, *[leave] * MANY), key=str) == [False] * (MANY - 1) + [True]


def test_who_leaves_while_they_are_changed_has_left(shared: SqlStore) -> None:
    def leave(work: Work) -> bool:
        return work.subscribers.turn("subscriber-ada", State.UNSUBSCRIBED, when=[State.ACTIVE])

    def change(work: Work) -> bool:
        return work.subscribers.change(make_reader("ada"), when=[State.ACTIVE])

    at_once(shared, leave, *[change] * MANY)

    with shared.read() as work:
        reader = work.subscribers.by_id("subscriber-ada")
        assert reader is not None
        assert reader.subscriber.state is State.UNSUBSCRIBED
        schedule = reader.subscription.schedule
        found = work.subscribers.waiting(schedule, DAY, joined_by=NOON, after="", limit=9)
    assert [each.subscriber.id for each in found] == ["subscriber-bo"]


def test_of_two_who_move_to_one_address_one_does(shared: SqlStore) -> None:
    def moved(who: str) -> Callable[[Work], bool]:
        return lambda work: work.subscribers.move(who, address="new", address_hmac="new")

    done = at_once(shared, moved("subscriber-ada"), moved("subscriber-bo"))

    assert sorted(done, key=str) == [False, True]


def test_one_address_is_added_once_by_many(shared: SqlStore) -> None:
    readers = [make_reader("cleo", id=f"{number}") for number in range(MANY)]
    readers = [
        replace(
            each,
            subscriber=replace(each.subscriber, id=f"{number}"),
            subscription=replace(each.subscription, subscriber_id=f"{number}"),
        )
        for number, each in enumerate(readers)
    ]

    def added(number: int) -> Callable[[Work], bool]:
        return lambda work: work.subscribers.add(readers[number])

    assert sorted(at_once(shared, *map(added, range(MANY))), key=str) == [False] * (MANY - 1) + [
        True
    ]


def test_a_submission_that_comes_many_times_at_once_is_kept_once(shared: SqlStore) -> None:
    def receive(number: int) -> Callable[[Work], bool]:
        copy = replace(signup(), id=f"{number}")
        return lambda work: work.signups.receive(copy, known_since=NOON)

    assert sorted(at_once(shared, *map(receive, range(MANY))), key=str) == [False] * (MANY - 1) + [
        True
    ]


def test_a_signup_is_confirmed_once(shared: SqlStore) -> None:
    with shared.begin() as work:
        work.signups.receive(signup(), known_since=NOON)
        work.signups.settle("1", SignupState.MAILED, at=NOON)

    done = at_once(shared, *[lambda work: work.signups.confirm("1")] * MANY)

    assert sorted(done, key=str) == [False] * (MANY - 1) + [True]


def test_what_waits_is_decided_by_one_at_a_time(shared: SqlStore) -> None:
    with shared.begin() as work:
        for number in range(20):
            work.signups.receive(signup(f"{number}"), known_since=NOON)

    def decide(work: Work) -> tuple[int, int]:
        waiting = work.signups.waiting(limit=5)
        # Whoever is here now sees all that was decided before.
        before = work.signups.mailed(since=None)
        for each in waiting:
            work.signups.settle(each.id, SignupState.MAILED, at=NOON)
        return len(waiting), before

    counted = [before for some, before in at_once(shared, *[decide] * MANY) if some]

    assert sorted(counted) == [5 * place for place in range(len(counted))]
    assert counted


def test_what_one_looks_at_nobody_else_gets(server_url: str) -> None:
    with closing(SqlStore(server_url)) as store:
        with store.begin() as work:
            work.signups.receive(signup(), known_since=NOON)
        with store.begin() as one, store.begin() as other:
            assert [each.id for each in one.signups.waiting(limit=9)] == ["1"]
            assert list(other.signups.waiting(limit=9)) == []
            # Whoever wants to know the key of addresses does not wait.
            assert other.address_key() == one.address_key()
        with store.begin() as work:
            assert [each.id for each in work.signups.waiting(limit=9)] == ["1"]


def test_many_who_take_letters_take_each_once(shared: SqlStore) -> None:
    ids = [f"{number:03}" for number in range(40)]
    with shared.begin() as work:
        work.letters.queue(
            Letter(
                id=id_,
                kind=LetterKind.CONFIRM,
                subscriber_id="subscriber-ada",
                address="a",
                subject_id="s",
                created_at=NOON,
            )
            for id_ in ids
        )

    def take(fence: str) -> Callable[[Work], list[str]]:
        claim = Claim(fence=fence, at=NOON, lease_until=NOON + timedelta(minutes=5))
        return lambda work: [each.id for each in work.letters.take(claim, limit=10)]

    taken = at_once(shared, *(take(f"{number}") for number in range(MANY)))

    assert sorted(id_ for some in taken for id_ in some) == ids


def test_who_confirms_while_they_are_forgotten_is_either(shared: SqlStore) -> None:
    reader = make_reader("cleo", state=State.PENDING)
    with shared.begin() as work:
        work.subscribers.add(reader)
    active = replace(reader, subscriber=replace(reader.subscriber, state=State.ACTIVE))

    def confirm(work: Work) -> str:
        return "confirmed" if work.subscribers.change(active, when=[State.PENDING]) else ""

    def forget(work: Work) -> str:
        before = NOON + timedelta(days=1)
        return "forgotten" if work.subscribers.forget(created_before=before, limit=9) else ""

    happened = {one for one in at_once(shared, confirm, forget) if one}

    with shared.read() as work:
        left = work.subscribers.by_id("subscriber-cleo")
    assert happened == ({"forgotten"} if left is None else {"confirmed"})
