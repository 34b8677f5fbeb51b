"""A stranger who wants our letters in other people's mailboxes: what gets out, and what they learn.

The limits are counted here anew, from the letters that reached the mailer.
"""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from digest.bootstrap import App
from digest.models.deliveries import Email
from digest.models.signups import (
    BREAKER_SAMPLE,
    BREAKER_SHARE,
    PER_ADDRESS,
    PER_ADDRESS_UNCONFIRMED,
    PER_DOMAIN,
    PER_NETWORK,
    FormKind,
    Rate,
    SignupState,
)
from digest.models.subscribers import SubscriberState, Suppression, address_hmac
from digest.ports import Store
from digest.services.forms import FormWish, add_form
from digest.services.post import post
from digest.services.sign_up import admit, confirm
from digest.services.tidy import tidy
from digest.store.sql import SqlStore
from digest.web.app import build
from digest.web.stamps import stamp
from digest.web.webhooks.submissions import HONEYPOT
from tests.factories import KEY, make_reader
from tests.fakes import MemoryMailer, MemoryStore, StoppedClock
from tests.store.databases import fresh_sqlite
from tests.web.conftest import make_app

TIMES = 1_000
EVERY = 10
"""Requests between two looks into the inbox."""

DAY = timedelta(days=1)


class TimingMailer(MemoryMailer):
    """Notes as well when each mail reached it."""

    def __init__(self, clock: StoppedClock) -> None:
        super().__init__()
        self._clock = clock
        self.times: list[datetime] = []

    def send(self, email: Email) -> None:
        super().send(email)
        self.times.append(self._clock.now())


@dataclass(frozen=True, slots=True, kw_only=True)
class Try:
    """One sign-up of somebody else's address, from the network that says it is *network*."""

    address: str
    network: str = "203.0.113.9"
    interests: str = "whales"


Door = Callable[["Stranger", Try], httpx.Request]


@dataclass(slots=True, kw_only=True)
class Stranger:
    """Posts to an installation in this process, and sees what it answers."""

    app: App
    client: httpx.AsyncClient = field(repr=False)
    runner: asyncio.Runner = field(repr=False)
    mailer: TimingMailer = field(repr=False)

    @property
    def clock(self) -> StoppedClock:
        assert isinstance(self.app.clock, StoppedClock)
        return self.app.clock

    def send(self, door: Door, one: Try) -> httpx.Response:
        return self.runner.run(self.client.send(door(self, one)))

    def request(self, path: str, network: str, **content: Any) -> httpx.Request:
        headers = {"X-Forwarded-For": network} | content.pop("headers", {})
        return self.client.build_request("POST", path, headers=headers, **content)

    def work(self) -> Mapping[SignupState, int]:
        """Do what the workers do every few seconds."""
        states = admit(store=self.app.store, clock=self.clock, tokens=self.app.tokens)
        post(postbag=self.app.postbag)
        return states

    def bomb(self, door: Door, tries: Iterable[Try], *, pause: timedelta) -> Counter[SignupState]:
        """Send them all, *pause* between two, and let the workers work in between."""
        became: Counter[SignupState] = Counter()
        answers = set()
        for place, one in enumerate(tries, start=1):
            answers.add(answer_of(self.send(door, one)))
            self.clock.advance(pause)
            if place % EVERY == 0:
                became.update(self.work())
        became.update(self.work())
        # Whatever became of each, one cannot be told from another.
        assert len(answers) == 1
        return became


def answer_of(response: httpx.Response) -> tuple[int, bytes, tuple[tuple[bytes, bytes], ...]]:
    return response.status_code, response.content, tuple(response.headers.raw)


def by_page(stranger: Stranger, one: Try) -> httpx.Request:
    shown = stamp(stranger.app.links, stranger.clock.now() - timedelta(minutes=1))
    said = {"email": one.address, "interests": one.interests, "stamp": shown}
    return stranger.request("/signup", one.network, data=said)


def by_html_form(stranger: Stranger, one: Try) -> httpx.Request:
    said = {"email": one.address, "interests": one.interests}
    return stranger.request("/webhooks/signup/lab", one.network, data=said)


def by_html_form_in_a_browser(stranger: Stranger, one: Try) -> httpx.Request:
    said = {"email": one.address, "interests": one.interests}
    headers = {"Accept": "text/html"}
    return stranger.request("/webhooks/signup/lab", one.network, data=said, headers=headers)


def by_bearer_form(stranger: Stranger, one: Try) -> httpx.Request:
    with stranger.app.store.read() as work:
        form = work.forms.get("shop")
    assert form is not None
    said = {"email": one.address, "interests": one.interests}
    headers = {"Authorization": f"Bearer {form.secrets[0].secret}"}
    return stranger.request("/webhooks/signup/shop", one.network, json=said, headers=headers)


DOORS: Sequence[Door] = (by_page, by_html_form, by_html_form_in_a_browser, by_bearer_form)
# No two sites send the same address and wishes within a quarter of an hour by chance, so that
# a second copy is not even kept; with other wishes it is.
ANEW = tuple(f"subject {number}" for number in range(TIMES))


@contextmanager
def strange(store: Store, **settings: Any) -> Iterator[Stranger]:
    settings = {"trusted_proxies": ("127.0.0.1",)} | settings
    app = make_app(store, **settings)
    assert isinstance(app.clock, StoppedClock)
    mailer = TimingMailer(app.clock)
    app.mailer = mailer
    for name, kind in (("lab", FormKind.HTML), ("shop", FormKind.BEARER)):
        wish = FormWish(name=name, kind=kind)
        add_form(wish, store=app.store, clock=app.clock, tokens=app.tokens)
    transport = httpx.ASGITransport(build(app), client=("127.0.0.1", 4000))
    client = httpx.AsyncClient(transport=transport, base_url="https://papers.example.org")
    with asyncio.Runner() as runner:
        yield Stranger(app=app, client=client, runner=runner, mailer=mailer)
        runner.run(client.aclose())


@pytest.fixture
def stranger() -> Iterator[Stranger]:
    with strange(MemoryStore()) as one:
        yield one


def address(place: int, domain: str = "") -> str:
    return f"somebody{place}@{domain or f'site{place}.example.org'}"


def network(place: int) -> str:
    return f"198.{18 + place // 65536}.{place // 256 % 256}.{place % 256}"


def most_within(window: timedelta, times: Sequence[datetime]) -> int:
    """Return how many of *times*, which are in order, one *window* holds at most."""
    return max(
        (sum(start <= time < start + window for time in times) for start in times), default=0
    )


def over(rates: Iterable[Rate], times: Sequence[datetime]) -> list[Rate]:
    """Return which of *rates* the mails at these *times* break."""
    return [rate for rate in rates if most_within(rate.window or timedelta.max, times) > rate.count]


def assert_within_limits(mailer: TimingMailer, networks: Mapping[str, str]) -> None:
    """Fail where more reached *mailer* than the limits say; *networks* is who asked for whom."""
    sent = sorted(
        (time, mail.recipient) for time, mail in zip(mailer.times, mailer.sent, strict=True)
    )
    to, under, behind = defaultdict(list), defaultdict(list), defaultdict(list)
    for time, recipient in sent:
        to[recipient].append(time)
        under[recipient.rpartition("@")[2]].append(time)
        if recipient in networks:
            behind[networks[recipient]].append(time)
    ever = Rate(count=PER_ADDRESS_UNCONFIRMED.count, window=timedelta(days=10_000))
    for times in to.values():
        assert not over((*PER_ADDRESS, ever), times)
    for times in under.values():
        assert not over(PER_DOMAIN, times)
    for times in behind.values():
        assert not over(PER_NETWORK, times)


def each(count: int = TIMES, *, domain: str = "", from_one: bool = False) -> list[Try]:
    """Return a try of each of so many addresses."""
    return [
        Try(
            address=address(place, domain),
            network="203.0.113.9" if from_one else network(place),
        )
        for place in range(count)
    ]


def again(count: int = TIMES, *, from_one: bool) -> list[Try]:
    """Return so many tries of one address."""
    return [
        Try(
            address="ada@example.org",
            network="203.0.113.9" if from_one else network(place),
            interests=ANEW[place],
        )
        for place in range(count)
    ]


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


@pytest.mark.parametrize("from_one", [True, False])
@pytest.mark.parametrize(
    ("door", "pause", "most"),
    [
        (by_page, timedelta(milliseconds=500), 1),
        (by_html_form, timedelta(seconds=30), 3),
        (by_page, timedelta(minutes=20), 5),
        (by_bearer_form, timedelta(minutes=1), 3),
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
    ("door", "pause"),
    [
        (by_page, timedelta(milliseconds=100)),
        (by_html_form, timedelta(milliseconds=250)),
        (by_bearer_form, timedelta(milliseconds=500)),
    ],
)
def test_many_addresses_of_one_domain_from_as_many_networks(
    stranger: Stranger, door: Door, pause: timedelta
) -> None:
    stranger.bomb(door, each(domain="example.org"), pause=pause)

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
    stranger.bomb(door, each(), pause=timedelta(seconds=20))

    assert len(stranger.mailer.sent) == BREAKER_SAMPLE
    # A day later it lets letters out again, and no more than before.
    stranger.clock.advance(DAY)
    again_ = [replace(one, address=f"x{one.address}") for one in each(400)]
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
    known = [Try(address=f"reader{place % 300}@example.org") for place in range(TIMES)]
    tries = [replace(one, interests=wish) for one, wish in zip(known, ANEW, strict=True)]

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


@pytest.mark.parametrize("door", DOORS)
def test_nobody_learns_from_an_answer_who_is_known_here(stranger: Stranger, door: Door) -> None:
    store, clock = stranger.app.store, stranger.clock
    with store.begin() as work:
        for state in SubscriberState:
            if state is not SubscriberState.ERASED:
                assert work.subscribers.add(make_reader(state.value, state=state))
        barred = address_hmac("gone@example.org", key=KEY)
        put = Suppression(address_hmac=barred, reason=SubscriberState.ERASED, at=clock.now())
        work.suppressions.put([put])
    names = [state.value for state in SubscriberState] + ["gone", "new", "asked", "asked", "asked"]
    tries = [Try(address=f"{name}@example.org") for name in names]
    tries += [Try(address=f"limited{place}@example.org") for place in range(10)]
    # Well formed, and there is no such mailbox, no such host, no such network.
    tries += [Try(address="nobody@no-such-host.example.org"), Try(address="x@xn--bcher-kva.de")]
    tries += [Try(address="a+b@example.org", network="unknown"), Try(address="ü@example.org")]

    answers = set()
    for one in tries:
        answers.add(answer_of(stranger.send(door, one)))
        became = stranger.work()
        assert sum(became.values()) <= 1
    [(status, body, _headers)] = answers

    assert status == 200
    assert b"@" not in body.replace(b"@media", b"")


@pytest.mark.parametrize("door", [by_page, by_html_form, by_html_form_in_a_browser])
def test_a_program_that_fills_in_what_nobody_sees_is_kept_nowhere(
    stranger: Stranger, door: Door
) -> None:
    person, program = (Try(address=f"{who}@example.org") for who in ("person", "program"))
    before = kept(stranger)
    request = door(stranger, program)
    content = request.content + f"&{HONEYPOT}=https%3A%2F%2Fspam.example.org".encode()
    headers = [pair for pair in request.headers.items() if pair[0] != "content-length"]
    caught = httpx.Request("POST", request.url, content=content, headers=headers)

    answer = stranger.runner.run(stranger.client.send(caught))

    assert kept(stranger) == before
    assert answer_of(answer) == answer_of(stranger.send(door, person))
    assert kept(stranger) != before


@pytest.mark.parametrize("given", ["", "forged", "now", "future"])
def test_a_program_that_answers_at_once_is_kept_nowhere(stranger: Stranger, given: str) -> None:
    links, now = stranger.app.links, stranger.clock.now()
    shown = {"now": stamp(links, now), "future": stamp(links, now + DAY)}.get(given, given)
    said = {"email": "eve@example.org", "interests": "whales", "stamp": shown}
    before = kept(stranger)

    request = stranger.request("/signup", "203.0.113.9", data=said)
    answer = stranger.runner.run(stranger.client.send(request))

    assert kept(stranger) == before
    person = Try(address="person@example.org")
    assert answer_of(answer) == answer_of(stranger.send(by_page, person))


def kept(stranger: Stranger) -> object:
    """Return all that the store of *stranger* holds."""
    store = stranger.app.store
    assert isinstance(store, MemoryStore)
    return store._kept.copy()  # noqa: SLF001 - no port tells everything


def test_a_database_keeps_the_same_limits(tmp_path: Path) -> None:
    url = fresh_sqlite(tmp_path)
    with strange(SqlStore(url), database_url=url) as stranger:
        tries = each(200, from_one=True)
        stranger.bomb(by_page, tries, pause=timedelta(seconds=1))
        networks = {one.address: one.network for one in tries}
        assert 5 <= len(stranger.mailer.sent) <= max(rate.count for rate in PER_NETWORK)
        assert_within_limits(stranger.mailer, networks)

        stranger.bomb(by_html_form, again(100, from_one=False), pause=timedelta(minutes=1))
        stranger.bomb(
            by_bearer_form, each(400, domain="example.net"), pause=timedelta(milliseconds=500)
        )

        assert len(stranger.mailer.sent) <= BREAKER_SAMPLE
        assert_within_limits(stranger.mailer, networks)
        stranger.app.close()
