from digest.web.app import build
from tests.fakes import MemoryStore
from tests.web.conftest import Site, make_app, served


def test_it_says_who_keeps_what_for_how_long(site: Site) -> None:
    answer = site.client.get("/privacy")

    assert (answer.status_code, answer.headers["x-robots-tag"]) == (200, "all")
    for words in ("1 Sample Street", "digest@papers.example.org", "7 days", "30 days", "60 days"):
        assert words in answer.text


def test_every_page_leads_to_it(site: Site) -> None:
    for path in ("/", site.leaving(), "/none", site.settings()):
        assert 'href="/privacy"' in site.client.get(path).text


def test_without_a_postal_address_none_is_made_up() -> None:
    with served(build(make_app(MemoryStore(), postal_address=""))) as client:
        page = client.get("/privacy").text

    assert "<p>Daily Papers. Write to" in " ".join(page.split())
