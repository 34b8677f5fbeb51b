"""What readers do with their own subscription."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, time

import pytest

from digest.errors import AddressInvalid, InputRefused, InterestInvalid, LinkExpired
from digest.models.consent import Act
from digest.models.deliveries import DeliveryState
from digest.models.interests import Interest
from digest.models.signups import SignupState
from digest.models.subscribers import Reader, Schedule, SubscriberState, Suppression, Wish
from digest.services import change
from digest.services.sign_up import admit
from digest.services.unsubscribe import Way, unsubscribe
from tests.factories import NOON, make_reader
from tests.services.conftest import Morning

GONE = ("pending", "unsubscribed", "bounced", "complained", "removed", "erased")


def ada(morning: Morning) -> Reader:
    with morning.store.read() as work:
        reader = work.subscribers.by_id("subscriber-ada")
    assert reader is not None
    return reader


def acts(morning: Morning) -> list[Act]:
    with morning.store.read() as work:
        return [one.act for one in work.consents.of("subscriber-ada")]


def wish(**changes: object) -> Wish:
    return replace(Wish(interest=Interest(phrases=("squid",))), **changes)  # type: ignore[arg-type]  # by name


def save(morning: Morning, reader: Reader, made: Wish) -> Reader:
    return change.change(reader, made, store=morning.store, clock=morning.clock)


def pause(morning: Morning, reader: Reader, until: date | None = None) -> Reader:
    return change.pause(
        reader, until=until, catch_up=True, store=morning.store, clock=morning.clock
    )


def resume(morning: Morning, reader: Reader) -> Reader:
    return change.resume(reader, store=morning.store, clock=morning.clock)


def ask(morning: Morning, address: str = "lovelace@example.org") -> None:
    change.ask_address(
        ada(morning), address, network="", store=morning.store, clock=morning.clock,
        tokens=morning.tokens,
    )  # fmt: skip


def asked(morning: Morning) -> str:
    """Let the new address be asked; return the sign-up that its letter is about."""
    ask(morning)
    with morning.store.begin() as work:
        [signup] = work.signups.waiting(limit=2)
    counts = admit(store=morning.store, clock=morning.clock, tokens=morning.tokens)
    assert counts == {SignupState.MAILED: 1}
    return signup.id


def move(morning: Morning, signup_id: str) -> Reader:
    return change.move(signup_id, store=morning.store, clock=morning.clock, tokens=morning.tokens)


def test_a_token_opens_the_settings_of_one_version(morning: Morning) -> None:
    subject = ada(morning).subscriber.settings_subject

    assert change.owner(subject, store=morning.store) == ada(morning)
    for other in ("", "subscriber-ada", "subscriber-ada.1", "subscriber-eve.0", "."):
        with pytest.raises(LinkExpired):
            change.owner(other, store=morning.store)


@pytest.mark.parametrize("state", GONE)
def test_who_gets_no_mail_has_no_settings(morning: Morning, state: str) -> None:
    morning.add(make_reader("eve", state=SubscriberState(state)))

    with pytest.raises(LinkExpired):
        change.owner("subscriber-eve.0", store=morning.store)


def test_a_wish_is_kept_whole_and_noted(morning: Morning) -> None:
    schedule = Schedule(time_zone="Asia/Tokyo", send_at=time(18), weekdays=(0,))
    made = wish(schedule=schedule, paper_limit=3, dial=0.9, name="Ada")

    assert save(morning, ada(morning), made) == ada(morning)
    kept = ada(morning)
    assert kept.subscription.interests == (Interest(phrases=("squid",)),)
    assert (kept.subscription.schedule, kept.subscription.paper_limit) == (schedule, 3)
    assert (kept.subscription.dial, kept.subscriber.name) == (0.9, "Ada")
    assert acts(morning) == [Act.CHANGED]


def test_a_seed_that_means_no_paper_changes_nothing(morning: Morning) -> None:
    with pytest.raises(InterestInvalid):
        save(morning, ada(morning), wish(interest=Interest(seeds=("No such title",))))
    assert (ada(morning).subscription.interests[0].phrases, acts(morning)) == (("whales",), [])


def test_a_page_that_was_open_meanwhile_undoes_nothing_else(morning: Morning) -> None:
    opened = ada(morning)
    pause(morning, opened, date(2026, 12, 24))

    save(morning, opened, wish())

    person = ada(morning).subscriber
    assert (person.state, person.paused_until) == (SubscriberState.PAUSED, date(2026, 12, 24))


DEEDS: tuple[Callable[[Morning, Reader], object], ...] = (
    pause, resume, lambda morning, reader: save(morning, reader, wish()),
)  # fmt: skip


@pytest.mark.parametrize("deed", DEEDS)
def test_who_left_or_moved_meanwhile_is_not_written_over(
    morning: Morning, deed: Callable[[Morning, Reader], object]
) -> None:
    before = ada(morning)
    moved = move(morning, asked(morning))
    with pytest.raises(LinkExpired):
        deed(morning, before)
    assert ada(morning).subscriber.version == 1

    unsubscribe(
        "subscriber-ada", Way.ONE_CLICK, store=morning.store, clock=morning.clock,
        tokens=morning.tokens,
    )  # fmt: skip
    with pytest.raises(LinkExpired):
        deed(morning, moved)
    assert ada(morning).subscriber.state is SubscriberState.UNSUBSCRIBED


def test_who_pauses_gets_nothing_and_who_goes_on_does(morning: Morning) -> None:
    morning.plan()

    pause(morning, ada(morning))
    assert morning.states() == {DeliveryState.PLANNED: 1, DeliveryState.SUPPRESSED: 1}
    assert ada(morning).subscriber.state is SubscriberState.PAUSED
    assert not ada(morning).subscriber.catch_up  # of a pause without an end nothing is missed
    resume(morning, ada(morning))
    assert ada(morning).subscriber.state is SubscriberState.ACTIVE
    assert acts(morning) == [Act.PAUSED, Act.RESUMED]


@pytest.mark.parametrize("address", ["ada@example.org", "ADA@EXAMPLE.ORG"])
def test_the_address_they_have_is_not_asked(morning: Morning, address: str) -> None:
    with pytest.raises(InputRefused):
        ask(morning, address)
    with pytest.raises(AddressInvalid):
        ask(morning, "lovelace@")
    assert acts(morning) == []


def test_the_old_address_is_told_and_every_link_ends(morning: Morning) -> None:
    before = ada(morning)

    moved = move(morning, asked(morning))

    assert moved == ada(morning)
    assert moved.subscriber.address == "lovelace@example.org"
    with pytest.raises(LinkExpired):
        change.owner(before.subscriber.settings_subject, store=morning.store)
    assert change.owner(moved.subscriber.settings_subject, store=morning.store) == moved
    assert acts(morning) == [Act.ADDRESS_ASKED, Act.ADDRESS_CHANGED]


def test_moving_twice_is_moving_once_and_an_older_link_moves_nobody_back(
    morning: Morning,
) -> None:
    first = asked(morning)
    move(morning, first)
    assert move(morning, first) == ada(morning)
    assert acts(morning).count(Act.ADDRESS_CHANGED) == 1

    ask(morning, "countess@example.org")
    with morning.store.begin() as work:
        [signup] = work.signups.waiting(limit=2)
    admit(store=morning.store, clock=morning.clock, tokens=morning.tokens)
    move(morning, signup.id)
    with pytest.raises(LinkExpired):
        move(morning, first)
    assert ada(morning).subscriber.address == "countess@example.org"


def test_somebody_elses_address_is_not_taken(morning: Morning) -> None:
    signup_id = asked(morning)
    taken = make_reader("lovelace")
    morning.add(taken)

    with pytest.raises(LinkExpired):
        move(morning, signup_id)
    assert ada(morning).subscriber.address == "ada@example.org"


def test_an_address_that_was_suppressed_meanwhile_is_not_taken(morning: Morning) -> None:
    signup_id = asked(morning)
    key = make_reader("lovelace").subscriber.address_hmac
    with morning.store.begin() as work:
        work.suppressions.put(
            [Suppression(address_hmac=key, reason=SubscriberState.COMPLAINED, at=NOON)]
        )

    with pytest.raises(LinkExpired):
        move(morning, signup_id)


def test_the_export_is_what_is_kept(morning: Morning) -> None:
    morning.plan()

    found = change.export(ada(morning), store=morning.store, clock=morning.clock)

    assert found["email"] == "ada@example.org"
    assert found["interests"][0]["phrases"] == ("whales",)
    assert [one["state"] for one in found["deliveries"]] == ["planned"]
    assert [one["act"] for one in found["consents"]] == [Act.EXPORTED]


def test_who_is_erased_is_gone_and_never_written_to_again(morning: Morning) -> None:
    morning.plan()
    key = ada(morning).subscriber.address_hmac

    change.erase(ada(morning), store=morning.store, clock=morning.clock)

    with morning.store.read() as work:
        gone = work.subscribers.by_id("subscriber-ada")
        assert work.subscribers.by_address(key) is None
        assert work.suppressions.among([key])[key].reason is SubscriberState.ERASED
    assert gone is not None
    assert gone.subscriber.state is SubscriberState.ERASED
    assert "ada@" not in repr(gone)
    assert morning.states() == {DeliveryState.PLANNED: 1, DeliveryState.SUPPRESSED: 1}


def test_nobody_by_that_signup_moves(morning: Morning) -> None:
    with pytest.raises(LinkExpired):
        move(morning, "none")
