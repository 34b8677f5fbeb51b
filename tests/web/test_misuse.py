"""A stranger who wants our letters in other people's mailboxes: what gets out.

The limits are counted here anew, from the letters that reached the mailer.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from digest.models.signups import (
    BREAKER_SAMPLE,
    BREAKER_SHARE,
    PER_ADDRESS,
    PER_ADDRESS_UNCONFIRMED,
    PER_DOMAIN,
    PER_NETWORK,
    SignupState,
)
from digest.services.post import post
from digest.services.sign_up import admit, confirm
from digest.services.tidy import tidy
from digest.store.sql import SqlStore
from tests.factories import make_reader
from tests.fakes import MemoryStore
from tests.store.databases import fresh_sqlite
from tests.web.strangers import (
    ANEW,
    DAY,
    DOORS,
    Door,
    Stranger,
    Try,
    again,
    assert_within_limits,
    by_bearer_form,
    by_html_form,
    by_page,
    each,
    most_within,
    over,
    strange,
)


@pytest.fixture
def stranger() -> Iterator[Stranger]:
    with strange(MemoryStore()) as one:
        yield one


@pytest.mark.parametrize(
    ("door", "pause", "most"),
    [
        (by_page, timedelta(milliseconds=500), 30),
        (by_page, timedelta(minutes=2), 2 * 30),
        (by_html_form, timedelta(seconds=3), 30),
    ],
)
def test_a_thousand_addresses_from_one_network(
    stranger: Stranger, door: Door, pause: timedelta, most: int
) -> None:
    tries = each(from_one=True)

    stranger.bomb(door, tries, pause=pause)

    assert 5 <= len(stranger.mailer.sent) <= most
    assert_within_limits(stranger.mailer, {one.address: one.network for one in tries})


@pytest.mark.parametrize(
    ("door", "pause", "most", "from_one"),
    [
        # Over eight minutes, eight hours, two weeks and a day.
        (by_page, timedelta(milliseconds=500), 1, True),
        (by_html_form, timedelta(seconds=30), 3, False),
        (by_page, timedelta(minutes=20), 5, False),
        (by_bearer_form, timedelta(minutes=1), 3, True),
    ],
)
def test_one_address_a_thousand_times(
    stranger: Stranger, door: Door, pause: timedelta, most: int, *, from_one: bool
) -> None:
    stranger.bomb(door, again(from_one=from_one), pause=pause)

    assert 1 <= len(stranger.mailer.sent) <= most
    assert {mail.recipient for mail in stranger.mailer.sent} == {"ada@example.org"}
    assert_within_limits(stranger.mailer, {})


def test_one_address_in_many_spellings(stranger: Stranger) -> None:
    spellings = ("ada@example.org", "ADA@Example.Org", " ada@example.org ", "Ada@EXAMPLE.ORG")
    tries = [
        replace(one, address=spellings[place % len(spellings)])
        for place, one in enumerate(again(100, from_one=False))
    ]

    stranger.bomb(by_page, tries, pause=timedelta(seconds=1))

    assert len(stranger.mailer.sent) == 1


def test_one_address_through_every_door_at_once(stranger: Stranger) -> None:
    for place, one in enumerate(again(40, from_one=False)):
        stranger.send(DOORS[place % len(DOORS)], one)

    stranger.work()

    assert len(stranger.mailer.sent) == 1


@pytest.mark.parametrize(
    ("door", "count", "pause"),
    [
        (by_page, 300, timedelta(milliseconds=100)),
        (by_html_form, 1_000, timedelta(milliseconds=250)),
        (by_bearer_form, 300, timedelta(milliseconds=500)),
    ],
)
def test_many_addresses_of_one_domain_from_as_many_networks(
    stranger: Stranger, door: Door, count: int, pause: timedelta
) -> None:
    stranger.bomb(door, each(count, domain="example.org"), pause=pause)

    assert PER_DOMAIN[0].count <= len(stranger.mailer.sent) <= BREAKER_SAMPLE
    assert_within_limits(stranger.mailer, {})


def test_all_at_once_is_no_way_past_the_limits(stranger: Stranger) -> None:
    for one in each(200, domain="example.org", from_one=True):
        stranger.send(by_page, one)

    became = stranger.work()

    assert len(stranger.mailer.sent) == min(rate.count for rate in PER_NETWORK)
    assert became[SignupState.LIMITED] == 200 - len(stranger.mailer.sent)


@pytest.mark.parametrize("door", [by_page, by_bearer_form])
def test_the_breaker_holds_back_all_when_nobody_confirms(stranger: Stranger, door: Door) -> None:
    stranger.bomb(door, each(300), pause=timedelta(seconds=20))

    assert len(stranger.mailer.sent) == BREAKER_SAMPLE
    # A day later it lets letters out again, and no more than before.
    stranger.clock.advance(DAY)
    again_ = [replace(one, address=f"x{one.address}") for one in each(250)]
    stranger.bomb(door, again_, pause=timedelta(seconds=20))

    assert most_within(DAY, stranger.mailer.times) <= BREAKER_SAMPLE
    assert len(stranger.mailer.sent) <= 2 * BREAKER_SAMPLE


def test_the_breaker_stays_shut_below_its_share_and_opens_at_it(stranger: Stranger) -> None:
    share = int(BREAKER_SHARE * BREAKER_SAMPLE)
    stranger.bomb(by_bearer_form, each(BREAKER_SAMPLE), pause=timedelta(seconds=1))
    asked = list(stranger.mailer.sent)
    assert len(asked) == BREAKER_SAMPLE
    signups = signups_of(stranger)
    for signup in signups[: share - 1]:
        confirm_one(stranger, signup)
    stranger.mailer.sent.clear()
    late = Try(address="late@late.example.org")

    stranger.send(by_bearer_form, late)
    assert stranger.work() == {SignupState.LIMITED: 1}
    confirm_one(stranger, signups[share - 1])
    stranger.send(by_bearer_form, replace(late, interests="squid"))

    assert stranger.work() == {SignupState.MAILED: 1}


def signups_of(stranger: Stranger) -> list[str]:
    store = stranger.app.store
    assert isinstance(store, MemoryStore)
    rows = store._kept.signups  # noqa: SLF001 - no port lists what was asked
    return [id_ for id_, row in rows.items() if row.signup.state is SignupState.MAILED]


def confirm_one(stranger: Stranger, signup_id: str) -> None:
    confirm(
        signup_id, store=stranger.app.store, clock=stranger.app.clock, tokens=stranger.app.tokens
    )


def test_who_reads_already_is_told_so_no_oftener_than_others_are_asked(stranger: Stranger) -> None:
    with stranger.app.store.begin() as work:
        for place in range(300):
            reader = make_reader(f"reader{place}")
            assert work.subscribers.add(reader)
    known = [Try(address=f"reader{place % 300}@example.org") for place in range(600)]
    tries = [replace(one, interests=wish) for one, wish in zip(known, ANEW, strict=False)]

    stranger.bomb(by_page, tries, pause=timedelta(seconds=30))

    assert stranger.mailer.sent
    assert_within_limits(stranger.mailer, {one.address: one.network for one in tries})


def test_one_reader_is_not_told_a_thousand_times(stranger: Stranger) -> None:
    with stranger.app.store.begin() as work:
        assert work.subscribers.add(make_reader("ada"))

    stranger.bomb(by_html_form, again(from_one=False), pause=timedelta(minutes=20))

    assert 1 <= len(stranger.mailer.sent) <= PER_ADDRESS_UNCONFIRMED.count


@pytest.mark.parametrize("door", [by_page, by_html_form])
def test_a_network_that_claims_to_be_many_is_one(door: Door) -> None:
    with strange(MemoryStore(), trusted_proxies=()) as stranger:
        stranger.bomb(door, each(200), pause=timedelta(milliseconds=100))

        assert len(stranger.mailer.sent) == min(rate.count for rate in PER_NETWORK)


def test_a_proxy_is_believed_for_what_it_saw_and_not_for_what_it_was_told(
    stranger: Stranger,
) -> None:
    tries = [replace(one, network=f"{one.network}, 203.0.113.9") for one in each(200)]

    stranger.bomb(by_page, tries, pause=timedelta(milliseconds=100))

    assert len(stranger.mailer.sent) == min(rate.count for rate in PER_NETWORK)


def test_one_rented_server_with_a_whole_network_of_addresses_is_one(stranger: Stranger) -> None:
    tries = [
        replace(one, network=f"2001:db8:0:1::{place:x}") for place, one in enumerate(each(200))
    ]

    stranger.bomb(by_page, tries, pause=timedelta(milliseconds=100))

    assert len(stranger.mailer.sent) == min(rate.count for rate in PER_NETWORK)


def test_a_mailer_that_was_away_lets_out_no_more_than_the_limits_let_in(
    stranger: Stranger,
) -> None:
    tries = each(300, from_one=True)
    for one in tries:
        stranger.send(by_page, one)
        stranger.clock.advance(timedelta(seconds=1))
        admit(store=stranger.app.store, clock=stranger.clock, tokens=stranger.app.tokens)

    post(postbag=stranger.app.postbag)

    assert len(stranger.mailer.sent) <= max(rate.count for rate in PER_NETWORK)


def test_tidying_up_in_between_lets_out_no_more_in_a_week(stranger: Stranger) -> None:
    tries = again(400, from_one=False)
    for one in tries:
        stranger.send(by_page, one)
        stranger.work()
        tidy(store=stranger.app.store, clock=stranger.clock)
        stranger.clock.advance(timedelta(minutes=25))

    times = stranger.mailer.times
    assert most_within(timedelta(days=6), times) <= PER_ADDRESS_UNCONFIRMED.count
    assert not over(PER_ADDRESS, times)


def test_a_database_keeps_the_same_limits(tmp_path: Path) -> None:
    url = fresh_sqlite(tmp_path)
    with strange(SqlStore(url), database_url=url) as stranger:
        tries = each(100, from_one=True)
        stranger.bomb(by_page, tries, pause=timedelta(seconds=1))
        networks = {one.address: one.network for one in tries}
        assert 5 <= len(stranger.mailer.sent) <= max(rate.count for rate in PER_NETWORK)
        assert_within_limits(stranger.mailer, networks)

        stranger.bomb(by_html_form, again(50, from_one=False), pause=timedelta(minutes=1))
        stranger.bomb(
            by_bearer_form, each(250, domain="example.net"), pause=timedelta(milliseconds=500)
        )

        assert len(stranger.mailer.sent) <= BREAKER_SAMPLE
        assert_within_limits(stranger.mailer, networks)
        stranger.app.close()
