"""Every page behind a mail's links in a real browser, served by a real server."""

import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from itertools import product
from pathlib import Path

import httpx
import pytest

from digest.bootstrap import SAMPLE_DAY, App
from digest.errors import InputRefused
from digest.links import Purpose
from digest.models.interests import Interest
from digest.models.signups import Signup
from digest.models.subscribers import Reader, SubscriberState, Wish
from digest.services import change
from digest.services.ingest import ingest
from digest.services.preview import issue_for
from digest.services.sign_up import admit, receive
from digest.services.subscribe import add_reader, find_reader
from digest.web.app import build
from tests.browser.chromium import Chromium, Visit
from tests.browser.faults import barriers, examined, low_targets, overflow
from tests.browser.validity import invalid, missing
from tests.factories import DAY, make_entry, make_listing
from tests.fakes import MemoryStore
from tests.web.conftest import make_app, served

PICTURES = Path(__file__).parents[2] / "build" / "pages"
PAGES = (
    "front", "front-empty", "front-hard", "preview", "preview-empty", "preview-hard", "signup",
    "signup-wrong", "received", "confirm", "confirmed", "move", "settings", "settings-wrong",
    "settings-saved", "paused", "leave", "left", "less", "back", "answer", "answered", "privacy",
    "over", "issue", "unknown", "forged",
)  # fmt: skip
BEHIND: Mapping[str, tuple[str, str]] = {
    "left": ("Unsubscribe", "You are unsubscribed"),
    "less": ("Once a week instead", "Once a week it is"),
    "answered": ("More like this", "Noted: more like this"),
    "confirmed": ("Yes, start my mail", "You are in"),
    "received": ("Sign up", "Check your mail"),
    "signup-wrong": ("Preview my issue", "Papers you want to read, by mail"),
    "settings-wrong": ("Save", "Your settings"),
    "settings-saved": ("Save", "Your settings"),
    "paused": ("Pause", "Your settings"),
}
"""The pages that stand behind a button: which, and what they are headed."""

TYPED: Mapping[str, Mapping[str, str]] = {
    "received": {"#email": "new@example.org"},
    "signup-wrong": {"#email": "new@example.org", "#interests": "x" * 300},
    "settings-wrong": {"#categories": "language", "#paper_limit": "99"},
    "settings-saved": {"#name": "Ada"},
}
"""What is typed before the button is pressed."""


@dataclass(frozen=True, slots=True)
class Site:
    """Where pages are served: from the sample, from nothing, and from what is hard to set."""

    sample: App
    hosts: Mapping[str, str]

    def reader(self, name: str) -> Reader:
        return find_reader(f"{name}@example.org", store=self.sample.store)

    def address(self, page: str, *, name: str = "ada") -> str:
        reader = self._new(page) if page in _OF_THEIR_OWN else self.reader(name)
        links = self.sample.links
        issue = issue_for(reader, SAMPLE_DAY, store=self.sample.store, clock=self.sample.clock)
        tokens = links.for_issue(issue, reader.subscriber)
        until = self.sample.clock.now() + timedelta(days=1)
        signup = _signed_up(self.sample, page)
        paths = {
            "leave": f"/u/{tokens.unsubscribe}",
            "issue": f"/i/{tokens.issue}",
            "settings": f"/me/{tokens.settings}",
            "answer": f"/a/{tokens.feedback}/1/more",
            "confirm": f"/confirm/{links.token(Purpose.CONFIRM, signup, until=until)}",
            "move": f"/address/{links.token(Purpose.ADDRESS, signup, until=until)}",
            "back": f"/back/{links.token(Purpose.RETURN, reader.subscriber.id, until=until)}",
            "over": f"/confirm/{links.token(Purpose.CONFIRM, 'gone', until=until)}",
            "preview": "/preview?interests=speech+recognition,+cs.SD",
            "signup": "/signup",
            "received": "/",
            "privacy": "/privacy",
            "unknown": "/none",
            "forged": "/u/forged",
        }
        for behind, door in _DOORS.items():
            paths[behind] = paths[door]
        kind, _, host = page.partition("-")
        if host in ("empty", "hard"):
            return self.hosts[f"front-{host}"] + paths.get(kind, "/")
        return self.hosts["front"] + paths.get(page, "/")

    def _new(self, name: str) -> Reader:
        """Return the reader of that name, who goes on if they were paused."""
        app, wish = self.sample, Wish(interest=Interest(phrases=("speech",)))
        with suppress(InputRefused):
            address = f"{name}@example.org"
            add_reader(address, wish, store=app.store, clock=app.clock, tokens=app.tokens)
        reader = self.reader(name)
        if reader.subscriber.state is SubscriberState.PAUSED:
            return change.resume(reader, store=app.store, clock=app.clock)
        return reader


# Who leaves, or is written over, is nobody that another page is about.
_OF_THEIR_OWN = frozenset({"left", "less", "paused", "settings-saved"})
_DOORS = {
    "left": "leave",
    "less": "leave",
    "answered": "answer",
    "confirmed": "confirm",
    "signup-wrong": "signup",
    "settings-wrong": "settings",
    "settings-saved": "settings",
    "paused": "settings",
}


def _signed_up(app: App, page: str) -> str:
    """Return a sign-up that a letter went out for; an answer to one is given once."""
    name = app.tokens.new() if page == "confirmed" else page
    signup = Signup(
        id=f"signup-{name}",
        form="page",
        external_id=name,
        received_at=app.clock.now(),
        address=f"new@{name}.example.org",
        time_zone="Europe/Vienna",
    )
    if receive(signup, store=app.store):
        admit(store=app.store, clock=app.clock, tokens=app.tokens)
    return signup.id


def hard_app() -> App:
    """Return an installation whose papers are long, foreign, hostile or hardly there."""
    names = tuple(f"Author{place} Familyname-Hyphenated" for place in range(40))
    nasty = "</a></h2><script>alert('&amp;')</script><style>*{display:none}</style>"
    entries = [
        make_entry("Supercalifragilistic" * 8, authors=names, author_count=40, upvotes=10**9),
        make_entry("鯨の歌から言語モデルを学習するための符号帳" * 5, authors=("山田 花子",)),
        make_entry("نماذج لغوية لأصوات البحر والحيتان في كل المحيطات", authors=("ليلى حداد",)),
        make_entry(nasty, abstract=f"We present {nasty}.", authors=(nasty,), categories=(nasty,)),
        make_entry("Nothing but a title", abstract="", authors=()),
        make_entry(
            "Everything", arxiv_id="2511.00001", code_url="https://github.com/example/every",
            institutions=("University of Cape Town", "ETH Zürich"), categories=("cs.SD",),
        ),
    ]  # fmt: skip
    app = make_app(MemoryStore())
    ingest([make_listing(*entries)], DAY, store=app.store)
    return app


@pytest.fixture(scope="session")
def site(sample: App) -> Iterator[Site]:
    """All three installations, served."""
    with (
        served(build(sample)) as full,
        served(build(make_app(MemoryStore()))) as empty,
        served(build(hard_app())) as hard,
    ):
        hosts = {"front": full, "front-empty": empty, "front-hard": hard}
        yield Site(
            sample, {page: str(client.base_url).rstrip("/") for page, client in hosts.items()}
        )


def arrive(page: str, visit: Visit) -> None:
    """Do what it takes to be on *page*: some stand behind a button."""
    if page not in BEHIND:
        return
    button, headline = BEHIND[page]
    for field, typed in TYPED.get(page, {}).items():
        visit.page.fill(field, typed)
    visit.page.get_by_role("button", name=button, exact=True).click()
    visit.page.get_by_role("heading", name=headline).wait_for()


@pytest.mark.parametrize("name", PAGES)
def test_it_keeps_nobody_out_and_fits(name: str, site: Site, chromium: Chromium) -> None:
    PICTURES.mkdir(parents=True, exist_ok=True)

    def look(visit: Visit) -> dict[str, list[str]]:
        arrive(name, visit)
        found = {}
        for width, scheme in product((375, 1280), ("light", "dark")):
            visit.turn(width, scheme)
            page, sight = visit.page, f"{width}-{scheme}"
            found[sight] = [*barriers(page), *overflow(page), *low_targets(page)]
            page.screenshot(path=PICTURES / f"{name}-{sight}.png", full_page=True)
        visit.turn(320)
        said = [words for words in visit.said if not _TOLD_OF_STATUS.search(words)]
        return found | {"320": overflow(visit.page), "asked": visit.refused, "said": said}

    found = chromium.visit(site.address(name), look)

    assert {sight: faults for sight, faults in found.items() if faults} == {}


# Chromium says so of every document that is not 2xx.
_TOLD_OF_STATUS = re.compile(r"Failed to load resource: .* status of (404|410|422)")


def test_contrast_and_targets_were_looked_at(site: Site, chromium: Chromium) -> None:
    found = chromium.visit(site.address("leave"), lambda visit: examined(visit.page))

    assert {"color-contrast", "target-size", "button-name", "document-title"} <= set(
        found["passes"]
    )


@pytest.mark.parametrize("name", PAGES)
def test_it_needs_no_scripts_and_has_none(name: str, site: Site, chromium: Chromium) -> None:
    def look(visit: Visit) -> tuple[str, int]:
        arrive(name, visit)
        return visit.page.inner_text("h1"), visit.page.locator(_SCRIPTS).count()

    headline, scripts = chromium.visit(site.address(name), look, scripts=False)

    assert headline
    assert scripts == 0


_SCRIPTS = "script, iframe, object, embed, [onload], [onclick], [onerror], [href^=javascript]"


def test_a_reader_leaves_by_the_keyboard_alone_without_scripts(
    site: Site, chromium: Chromium
) -> None:
    def look(visit: Visit) -> str:
        button = visit.page.get_by_role("button", name="Unsubscribe")
        for _ in range(9):
            visit.page.keyboard.press("Tab")
            if button.evaluate("one => one === document.activeElement"):
                break
        visit.page.keyboard.press("Enter")
        visit.page.get_by_role("heading", name="You are unsubscribed").wait_for()
        return visit.page.inner_text("h1")

    assert site.reader("emmy").subscriber.state is SubscriberState.ACTIVE
    where = site.address("leave", name="emmy")

    assert chromium.visit(where, look, scripts=False) == "You are unsubscribed"
    assert site.reader("emmy").subscriber.state is SubscriberState.UNSUBSCRIBED


def test_they_are_valid_html(site: Site, tmp_path: Path) -> None:
    if reason := missing():
        pytest.skip(reason)
    documents = {}
    with httpx.Client(trust_env=False) as client:
        for name in PAGES:
            where = site.address(name)
            if name in _POSTS:
                deed, data = _POSTS[name]
                where = site.hosts["front"] + deed if name in _ELSEWHERE else where + deed
                answer = client.post(where, data=data)
            else:
                answer = client.get(where)
            documents[f"{name}.html"] = answer.text
        documents["site.css"] = client.get(f"{site.hosts['front']}/static/site.css").text
    mails = {"issue.html": documents.pop("issue.html")}

    assert invalid(documents, tmp_path, mails=mails) == []


_POSTS: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "left": ("", {}),
    "less": ("/weekly", {}),
    "answered": ("", {}),
    "confirmed": ("", {}),
    "received": ("/signup", {}),
    "signup-wrong": ("/preview", {"interests": "x" * 300}),
    "settings-wrong": ("", {}),
    "settings-saved": ("/reset", {}),
    "paused": ("/pause", {}),
}
"""What a button sends, and where behind the page that it is on."""

_ELSEWHERE = frozenset({"received", "signup-wrong"})
