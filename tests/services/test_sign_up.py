"""From a form to a subscriber: what waits, who is asked, and who comes in."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

from digest.errors import LinkExpired
from digest.models.consent import Act
from digest.models.deliveries import Claim
from digest.models.interests import Interest
from digest.models.letters import Letter, LetterKind
from digest.models.signups import (
    BREAKER_SAMPLE,
    PER_ADDRESS_UNCONFIRMED,
    PER_DOMAIN,
    Form,
    FormKind,
    Signup,
    SignupState,
)
from digest.models.subscribers import Reader, SubscriberState, Suppression
from digest.services.sign_up import BATCH, admit, asked, confirm, receive
from tests.factories import NOON, make_reader
from tests.services.conftest import Morning


@pytest.fixture
def desk() -> "Desk":
    return Desk()


class Desk(Morning):
    """An installation with nobody in it."""

    count = 0

    def receive(self, email: str = "eve@example.org", **changes: Any) -> str:
        self.count += 1
        defaults: dict[str, Any] = {
            "id": f"signup-{self.count}",
            "form": "page",
            "external_id": f"submission-{self.count}",
            "received_at": self.clock.now(),
            "address": email,
            "interests": ("whales", "cs.SD"),
            "time_zone": "Europe/Vienna",
        }
        signup = Signup(**defaults | changes)
        receive(signup, store=self.store)
        return signup.id

    def admit(self) -> Mapping[SignupState, int]:
        return admit(store=self.store, clock=self.clock, tokens=self.tokens)

    def sign_up(self, email: str = "eve@example.org", **changes: Any) -> SignupState:
        self.receive(email, **changes)
        [(state, count)] = self.admit().items()
        assert count == 1
        return state

    def confirm(self, signup_id: str) -> Reader:
        return confirm(signup_id, store=self.store, clock=self.clock, tokens=self.tokens)

    def letters(self) -> list[Letter]:
        now = self.clock.now()
        claim = Claim(fence=self.tokens.new(), at=now, lease_until=now + timedelta(days=900))
        with self.store.begin() as work:
            return list(work.letters.take(claim, limit=1_000))

    def everybody(self) -> list[Reader]:
        with self.store.read() as work:
            return list(work.subscribers.page(after="", limit=1_000))

    def acts(self, subscriber_id: str) -> list[Act]:
        with self.store.read() as work:
            return [one.act for one in work.consents.of(subscriber_id)]


def test_somebody_new_waits_for_their_own_word(desk: Desk) -> None:
    assert desk.sign_up(" Eve@EXAMPLE.org".strip()) is SignupState.MAILED

    [reader] = desk.everybody()
    assert (reader.subscriber.address, reader.subscriber.state) == ("Eve@example.org", "pending")
    assert reader.subscription.interests == (Interest(phrases=("whales",), categories=("cs.SD",)),)
    assert reader.subscription.schedule.time_zone == "Europe/Vienna"
    [letter] = desk.letters()
    assert (letter.kind, letter.subject_id) == (LetterKind.CONFIRM, "signup-1")
    assert desk.acts(reader.subscriber.id) == [Act.ASKED]


def test_their_word_lets_them_in_and_a_welcome_follows(desk: Desk) -> None:
    desk.sign_up()
    desk.letters()

    reader = desk.confirm("signup-1")

    assert [reader] == desk.everybody()
    assert (reader.subscriber.state, reader.subscriber.confirmed_at) == ("active", NOON)
    assert [letter.kind for letter in desk.letters()] == [LetterKind.WELCOME]
    assert desk.acts(reader.subscriber.id) == [Act.ASKED, Act.CONFIRMED]
    assert desk.confirm("signup-1") == reader
    assert not desk.letters()


@pytest.mark.parametrize(
    "state",
    [SubscriberState.PAUSED, SubscriberState.UNSUBSCRIBED, SubscriberState.COMPLAINED],
)
def test_a_link_that_was_used_brings_nobody_back(desk: Desk, state: SubscriberState) -> None:
    desk.sign_up()
    reader = desk.confirm("signup-1")
    with desk.store.begin() as work:
        work.subscribers.turn(reader.subscriber.id, state, when={SubscriberState.ACTIVE})

    with pytest.raises(LinkExpired):
        desk.confirm("signup-1")
    assert desk.everybody()[0].subscriber.state is state


def test_who_was_erased_or_suppressed_since_does_not_come_in(desk: Desk) -> None:
    desk.sign_up()
    desk.sign_up("mallory@example.org")
    eve, mallory = sorted(desk.everybody(), key=lambda one: one.subscriber.address)
    with desk.store.begin() as work:
        work.subscribers.erase(eve.subscriber.id)
        work.suppressions.put(
            [
                Suppression(
                    address_hmac=mallory.subscriber.address_hmac,
                    reason=SubscriberState.BOUNCED,
                    at=NOON,
                )
            ]
        )

    for signup_id in ("signup-1", "signup-2", "signup-3"):
        with pytest.raises(LinkExpired):
            desk.confirm(signup_id)
        with pytest.raises(LinkExpired):
            asked(signup_id, store=desk.store)


def test_looking_at_what_a_link_asks_changes_nothing(desk: Desk) -> None:
    desk.sign_up()

    assert asked("signup-1", store=desk.store).id == "signup-1"
    assert desk.everybody()[0].subscriber.state is SubscriberState.PENDING


@pytest.mark.parametrize("state", [SubscriberState.ACTIVE, SubscriberState.PAUSED])
def test_who_is_here_already_is_told_so_and_stays_as_they_are(
    desk: Desk, state: SubscriberState
) -> None:
    desk.add(make_reader("eve", state=state))

    assert desk.sign_up() is SignupState.KNOWN
    assert desk.everybody() == [make_reader("eve", state=state)]
    assert [letter.kind for letter in desk.letters()] == [LetterKind.KNOWN]


@pytest.mark.parametrize(
    "state",
    [
        SubscriberState.BOUNCED,
        SubscriberState.COMPLAINED,
        SubscriberState.REMOVED,
    ],
)
def test_whom_no_mail_goes_to_gets_none(desk: Desk, state: SubscriberState) -> None:
    desk.add(make_reader("eve", state=state))
    key = make_reader("grace").subscriber.address_hmac
    with desk.store.begin() as work:
        work.suppressions.put([Suppression(address_hmac=key, reason=state, at=NOON)])

    assert desk.sign_up("EVE@example.org") is SignupState.SUPPRESSED
    assert desk.sign_up("grace@example.org") is SignupState.SUPPRESSED
    assert not desk.letters()


def test_who_left_comes_back_with_what_they_ask_for_now(desk: Desk) -> None:
    desk.add(make_reader("eve", state=SubscriberState.UNSUBSCRIBED, phrases=("bread",)))

    assert desk.sign_up(time_zone="Asia/Tokyo") is SignupState.MAILED
    assert desk.everybody()[0].subscriber.state is SubscriberState.UNSUBSCRIBED
    reader = desk.confirm("signup-1")
    assert reader.subscriber.id == "subscriber-eve"
    assert (reader.subscriber.state, reader.subscriber.version) == ("active", 1)
    assert reader.subscription.interests[0].phrases == ("whales",)
    assert reader.subscription.schedule.time_zone == "Asia/Tokyo"


def test_who_asks_for_nothing_keeps_what_they_had(desk: Desk) -> None:
    desk.add(make_reader("eve", state=SubscriberState.UNSUBSCRIBED, phrases=("bread",)))

    desk.sign_up(interests=(), time_zone="")

    assert desk.confirm("signup-1").subscription.interests[0].phrases == ("bread",)


@pytest.mark.parametrize("address", ["eve", "eve@", "e" * 400 + "@example.org", "a\r\nb@c.org"])
def test_what_is_no_address_is_refused_and_the_others_are_not(desk: Desk, address: str) -> None:
    desk.receive(address)
    desk.receive("eve@example.org")

    assert desk.admit() == {SignupState.REFUSED: 1, SignupState.MAILED: 1}
    assert not desk.admit()


def test_a_zone_that_is_none_is_universal_time(desk: Desk) -> None:
    desk.sign_up(time_zone="Mars/Olympus")

    assert desk.everybody()[0].subscription.schedule.time_zone == "UTC"


def test_one_submission_of_one_form_is_kept_once(desk: Desk) -> None:
    for form in ("page", "page", "blog"):
        desk.receive(external_id="the same", form=form)

    assert sum(desk.admit().values()) == 2


def test_more_than_one_transaction_holds_are_all_looked_at(desk: Desk) -> None:
    for place in range(2 * BATCH + 1):
        desk.receive(f"eve{place}@host{place}.example.org")

    assert desk.admit() == {SignupState.MAILED: 2 * BATCH + 1}


def test_one_address_is_asked_so_often_and_then_never_again(desk: Desk) -> None:
    states = []
    for _ in range(40):
        states.append(desk.sign_up("eve@example.org"))
        states.append(desk.sign_up("EVE@example.org"))
        desk.clock.advance(timedelta(hours=7))

    assert states.count(SignupState.MAILED) == PER_ADDRESS_UNCONFIRMED.count
    assert set(states[-20:]) == {SignupState.LIMITED}


def test_within_a_quarter_of_an_hour_one_mail_is_enough(desk: Desk) -> None:
    assert desk.sign_up() is SignupState.MAILED
    desk.clock.advance(timedelta(minutes=14))
    assert desk.sign_up() is SignupState.LIMITED
    desk.clock.advance(timedelta(minutes=2))
    assert desk.sign_up() is SignupState.MAILED
    desk.clock.advance(timedelta(minutes=16))
    assert desk.sign_up() is SignupState.MAILED
    desk.clock.advance(timedelta(minutes=16))
    assert desk.sign_up() is SignupState.LIMITED  # the fourth of a day


def test_one_network_asks_for_five_a_minute(desk: Desk) -> None:
    states = [
        desk.sign_up(f"eve{place}@host{place}.example.org", network="one") for place in range(7)
    ]

    assert states == [SignupState.MAILED] * 5 + [SignupState.LIMITED] * 2
    assert desk.sign_up("eve@other.example.org", network="two") is SignupState.MAILED


def test_one_domain_is_not_flooded(desk: Desk) -> None:
    [rate] = PER_DOMAIN
    for place in range(rate.count + 5):
        desk.receive(f"eve{place}@example.org")

    assert desk.admit() == {SignupState.MAILED: rate.count, SignupState.LIMITED: 5}


def test_where_few_answer_no_more_mails_go_out(desk: Desk) -> None:
    for place in range(BREAKER_SAMPLE + 10):
        desk.receive(f"eve@host{place}.example.org")

    assert desk.admit() == {SignupState.MAILED: BREAKER_SAMPLE, SignupState.LIMITED: 10}
    for place in range(1, BREAKER_SAMPLE // 5 + 1):
        desk.confirm(f"signup-{place}")
    assert desk.sign_up("eve@again.example.org") is SignupState.MAILED


def test_a_form_whose_people_confirmed_elsewhere_lets_them_in(desk: Desk) -> None:
    form = Form(
        name="fair", kind=FormKind.BEARER, secrets=(), created_at=NOON, confirmed=True,
        evidence="paper lists in the office",
    )  # fmt: skip
    with desk.store.begin() as work:
        work.forms.put(form)
    desk.add(make_reader("left", state=SubscriberState.UNSUBSCRIBED))

    assert desk.sign_up(form="fair") is SignupState.JOINED
    assert desk.sign_up("left@example.org", form="fair") is SignupState.MAILED
    eve = next(one for one in desk.everybody() if one.subscriber.address == "eve@example.org")
    assert eve.subscriber.state is SubscriberState.ACTIVE
    with desk.store.read() as work:
        [act] = work.consents.of(eve.subscriber.id)
    assert (act.act, act.evidence["says"]) == (Act.CONFIRMED, "paper lists in the office")
    assert [one.kind for one in desk.letters()] == [LetterKind.WELCOME, LetterKind.CONFIRM]


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        (SubscriberState.ACTIVE, SignupState.MAILED),
        (SubscriberState.PAUSED, SignupState.MAILED),
        (SubscriberState.UNSUBSCRIBED, SignupState.REFUSED),
        (SubscriberState.ERASED, SignupState.REFUSED),
    ],
)
def test_a_new_address_is_asked_for_who_is_still_here(
    desk: Desk, state: SubscriberState, expected: SignupState
) -> None:
    desk.add(make_reader("ada", state=state))

    assert desk.sign_up("lovelace@example.org", subscriber_id="subscriber-ada") is expected
    kinds = [(letter.kind, letter.address) for letter in desk.letters()]
    mailed = [(LetterKind.NEW_ADDRESS, "lovelace@example.org")]
    assert kinds == (mailed if expected is SignupState.MAILED else [])


def test_an_address_of_somebody_else_is_not_asked(desk: Desk) -> None:
    desk.add(make_reader("ada"), make_reader("bob"))

    assert desk.sign_up("bob@example.org", subscriber_id="subscriber-ada") is SignupState.REFUSED
    assert not desk.letters()


def test_no_evidence_holds_an_address(desk: Desk) -> None:
    desk.sign_up(network="fingerprint")
    reader = desk.confirm("signup-1")

    with desk.store.read() as work:
        assert "@" not in repr(
            [dict(one.evidence) for one in work.consents.of(reader.subscriber.id)]
        )
