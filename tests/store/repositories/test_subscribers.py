"""Every implementation of `Subscribers`, held to one contract."""

from datetime import time

import pytest

from digest.errors import StoreError
from digest.models.interests import Interest
from digest.models.subscribers import Cadence, Reader, SubscriberState, address_hmac
from digest.ports import Store
from tests.factories import KEY, make_reader


def add(store: Store, *readers: Reader) -> list[bool]:
    with store.begin() as work:
        return [work.subscribers.add(reader) for reader in readers]


def test_a_reader_comes_back_as_added(store: Store) -> None:
    reader = make_reader(
        "ada",
        interests=(
            Interest(
                name="sea",
                phrases=("whale song", "grüße"),
                categories=("cs.CL",),
                authors=("Bo Lindqvist",),
                organisations=("Sea Institute",),
                seeds=("2611.01234",),
                exclusions=("sharks",),
            ),
            Interest(name="empty"),
        ),
        cadence=Cadence.WEEKDAYS,
        paper_limit=5,
        dial=0.1,
        send_at=time(6, 45),
        time_zone="Asia/Kolkata",
    )
    assert add(store, reader) == [True]

    with store.read() as work:
        assert work.subscribers.by_address(reader.subscriber.address_hmac) == reader
        assert work.subscribers.by_subscription(["subscription-ada", "none"]) == {
            "subscription-ada": reader
        }


def test_an_address_is_taken_once(store: Store) -> None:
    first, again = make_reader("ada"), make_reader("ada", id="another", phrases=("sharks",))

    assert add(store, first, again) == [True, False]
    assert add(store, again) == [False]
    with store.read() as work:
        assert work.subscribers.count() == 1
        assert work.subscribers.by_subscription(["another"]) == {}


def test_an_unknown_address_is_nobody(store: Store) -> None:
    add(store, make_reader("ada"))

    with store.read() as work:
        assert work.subscribers.by_address(address_hmac("bo@example.org", key=KEY)) is None


def test_two_subscriptions_of_one_id_are_refused(store: Store) -> None:
    add(store, make_reader("ada"))

    with pytest.raises(StoreError), store.begin() as work:
        work.subscribers.add(make_reader("bo", id="subscription-ada"))
    with store.read() as work:
        assert work.subscribers.count() == 1


def test_only_active_readers_are_active(store: Store) -> None:
    readers = {state: make_reader(state.value, state=state) for state in SubscriberState}
    add(store, *readers.values())

    with store.read() as work:
        found = work.subscribers.active(after="", limit=100)
        assert work.subscribers.count() == len(SubscriberState)
    assert found == [readers[SubscriberState.ACTIVE]]


def test_active_readers_are_walked_by_pages_without_gap_or_repetition(store: Store) -> None:
    names = ["Y", "a", "Z", "b", "ä", "10", "9", "_", "-"]
    add(store, *(make_reader(name, id=name) for name in names))
    add(store, make_reader("paused", id="aa", state=SubscriberState.PAUSED))

    pages: list[list[str]] = []
    with store.read() as work:
        while page := work.subscribers.active(after=pages[-1][-1] if pages else "", limit=4):
            pages.append([reader.subscription.id for reader in page])
    assert [len(page) for page in pages] == [4, 4, 1]
    assert [id_ for page in pages for id_ in page] == sorted(names)


def test_many_readers_are_found_at_once(store: Store) -> None:
    readers = [make_reader(f"{number:04}") for number in range(1_200)]
    add(store, *readers)

    with store.read() as work:
        ids = [reader.subscription.id for reader in readers]
        assert list(work.subscribers.by_subscription(ids)) != []
        assert len(work.subscribers.by_subscription([*ids, *ids])) == 1_200
