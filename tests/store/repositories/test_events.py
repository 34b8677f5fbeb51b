"""Every implementation of `Events`, held to one contract."""

from datetime import timedelta
from itertools import count

import pytest

from digest.errors import StoreError
from digest.models.events import EventKind, MailEvent
from digest.ports import Store
from tests.factories import NOON, make_reader

HOUR = timedelta(hours=1)
ADA, BO = "subscriber-ada", "subscriber-bo"


@pytest.fixture(autouse=True)
def _readers(store: Store) -> None:
    with store.begin() as work:
        work.subscribers.add_many([make_reader("ada"), make_reader("bo")])


def event(
    kind: EventKind = EventKind.HARD,
    *,
    id_: str = "1",
    hours: int = 0,
    source: str = "mail",
    mail_id: str = "",
) -> MailEvent:
    return MailEvent(
        source=source,
        external_id=id_,
        kind=kind,
        mail_id=mail_id or f"{source} {id_}",
        at=NOON + hours * HOUR,
        status="5.1.1",
    )


def receive(store: Store, *events: MailEvent, subscriber_id: str = ADA) -> list[bool]:
    with store.begin() as work:
        return [work.events.receive(each, subscriber_id=subscriber_id) for each in events]


def test_a_second_copy_from_one_source_is_no_news(store: Store) -> None:
    long = "x" * 5_000
    events = [event(), event(hours=1), event(source="other"), event(id_=long), event(id_=long)]

    assert receive(store, *events) == [True, False, True, True, False]
    assert receive(store, event(), subscriber_id=BO) == [False]
    with store.read() as work:
        assert work.events.hard_since(ADA, NOON) == 3


def test_hard_bounces_are_counted_since_a_moment(store: Store) -> None:
    ids = count()
    receive(
        store,
        *(event(id_=f"{next(ids)}", hours=hours) for hours in (-2, -1, 0, 3)),
        *(event(kind, id_=f"{next(ids)}", hours=1) for kind in EventKind),
    )
    receive(store, event(id_="b"), subscriber_id=BO)

    with store.read() as work:
        assert work.events.hard_since(ADA, NOON - HOUR) == 4
        assert work.events.hard_since(ADA, NOON + 2 * HOUR) == 1
        assert work.events.hard_since(BO, NOON) == 1
        assert work.events.hard_since("nobody", NOON) == 0


def test_soft_bounces_are_counted_since_the_last_delivery_in_whatever_order(store: Store) -> None:
    def soft() -> int:
        with store.read() as work:
            return work.events.soft_in_a_row(ADA)

    ids = count()

    def tell(kind: EventKind, *hours: int) -> None:
        receive(store, *(event(kind, id_=f"{next(ids)}", hours=each) for each in hours))

    assert soft() == 0
    tell(EventKind.SOFT, 3, 1, 5)
    tell(EventKind.HARD, 2)
    assert soft() == 3
    tell(EventKind.DELIVERED, 0)
    assert soft() == 3
    tell(EventKind.DELIVERED, 3)
    assert soft() == 1
    tell(EventKind.DELIVERED, 1)
    assert soft() == 1
    receive(store, event(EventKind.DELIVERED, id_="b", hours=9), subscriber_id=BO)
    assert soft() == 1
    tell(EventKind.SOFT, 4)
    assert soft() == 2


def test_a_mail_that_several_tell_of_bounced_once(store: Store) -> None:
    receive(
        store,
        *(event(id_=each, mail_id="1") for each in "abc"),
        event(source="other", mail_id="1", hours=1),
        event(id_="d", mail_id="2"),
        *(event(EventKind.SOFT, id_=each, mail_id="3") for each in "xyz"),
    )

    with store.read() as work:
        assert work.events.hard_since(ADA, NOON) == 2
        assert work.events.hard_since(ADA, NOON + HOUR) == 1
        assert work.events.soft_in_a_row(ADA) == 1


def test_an_event_of_nobody_is_refused(store: Store) -> None:
    with pytest.raises(StoreError):
        receive(store, event(), subscriber_id="nobody")
