"""Every implementation of `Subscribers`, held to one contract."""

from datetime import date, time, timedelta

import pytest

from digest.errors import StoreError
from digest.models.deliveries import Delivery, DeliveryState
from digest.models.interests import Interest
from digest.models.subscribers import Cadence, Reader, Schedule, SubscriberState, address_hmac
from digest.ports import Store
from tests.factories import DAY, KEY, NOON, make_reader


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
        schedule=Schedule(send_at=time(6, 45), time_zone="Asia/Kolkata"),
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


VIENNA = Schedule(time_zone="Europe/Vienna", send_at=time(6, 30))


def test_a_reader_is_found_by_the_subscribers_id(store: Store) -> None:
    reader = make_reader("ada")
    add(store, reader)

    with store.read() as work:
        assert work.subscribers.by_id("subscriber-ada") == reader
        assert work.subscribers.by_id("subscriber-bob") is None


def test_the_schedules_of_active_readers_are_told_once_each(store: Store) -> None:
    add(
        store,
        make_reader("ada", schedule=VIENNA),
        make_reader("bob", schedule=VIENNA),
        make_reader("cleo"),
        make_reader("dan", schedule=Schedule(), state=SubscriberState.UNSUBSCRIBED),
        make_reader("eve", schedule=Schedule(time_zone="Asia/Tokyo"), state=SubscriberState.PAUSED),
    )

    with store.read() as work:
        assert work.subscribers.schedules() == [VIENNA, Schedule()]


def _waiting(
    store: Store, day: date = DAY, *, joined_by: timedelta = timedelta(0), after: str = ""
) -> list[str]:
    with store.read() as work:
        readers = work.subscribers.waiting(
            VIENNA, day, joined_by=NOON + joined_by, after=after, limit=2
        )
    return [reader.subscription.id.removeprefix("subscription-") for reader in readers]


def test_who_waits_is_active_joined_in_time_and_has_no_delivery_of_the_day(store: Store) -> None:
    add(
        store,
        make_reader("ada", schedule=VIENNA),
        make_reader("bob", schedule=VIENNA),
        make_reader("cleo", schedule=VIENNA),
        make_reader("dan", schedule=VIENNA, state=SubscriberState.PAUSED),
        make_reader("eve"),
    )
    assert _waiting(store) == ["ada", "bob"]
    assert _waiting(store, after="subscription-bob") == ["cleo"]
    assert _waiting(store, joined_by=-timedelta(seconds=1)) == []

    delivery = Delivery(
        id="1", subscription_id="subscription-ada", day=DAY, state=DeliveryState.EMPTY
    )
    with store.begin() as work:
        work.deliveries.plan([delivery])

    assert _waiting(store) == ["bob", "cleo"]
    assert _waiting(store, DAY + timedelta(days=1)) == ["ada", "bob"]


def test_a_state_is_turned_only_from_the_states_named(store: Store) -> None:
    add(store, make_reader("ada"))
    left, active = SubscriberState.UNSUBSCRIBED, SubscriberState.ACTIVE

    with store.begin() as work:
        assert work.subscribers.turn("subscriber-ada", left, when=[active])
        assert not work.subscribers.turn("subscriber-ada", active, when=[active])
        assert not work.subscribers.turn("subscriber-bob", left, when=[active])

    with store.read() as work:
        reader = work.subscribers.by_id("subscriber-ada")
    assert reader is not None
    assert reader.subscriber.state is left
