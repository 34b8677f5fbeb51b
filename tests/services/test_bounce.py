"""What comes back: whom it lets go, whom it does not, and that its order does not matter."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from itertools import count

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.models.consent import Act
from digest.models.deliveries import DeliveryState, delivery_id
from digest.models.events import HARD_WINDOW, SOFT_REPEATS, EventKind, MailEvent
from digest.models.letters import Letter, LetterKind
from digest.models.subscribers import SubscriberState, address_hmac
from digest.services.bounce import take_in
from digest.services.change import erase
from digest.services.ingest import ingest
from digest.services.plan import plan
from digest.services.unsubscribe import Way, unsubscribe
from tests.factories import DAY, KEY, NOON, make_entry, make_listing, make_reader
from tests.fakes import CountingTokens, MemoryStore, StoppedClock

State = SubscriberState


@dataclass(slots=True)
class Back:
    """A reader, Ada, the mails that she is sent, and what comes back of them."""

    store: MemoryStore = field(default_factory=MemoryStore)
    clock: StoppedClock = field(default_factory=StoppedClock)
    tokens: CountingTokens = field(default_factory=CountingTokens)
    numbers: "count[int]" = field(default_factory=count)

    def issue(self, day: date = DAY) -> str:
        """Plan Ada's issue of *day*, if it is not, and return its id."""
        ingest(
            [make_listing(make_entry(f"Whales on {day}", abstract="Whales."), day=day)],
            day,
            store=self.store,
        )
        plan(day, store=self.store, clock=self.clock)
        mail_id = delivery_id(address_hmac("ada@example.org", key=KEY), "daily", day, key=KEY)
        with self.store.read() as work:
            assert work.deliveries.known([mail_id])
        return mail_id

    def letter(self, kind: LetterKind) -> str:
        letter = Letter(
            id=self.tokens.new(),
            kind=kind,
            subscriber_id="subscriber-ada",
            address="ada@example.org",
            subject_id="subscriber-ada",
            created_at=NOON,
        )
        with self.store.begin() as work:
            work.letters.queue([letter])
        return letter.id

    def told(self, kind: EventKind, mail_id: str, **changes: object) -> bool:
        event = MailEvent(
            source="mail",
            external_id=f"event-{next(self.numbers)}",
            kind=kind,
            mail_id=mail_id,
            at=self.clock.now(),
        )
        return self.take_in(replace(event, **changes))  # type: ignore[arg-type]  # named by tests

    def take_in(self, event: MailEvent) -> bool:
        return take_in(event, store=self.store, clock=self.clock, tokens=self.tokens)

    @property
    def state(self) -> State:
        with self.store.read() as work:
            reader = work.subscribers.by_id("subscriber-ada")
        assert reader
        return reader.subscriber.state

    @property
    def suppressed(self) -> State | None:
        key = address_hmac("ada@example.org", key=KEY)
        with self.store.read() as work:
            found = work.suppressions.among([key]).get(key)
        return found.reason if found else None

    @property
    def acts(self) -> list[Act]:
        with self.store.read() as work:
            return [one.act for one in work.consents.of("subscriber-ada")]


def _back(state: State = State.ACTIVE) -> Back:
    back = Back()
    with back.store.begin() as work:
        assert work.subscribers.add(make_reader("ada", state=state))
    return back


@pytest.fixture
def back() -> Back:
    return _back()


@pytest.mark.parametrize("status", ["5.1.1", "5.1.10", "5.2.1"])
def test_a_mailbox_that_is_not_there_gets_no_more_mail(back: Back, status: str) -> None:
    assert back.told(EventKind.HARD, back.issue(), status=status)

    assert (back.state, back.suppressed, back.acts) == (State.BOUNCED, State.BOUNCED, [Act.BOUNCED])


def test_what_was_planned_before_is_not_sent(back: Back) -> None:
    later = back.issue(DAY + timedelta(days=1))

    back.told(EventKind.HARD, back.issue(), status="5.1.1")

    with back.store.read() as work:
        states = {one.id: one.state for one in work.deliveries.of_subscription("subscription-ada")}
    assert states[later] is DeliveryState.SUPPRESSED


def test_the_record_says_what_was_told_and_names_nobody(back: Back) -> None:
    back.told(EventKind.HARD, back.issue(), source="ses", external_id="x-1", status="5.1.1")

    with back.store.read() as work:
        [consent] = work.consents.of("subscriber-ada")
    assert (consent.source, dict(consent.evidence)) == (
        "ses",
        {"source": "ses", "event": "x-1", "status": "5.1.1"},
    )


@pytest.mark.parametrize(
    ("days", "state"),
    [(1, State.BOUNCED), (HARD_WINDOW.days, State.BOUNCED), (HARD_WINDOW.days + 1, State.ACTIVE)],
)
def test_it_takes_two_other_hard_bounces_in_thirty_days(
    back: Back, days: int, state: State
) -> None:
    back.told(EventKind.HARD, back.issue(), status="5.0.0")
    assert back.state is State.ACTIVE

    back.clock.advance(timedelta(days=days))
    back.told(EventKind.HARD, back.issue(DAY + timedelta(days=days)), status="5.3.0")

    assert back.state is state


@pytest.mark.parametrize(
    ("days", "state"), [(HARD_WINDOW.days, State.BOUNCED), (HARD_WINDOW.days + 1, State.ACTIVE)]
)
def test_the_later_of_two_hard_bounces_may_be_told_of_first(
    back: Back, days: int, state: State
) -> None:
    later = NOON + timedelta(days=days)
    back.clock.advance(timedelta(days=days))

    back.told(EventKind.HARD, back.issue(later.date()), at=later, status="5.0.0")
    back.told(EventKind.HARD, back.issue(), at=NOON, status="5.0.0")

    assert back.state is state


def test_one_mail_bounces_once_however_many_tell_of_it(back: Back) -> None:
    mail = back.issue()

    for source in ("mail", "ses", "sendgrid"):
        assert back.told(EventKind.HARD, mail, source=source, status="5.0.0")
    for number in range(SOFT_REPEATS + 1):
        assert back.told(EventKind.SOFT, mail, external_id=f"delay-{number}")

    assert back.state is State.ACTIVE


def test_five_soft_bounces_in_a_row_are_one_too_many(back: Back) -> None:
    for day in range(SOFT_REPEATS):
        assert back.state is State.ACTIVE
        back.told(EventKind.SOFT, back.issue(DAY + timedelta(days=day)), status="4.2.2")
        back.clock.advance(timedelta(days=1))

    assert back.state is State.BOUNCED


def test_a_delivery_between_them_forgives_soft_bounces(back: Back) -> None:
    for day in range(2 * SOFT_REPEATS - 2):
        mail = back.issue(DAY + timedelta(days=day))
        delivered = day == SOFT_REPEATS - 2
        back.told(EventKind.DELIVERED if delivered else EventKind.SOFT, mail)
        back.clock.advance(timedelta(days=1))

    assert back.state is State.ACTIVE


def test_a_refusal_of_us_costs_the_reader_nothing(back: Back) -> None:
    for day in range(10):
        mail = back.issue(DAY + timedelta(days=day))
        assert back.told(EventKind.POLICY, mail, status="5.7.26")

    assert (back.state, back.suppressed, back.acts) == (State.ACTIVE, None, [])


@pytest.mark.parametrize(
    "state", [State.PENDING, State.ACTIVE, State.PAUSED, State.UNSUBSCRIBED, State.BOUNCED]
)
def test_who_calls_it_spam_gets_no_more_mail_whatever_they_were(state: State) -> None:
    back = _back(state)

    back.told(EventKind.COMPLAINT, back.letter(LetterKind.CONFIRM))

    assert (back.state, back.suppressed) == (State.COMPLAINED, State.COMPLAINED)


@pytest.mark.parametrize("state", [State.COMPLAINED, State.REMOVED])
def test_what_is_worse_is_not_made_better(state: State) -> None:
    back = _back(state)

    back.told(EventKind.HARD, back.letter(LetterKind.WELCOME), status="5.1.1")

    assert (back.state, back.acts) == (state, [])


def test_who_unsubscribes_at_the_provider_has_left(back: Back) -> None:
    back.told(EventKind.UNSUBSCRIBED, back.issue())

    assert (back.state, back.suppressed, back.acts) == (State.UNSUBSCRIBED, None, [Act.LEFT])
    with back.store.read() as work:
        [consent] = work.consents.of("subscriber-ada")
    assert consent.source == Way.PROVIDER


def test_the_same_event_again_is_no_news(back: Back) -> None:
    mail = back.issue()

    assert back.told(EventKind.COMPLAINT, mail, external_id="one")
    assert not back.told(EventKind.COMPLAINT, mail, external_id="one")
    assert back.told(EventKind.COMPLAINT, mail, external_id="one", source="ses")

    assert back.acts == [Act.COMPLAINED]


def test_a_mail_that_nobody_remembers_is_ignored(back: Back) -> None:
    assert not back.told(EventKind.COMPLAINT, "0" * 32)

    assert back.state is State.ACTIVE


def test_an_address_moved_away_from_is_not_held_against_the_new_one(back: Back) -> None:
    old = back.issue()
    with back.store.begin() as work:
        key = address_hmac("ada@example.net", key=KEY)
        assert work.subscribers.move("subscriber-ada", address="ada@example.net", address_hmac=key)

    assert not back.told(EventKind.HARD, old, status="5.1.1")

    assert (back.state, back.suppressed) == (State.ACTIVE, None)


@pytest.mark.parametrize("kind", [LetterKind.MOVED, LetterKind.NEW_ADDRESS])
def test_a_letter_to_another_address_says_nothing_of_the_readers(
    back: Back, kind: LetterKind
) -> None:
    assert not back.told(EventKind.HARD, back.letter(kind), status="5.1.1")

    assert back.state is State.ACTIVE


def test_nothing_comes_back_of_who_is_erased(back: Back) -> None:
    issue, letter = back.issue(), back.letter(LetterKind.WELCOME)
    with back.store.read() as work:
        reader = work.subscribers.by_id("subscriber-ada")
    assert reader
    erase(reader, store=back.store, clock=back.clock)

    assert not back.told(EventKind.COMPLAINT, issue)
    assert not back.told(EventKind.COMPLAINT, letter)

    assert (back.state, back.suppressed) == (State.ERASED, State.ERASED)


DAYS = range(0, 100, 7)
HAPPENED = st.tuples(
    st.sampled_from(
        [EventKind.HARD, EventKind.COMPLAINT, EventKind.POLICY, EventKind.UNSUBSCRIBED]
        + [EventKind.DELIVERED] * 2
    ),
    st.sampled_from(DAYS),
    st.sampled_from(["5.0.0", "5.3.0", ""]) | st.just("5.1.1"),
)


def _after(events: Sequence[MailEvent]) -> tuple[State, bool]:
    back = _back()
    for day in DAYS:
        back.issue(DAY + timedelta(days=day))
    for event in events:
        back.take_in(event)
    return back.state, back.suppressed is not None


@settings(max_examples=30, deadline=None)
@given(st.data())
def test_the_end_is_the_same_in_whatever_order_it_is_told(data: st.DataObject) -> None:
    ada = address_hmac("ada@example.org", key=KEY)
    events = [
        MailEvent(
            source="ses",
            external_id=str(number),
            kind=kind,
            mail_id=delivery_id(ada, "daily", DAY + timedelta(days=day), key=KEY),
            at=NOON + timedelta(days=day),
            status=status,
        )
        for number, (kind, day, status) in enumerate(data.draw(st.lists(HAPPENED, max_size=6)))
    ]
    told_twice = data.draw(st.permutations(events + events[:2]))

    assert _after(told_twice) == _after(events)


def test_a_bounce_after_a_delivery_counts_and_a_delivery_after_it_undoes_nothing() -> None:
    hard, delivered = (EventKind.HARD, "5.1.1"), (EventKind.DELIVERED, "")
    for order in ((hard, delivered), (delivered, hard)):
        back = _back()
        mail = back.issue()
        for kind, status in order:
            back.told(kind, mail, status=status)

        assert back.state is State.BOUNCED


def test_leaving_and_bouncing_end_alike_in_both_orders(back: Back) -> None:
    other = _back()
    back.told(EventKind.HARD, back.issue(), status="5.1.1")
    back.told(EventKind.UNSUBSCRIBED, back.issue())

    unsubscribe(
        "subscriber-ada",
        Way.ONE_CLICK,
        store=other.store,
        clock=other.clock,
        tokens=other.tokens,
    )
    other.told(EventKind.HARD, other.letter(LetterKind.WELCOME), status="5.1.1")

    assert back.state is other.state is State.BOUNCED
