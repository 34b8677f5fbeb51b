"""Letting a reader go, by whatever way they ask."""

from email.header import Header
from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.errors import StoreUnavailable
from digest.links import Links, Purpose
from digest.models.consent import Act
from digest.models.deliveries import Claim, DeliveryState
from digest.models.letters import LetterKind
from digest.models.subscribers import SubscriberState, Suppression
from digest.services.deliver import LEASE, deliver
from digest.services.unsubscribe import (
    UNDO_WITHIN,
    Way,
    come_back,
    less_often,
    undo_until,
    unsubscribe,
    unsubscribe_by_mail,
)
from tests.factories import DAY, make_reader
from tests.fakes import CountingTokens, MemoryStore, StoppedClock
from tests.fakes.repositories import MemoryDeliveries
from tests.services.conftest import Morning

LINKS = Links(["key"])
TOKEN = LINKS.token(Purpose.UNSUBSCRIBE, "subscriber-ada")


CLOCK, TOKENS = StoppedClock(), CountingTokens()


def leave(store: MemoryStore, subscriber_id: str = "subscriber-ada", way: Way = Way.PAGE) -> bool:
    return unsubscribe(subscriber_id, way, store=store, clock=CLOCK, tokens=TOKENS)


def _state(store: MemoryStore, name: str = "ada") -> SubscriberState:
    with store.read() as work:
        reader = work.subscribers.by_id(f"subscriber-{name}")
    assert reader is not None
    return reader.subscriber.state


@pytest.fixture
def store() -> MemoryStore:
    """A store that knows Ada, and nobody else."""
    store = MemoryStore()
    with store.begin() as work:
        work.subscribers.add(make_reader("ada"))
    return store


@pytest.mark.parametrize("state", [SubscriberState.ACTIVE, SubscriberState.PAUSED])
def test_who_gets_mail_or_paused_it_leaves(state: SubscriberState) -> None:
    store = MemoryStore()
    with store.begin() as work:
        work.subscribers.add(make_reader("ada", state=state))

    assert leave(store)
    assert _state(store) == SubscriberState.UNSUBSCRIBED


@pytest.mark.parametrize(
    "state",
    [state for state in SubscriberState if state not in {"active", "paused"}],
)
def test_who_gets_no_mail_stays_what_they_are(state: SubscriberState) -> None:
    store = MemoryStore()
    with store.begin() as work:
        work.subscribers.add(make_reader("ada", state=state))

    assert not leave(store)
    assert _state(store) == state


def test_leaving_twice_is_leaving_once(store: MemoryStore) -> None:
    assert leave(store)
    assert not leave(store)
    assert _state(store) == SubscriberState.UNSUBSCRIBED


def test_somebody_we_do_not_know_is_no_error(store: MemoryStore) -> None:
    assert not leave(store, "subscriber-eve")
    assert _state(store) == SubscriberState.ACTIVE


def test_what_was_planned_is_not_sent_any_more_and_is_counted(morning: Morning) -> None:
    morning.plan()

    leave(morning.store)
    deliver(DAY, carriage=morning.carriage)

    assert morning.recipients() == ["bob@example.org"]
    assert morning.states() == {DeliveryState.SENT: 1, DeliveryState.SUPPRESSED: 1}
    with morning.store.read() as work:
        reasons = {each.reason for each in work.deliveries.of_day(DAY) if each.reason}
    assert reasons == {"the reader is unsubscribed"}


def test_nothing_is_planned_for_who_left(morning: Morning) -> None:
    leave(morning.store)

    morning.plan()
    deliver(DAY, carriage=morning.carriage)

    assert morning.recipients() == ["bob@example.org"]
    assert morning.states() == {DeliveryState.SENT: 1}


def test_what_a_worker_holds_already_does_not_get_onto_the_wire(morning: Morning) -> None:
    morning.plan()
    now = morning.clock.now()
    with morning.store.begin() as work:
        claim = Claim(fence="a worker", at=now, lease_until=now + LEASE)
        claimed = work.deliveries.claim(DAY, claim, limit=10, only=None)

    leave(morning.store)

    with morning.store.begin() as work:
        passed = work.deliveries.gate([each.id for each in claimed], fence="a worker")
    assert [each.subscription_id for each in passed] == ["subscription-bob"]


def test_an_answer_that_was_interrupted_is_finished_by_the_next(
    morning: Morning, monkeypatch: pytest.MonkeyPatch
) -> None:
    morning.plan()

    def away(*_arguments: object, **_named: object) -> int:
        raise StoreUnavailable("away")

    with monkeypatch.context() as broken:
        broken.setattr(MemoryDeliveries, "suppress", away)
        with pytest.raises(StoreUnavailable):
            leave(morning.store)
    assert _state(morning.store) == SubscriberState.UNSUBSCRIBED
    assert morning.states() == {DeliveryState.PLANNED: 2}

    leave(morning.store)
    assert morning.states() == {DeliveryState.PLANNED: 1, DeliveryState.SUPPRESSED: 1}


def _acts(store: MemoryStore) -> list[tuple[Act, str]]:
    with store.read() as work:
        return [(one.act, one.source) for one in work.consents.of("subscriber-ada")]


def _letters(store: MemoryStore) -> list[LetterKind]:
    now = CLOCK.now()
    claim = Claim(fence="post", at=now, lease_until=now + LEASE)
    with store.begin() as work:
        return [letter.kind for letter in work.letters.take(claim, limit=10)]


@pytest.mark.parametrize("way", list(Way))
def test_how_somebody_left_is_noted_once_and_only_the_page_says_goodbye(
    store: MemoryStore, way: Way
) -> None:
    leave(store, way=way)
    leave(store, way=way)

    assert _acts(store) == [(Act.LEFT, way)]
    assert _letters(store) == ([LetterKind.GOODBYE] if way is Way.PAGE else [])


def test_a_goodbye_can_be_undone_for_a_day_from_when_it_was_said(store: MemoryStore) -> None:
    assert undo_until("subscriber-ada", store=store) is None
    leave(store)

    assert undo_until("subscriber-ada", store=store) == CLOCK.now() + UNDO_WITHIN
    assert come_back("subscriber-ada", store=store, clock=CLOCK)
    assert _state(store) == SubscriberState.ACTIVE
    assert _acts(store)[-1] == (Act.RETURNED, Way.PAGE)
    assert undo_until("subscriber-ada", store=store) is None
    assert not come_back("subscriber-ada", store=store, clock=CLOCK)


@pytest.mark.parametrize("state", [state for state in SubscriberState if state != "unsubscribed"])
def test_only_who_left_comes_back(state: SubscriberState) -> None:
    store = MemoryStore()
    with store.begin() as work:
        work.subscribers.add(make_reader("ada", state=state))

    assert not come_back("subscriber-ada", store=store, clock=CLOCK)
    assert not come_back("subscriber-eve", store=store, clock=CLOCK)
    assert undo_until("subscriber-eve", store=store) is None
    assert _state(store) == state


def test_who_left_and_was_suppressed_does_not_come_back(store: MemoryStore) -> None:
    leave(store)
    key = make_reader("ada").subscriber.address_hmac
    suppression = Suppression(address_hmac=key, reason=SubscriberState.REMOVED, at=CLOCK.now())
    with store.begin() as work:
        work.suppressions.put([suppression])

    assert not come_back("subscriber-ada", store=store, clock=CLOCK)
    assert _state(store) == SubscriberState.UNSUBSCRIBED


def test_once_a_week_is_less_than_every_day_and_more_than_nothing(store: MemoryStore) -> None:
    reader = less_often("subscriber-ada", store=store, clock=CLOCK)

    assert reader is not None
    assert reader.subscription.schedule.weekdays == (0,)
    assert less_often("subscriber-ada", store=store, clock=CLOCK) == reader
    assert _acts(store) == [(Act.CHANGED, Way.PAGE)]
    leave(store)
    assert less_often("subscriber-ada", store=store, clock=CLOCK) is None
    assert less_often("subscriber-eve", store=store, clock=CLOCK) is None


def _mail(subject: str = "", to: str = "leave@papers.example.org", **more: str) -> bytes:
    message = EmailMessage()
    message["From"] = "somebody@example.net"
    message["To"] = to
    if subject:
        message["Subject"] = subject
    for name, value in more.items():
        message[name.replace("_", "-")] = value
    message.set_content("Please.")
    return message.as_bytes()


@pytest.mark.parametrize(
    "subject",
    [
        f"unsubscribe {TOKEN}",
        f"Unsubscribe {TOKEN}",
        f"UNSUBSCRIBE   {TOKEN}  ",
        f"Re: unsubscribe {TOKEN}",
        f"RE: AW[2]: Fwd: unsubscribe {TOKEN}",
        f"unsubscribe%20{TOKEN}",
        f"unsubscribe {TOKEN[:20]} {TOKEN[20:]}",
        f"unsubscribe {TOKEN} please",
    ],
)
def test_a_mail_that_asks_for_it_unsubscribes(store: MemoryStore, subject: str) -> None:
    left = unsubscribe_by_mail(_mail(subject), links=LINKS, store=store, clock=CLOCK, tokens=TOKENS)

    assert left == "subscriber-ada"
    assert _state(store) == SubscriberState.UNSUBSCRIBED


def _raw(subject: str) -> bytes:
    return f"To: leave@papers.example.org\r\nSubject: {subject}\r\n\r\nPlease.\r\n".encode()


@pytest.mark.parametrize(
    "content",
    [
        _raw(f"unsubscribe\r\n {TOKEN}"),
        _raw(f"unsubscribe {TOKEN[:30]}\r\n\t{TOKEN[30:]}"),
        _raw(Header(f"unsubscribe {TOKEN}", "utf-8").encode()),
        _raw(f"=?utf-8?q?unsubscribe?= {TOKEN}"),
        _raw(f"unsubscribe {TOKEN}").replace(b"\r\n", b"\n"),
        _raw(f"unsubscribe {TOKEN}").replace(b"Subject:", b"SUBJECT:"),
        b"From eve  Sat Nov 21\n" + _raw(f"unsubscribe {TOKEN}").replace(b"\r\n", b"\n"),
    ],
    ids=["folded", "folded in the token", "encoded", "half encoded", "LF", "capitals", "mbox"],
)
def test_however_a_program_writes_it(store: MemoryStore, content: bytes) -> None:
    assert (
        unsubscribe_by_mail(content, links=LINKS, store=store, clock=CLOCK, tokens=TOKENS)
        == "subscriber-ada"
    )


@pytest.mark.parametrize(
    "mail",
    [
        _mail(to=f"leave+{TOKEN}@papers.example.org"),
        _mail("unsubscribe", to=f"Leave <leave+{TOKEN}@papers.example.org>"),
        _mail("Hello", to="other@example.org", Cc=f"leave+{TOKEN}@papers.example.org"),
        _mail(to="undisclosed@example.org", Delivered_To=f"leave+{TOKEN}@papers.example.org"),
        _mail(to="undisclosed@example.org", X_Original_To=f"leave+{TOKEN}@papers.example.org"),
    ],
    ids=["To", "named", "Cc", "Delivered-To", "X-Original-To"],
)
def test_a_token_in_the_address_is_as_good(store: MemoryStore, mail: bytes) -> None:
    assert (
        unsubscribe_by_mail(mail, links=LINKS, store=store, clock=CLOCK, tokens=TOKENS)
        == "subscriber-ada"
    )


@pytest.mark.parametrize(
    "mail",
    [
        _mail("unsubscribe"),
        _mail("unsubscribe me please"),
        _mail(f"subscribe {TOKEN}"),
        _mail(f"Why did I get unsubscribe {TOKEN}?"),
        _mail(f"unsubscribe {TOKEN[:-1]}"),
        _mail(f"unsubscribe {TOKEN.upper()}"),
        _mail(f"unsubscribe {LINKS.token(Purpose.ISSUE, 'subscriber-ada')}"),
        _mail(f"unsubscribe {Links(['other']).token(Purpose.UNSUBSCRIBE, 'subscriber-ada')}"),
        _mail("Hello", References=f"<unsubscribe {TOKEN}>"),
        _mail("Hello") + f"\n\nSubject: unsubscribe {TOKEN}\n".encode(),
        b"",
        b"\xff\xfe nonsense",
    ],
)
def test_a_mail_that_asks_for_nothing_changes_nothing(store: MemoryStore, mail: bytes) -> None:
    assert unsubscribe_by_mail(mail, links=LINKS, store=store, clock=CLOCK, tokens=TOKENS) is None
    assert _state(store) == SubscriberState.ACTIVE


@given(st.binary(max_size=400), st.sampled_from([b"Subject", b"To", b"Cc", b""]))
def test_no_junk_is_too_bad_to_be_read(junk: bytes, name: bytes) -> None:
    content = b"%b: %b\n\nbody" % (name, junk)

    assert (
        unsubscribe_by_mail(content, links=LINKS, store=MemoryStore(), clock=CLOCK, tokens=TOKENS)
        is None
    )
