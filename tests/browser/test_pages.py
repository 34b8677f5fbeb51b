"""Every page behind a mail's links in a real browser, served by a real server."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from pathlib import Path

import httpx
import pytest

from digest.bootstrap import SAMPLE_DAY, App
from digest.models.subscribers import Reader, SubscriberState
from digest.services.ingest import ingest
from digest.services.preview import issue_for
from digest.services.subscribe import find_reader
from digest.web.app import build
from tests.browser.chromium import Chromium, Visit
from tests.browser.faults import barriers, examined, low_targets, overflow
from tests.browser.validity import invalid, missing
from tests.factories import DAY, make_entry, make_listing
from tests.fakes import MemoryStore
from tests.web.conftest import make_app, served

PICTURES = Path(__file__).parents[2] / "build" / "pages"
PAGES = ("front", "front-empty", "front-hard", "leave", "left", "issue", "unknown", "forged")


@dataclass(frozen=True, slots=True)
class Site:
    """Where pages are served: from the sample, from nothing, and from what is hard to set."""

    sample: App
    hosts: Mapping[str, str]

    def reader(self, name: str) -> Reader:
        return find_reader(f"{name}@example.org", store=self.sample.store)

    def address(self, page: str, *, name: str = "ada") -> str:
        reader, links = self.reader(name), self.sample.links
        issue = issue_for(reader, SAMPLE_DAY, store=self.sample.store, clock=self.sample.clock)
        tokens = links.for_issue(issue, reader.subscriber)
        paths = {
            "leave": f"/u/{tokens.unsubscribe}",
            "left": f"/u/{tokens.unsubscribe}",
            "issue": f"/i/{tokens.issue}",
            "unknown": "/none",
            "forged": "/u/forged",
        }
        return self.hosts.get(page, self.hosts["front"]) + paths.get(page, "/")


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
    """Do what it takes to be on *page*: one of them stands behind a button."""
    if page == "left":
        visit.page.get_by_role("button", name="Unsubscribe").click()
        visit.page.get_by_role("heading", name="You are unsubscribed").wait_for()


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
_TOLD_OF_STATUS = re.compile(r"Failed to load resource: .* status of 404")


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
        button = visit.page.get_by_role("button")
        for _ in range(5):
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
            answer = client.request("POST" if name == "left" else "GET", site.address(name))
            documents[f"{name}.html"] = answer.text
        documents["site.css"] = client.get(f"{site.hosts['front']}/static/site.css").text
    mails = {"issue.html": documents.pop("issue.html")}

    assert invalid(documents, tmp_path, mails=mails) == []
