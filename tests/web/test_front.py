"""The front page: what is talked about, or that there is nothing yet."""

from datetime import timedelta

from lxml import html as lxml_html

from digest.services.ingest import ingest
from digest.web.app import build
from digest.web.front import FRESH, PAPERS
from tests.factories import DAY, make_entry, make_listing
from tests.fakes import MemoryStore, StoppedClock
from tests.web.conftest import TITLES, Site, make_app, parsed, served


def test_the_papers_of_the_week_stand_there_the_most_talked_about_first(site: Site) -> None:
    page: lxml_html.HtmlElement = parsed(site.client.get("/").text)

    assert [one.text_content().strip() for one in page.iter("h3")] == list(reversed(TITLES))
    assert page.xpath("string(//h3/a/@href)") == "https://arxiv.org/abs/2511.00003"
    assert page.xpath("string(//h1)") == "Trending research papers, in your inbox"
    assert "All of the 3 papers listed in the last seven days" in page.text_content()
    assert "the latest listing is of today." in page.text_content()


def test_an_empty_archive_says_that_it_is_empty() -> None:
    with served(build(make_app(MemoryStore()))) as client:
        page = client.get("/")

    assert page.status_code == 200
    assert "No paper was listed in the seven days up to today." in page.text
    assert "<ol" not in page.text


def test_an_old_listing_is_not_sold_as_todays(site: Site) -> None:
    assert isinstance(site.app.clock, StoppedClock)
    site.app.clock.advance(timedelta(days=3))

    page = site.client.get("/").text

    assert "Monday 23 November 2026" in page
    assert "the latest listing is of 20 November." in page
    assert "new today" not in page


def test_a_listing_of_long_ago_is_no_news(site: Site) -> None:
    assert isinstance(site.app.clock, StoppedClock)
    site.app.clock.advance(timedelta(days=30))

    assert "No paper was listed in the seven days up to today." in site.client.get("/").text


def test_only_the_first_few_of_many_are_shown() -> None:
    app = make_app(MemoryStore())
    entries = [make_entry(f"Whale {place}", upvotes=place) for place in range(60)]
    ingest([make_listing(*entries)], DAY, store=app.store)
    with served(build(app)) as client:
        page = client.get("/").text

    assert page.count("<h3") == PAPERS
    assert "The 12 most talked about of the 60 papers" in page
    assert "Whale 59" in page


def test_the_store_is_asked_once_a_minute_at_most(site: Site) -> None:
    assert isinstance(site.app.clock, StoppedClock)
    before = site.client.get("/").content
    ingest([make_listing(make_entry("A paper of just now"))], DAY, store=site.app.store)

    assert site.client.get("/").content == before
    site.app.clock.advance(FRESH)
    assert "A paper of just now" in site.client.get("/").text


def test_it_is_public_and_may_be_listed(site: Site) -> None:
    headers = site.client.get("/").headers

    assert headers["cache-control"] == "public, max-age=60"
    assert headers["x-robots-tag"] == "all"


def test_the_zone_is_the_browsers_guess_where_it_gives_one_away(site: Site) -> None:
    def zone(accepted: str) -> object:
        page = site.client.get("/", headers={"Accept-Language": accepted})
        assert page.headers["vary"] == "Accept-Language"
        return parsed(page.text).forms[0].fields["time_zone"]

    assert [zone("de-AT"), zone("en-US"), zone("")] == ["Europe/Vienna", "UTC", "UTC"]


def test_each_form_carries_its_own_stamp(site: Site) -> None:
    def stamp() -> object:
        return parsed(site.client.get("/").text).forms[0].fields["stamp"]

    first = stamp()
    assert isinstance(site.app.clock, StoppedClock)
    site.app.clock.advance(timedelta(seconds=3))
    assert stamp() != first


def test_what_papers_say_is_only_text() -> None:
    app = make_app(MemoryStore())
    nasty = '<script>alert("x")</script>'
    entry = make_entry(nasty, abstract=nasty, authors=(nasty,), institutions=(nasty,))
    ingest([make_listing(entry)], DAY, store=app.store)
    with served(build(app)) as client:
        page = client.get("/").text

    assert "<script" not in page
    assert "&lt;script&gt;" in page
