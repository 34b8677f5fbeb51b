"""What every page has to be, for whoever reads it and with whatever."""

from itertools import pairwise

import pytest
from lxml import etree
from lxml import html as lxml_html

from digest.services.post import tokens_for
from digest.web.app import build
from tests.fakes import MemoryStore
from tests.web.conftest import Site, make_app, served

LIMIT = 50_000
UNKNOWN_TAG = 801  # libxml2 knows the HTML of 1999

PAGES = (
    "front", "preview", "sign up", "signed up", "wrong sign up", "settings", "wrong settings",
    "paused", "erased", "asked", "left", "less", "back", "returned", "answer", "answered",
    "taken back", "confirm", "confirmed", "move", "moved", "privacy", "opened", "lost", "forged",
    "over", "refused",
)  # fmt: skip


@pytest.fixture(params=PAGES)
def html(request: pytest.FixtureRequest, site: Site) -> str:
    if request.param in ("confirm", "confirmed", "move", "moved"):
        method = "POST" if request.param.endswith("ed") else "GET"
        return site.client.request(method, _letters_link(site, request.param)).text
    asked = {
        "front": ("GET", "/"),
        "preview": ("GET", "/preview?interests=whales"),
        "sign up": ("GET", "/signup"),
        "settings": ("GET", site.settings()),
        "wrong settings": ("POST", site.settings()),
        "paused": ("POST", f"{site.settings()}/pause"),
        "erased": ("POST", f"{site.settings()}/erase"),
        "asked": ("GET", site.leaving()),
        "left": ("POST", site.leaving()),
        "less": ("POST", f"{site.leaving()}/weekly"),
        "back": ("GET", site.returning()),
        "returned": ("POST", site.returning()),
        "answer": ("GET", site.answering()),
        "answered": ("POST", site.answering()),
        "taken back": ("POST", f"{site.answering()}/undo"),
        "privacy": ("GET", "/privacy"),
        "opened": ("GET", site.opening()),
        "lost": ("GET", "/none"),
        "forged": ("GET", "/u/forged"),
        "over": ("GET", site.answering(rank=99)),
        "refused": ("PUT", site.leaving()),
    }
    if request.param in ("signed up", "wrong sign up"):
        return site.sign_up(email="eve@" if "wrong" in request.param else "eve@example.org").text
    method, path = asked[request.param]
    return site.client.request(method, path, data=_DATA.get(request.param)).text


_DATA = {"erased": {"understood": "yes"}}


def _letters_link(site: Site, page: str) -> str:
    """Return where the letter leads that asks a newcomer, or asks at a new address."""
    if page.startswith("mov"):
        said = {"email": "lovelace@example.org"}
        site.client.post(f"{site.settings()}/address", data=said)
    else:
        site.sign_up()
    site.admit()
    [letter] = site.letters()
    door = "/address" if page.startswith("mov") else "/confirm"
    return f"{door}/{tokens_for(letter, links=site.app.links).asks}"


@pytest.fixture
def page(html: str) -> lxml_html.HtmlElement:
    return lxml_html.document_fromstring(html)


def test_it_is_well_formed_and_small(html: str) -> None:
    parser = etree.HTMLParser()
    etree.fromstring(html, parser)

    assert not [error for error in parser.error_log if error.type != UNKNOWN_TAG]
    assert html.lower().startswith("<!doctype html>")
    assert len(html.encode()) <= LIMIT


def test_it_has_a_language_a_title_a_headline_and_a_main_part(
    page: lxml_html.HtmlElement,
) -> None:
    assert page.get("lang") == "en"
    assert page.xpath("string(//title)").strip()
    assert page.xpath("//meta[@name='viewport']/@content") == [
        "width=device-width, initial-scale=1"
    ]
    assert page.xpath("//meta[@name='color-scheme']/@content") == ["light dark"]
    assert len(page.xpath("//main | //*[@role='main']")) == 1
    levels = [int(one.tag[1]) for one in page.iter("h1", "h2", "h3", "h4", "h5", "h6")]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(below - above <= 1 for above, below in pairwise(levels))


def test_nothing_in_it_runs_loads_or_follows(html: str, page: lxml_html.HtmlElement) -> None:
    for tag in ("script", "img", "iframe", "object", "embed", "base", "video", "audio"):
        assert not page.xpath(f"//{tag}")
    assert not page.xpath("//@*[starts-with(name(), 'on')]")
    loaded = set(page.xpath("//link/@href"))
    assert loaded <= {"/static/site.css", "/static/icon.svg"}
    assert "javascript:" not in html
    for field in page.iter("input", "select", "textarea"):
        named = field.get("id") and page.xpath(f"//label[@for='{field.get('id')}']")
        assert field.get("type") == "hidden" or named or field.getparent().tag == "label"
    for form in page.forms:
        assert (form.action or "/").startswith("/")


def test_every_link_and_button_says_what_it_is(page: lxml_html.HtmlElement) -> None:
    for one in page.iter("a", "button"):
        words = one.text_content().split()
        assert words
        assert words not in (["here"], ["click", "here"], ["more"])
        assert one.get("href") != ""


def test_our_own_pages_carry_no_style_of_their_own(site: Site) -> None:
    # The policy would keep a browser from using it.
    for path in ("/", site.settings(), site.leaving(), "/none"):
        page = lxml_html.document_fromstring(site.client.get(path).text)
        assert not page.xpath("//style | //@style")


def test_what_the_operator_calls_it_is_escaped() -> None:
    app = make_app(MemoryStore(), sender='"<b>Papers</b> & more" <digest@papers.example.org>')
    with served(build(app)) as client:
        page = client.get("/").text

    assert "&lt;b&gt;Papers&lt;/b&gt; &amp; more" in page
    assert "<b>Papers" not in page
