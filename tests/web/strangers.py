"""A stranger with a script who signs other people up, and what they got out of it."""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import httpx

from digest.bootstrap import App
from digest.models.deliveries import Email
from digest.models.signups import (
    PER_ADDRESS,
    PER_ADDRESS_UNCONFIRMED,
    PER_DOMAIN,
    PER_NETWORK,
    FormKind,
    Rate,
    SignupState,
)
from digest.ports import Store
from digest.services.forms import FormWish, add_form
from digest.services.post import post
from digest.services.sign_up import admit
from digest.web.app import build
from digest.web.stamps import stamp
from tests.fakes import MemoryMailer, MemoryStore, StoppedClock
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


def kept(stranger: Stranger) -> object:
    """Return all that the store of *stranger* holds."""
    store = stranger.app.store
    assert isinstance(store, MemoryStore)
    return store._kept.copy()  # noqa: SLF001 - no port tells everything
