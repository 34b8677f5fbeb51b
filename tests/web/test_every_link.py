"""Every link of every mail and page, asked by whoever follows links: nothing changes."""

import re
import sqlite3
from collections.abc import Iterator
from email import message_from_bytes, policy
from urllib.parse import urljoin, urlsplit

from lxml import html as lxml_html
from sqlalchemy import create_engine, make_url, select

from digest.models.deliveries import Email
from digest.store.tables import metadata
from tests.web.conftest import Site

HOME = "https://papers.example.org"
PAGES = ("/", "/healthz", "/readyz", "/robots.txt", "/none", "/u/forged", "/i/forged")


def dump(url: str) -> list[object]:
    """Return all that the database at *url* holds."""
    if url.startswith("sqlite"):
        with sqlite3.connect(make_url(url).database or "") as connection:
            return list(connection.iterdump())
    engine = create_engine(url)
    with engine.begin() as connection:
        rows: list[object] = [
            (table.name, tuple(row))
            for table in metadata.sorted_tables
            for row in connection.execute(select(table).order_by(*table.primary_key.columns))
        ]
    engine.dispose()
    return rows


def links_of_mail(email: Email) -> Iterator[str]:
    message = message_from_bytes(email.content, policy=policy.default)
    for part in message.walk():
        if part.get_content_maintype() == "text":
            yield from re.findall(r"(?:https?|mailto):[^\s\"'<>]+", part.get_content())
    for header in ("List-Unsubscribe", "List-Help", "List-Archive", "List-Id"):
        yield from re.findall(r"<(\w+:[^>]+)>", message.get(header, ""))


def links_of_page(page: str, path: str) -> Iterator[str]:
    tree: lxml_html.HtmlElement = lxml_html.document_fromstring(page)
    for _element, _attribute, link, _place in tree.iterlinks():
        yield urljoin(f"{HOME}{path}", link)


def every_link(site: Site) -> set[str]:
    """Return every link there is, however many pages it takes to find it."""
    links = {f"{HOME}{page}" for page in PAGES}
    for email in site.emails:
        links |= set(links_of_mail(email))
    asked: set[str] = set()
    while todo := {link for link in links if link.startswith(f"{HOME}/")} - asked:
        for link in todo:
            path = link.removeprefix(HOME)
            answer = site.client.get(path)
            if answer.headers["content-type"].startswith("text/html"):
                links |= set(links_of_page(answer.text, path))
        asked |= todo
    return links


def test_following_every_link_twice_changes_nothing(kept_site: Site) -> None:
    url = kept_site.app.settings.database_url
    before = dump(url)
    assert before

    ours = {link for link in every_link(kept_site) if link.startswith(f"{HOME}/")}
    for _ in range(2):
        for link in ours:
            for method in ("GET", "HEAD", "OPTIONS"):
                answer = kept_site.client.request(method, link.removeprefix(HOME))
                assert answer.status_code in (200, 204) or link.removeprefix(HOME) in PAGES

    assert dump(url) == before
    # Two mails, with a page of the issue and a way out each.
    doors = sorted(link.removeprefix(HOME)[:3] for link in ours)
    assert (doors.count("/i/"), doors.count("/u/")) == (3, 3)


def test_what_changes_a_table_would_be_noticed(kept_site: Site) -> None:
    url = kept_site.app.settings.database_url
    before = dump(url)

    kept_site.client.post(kept_site.leaving())

    assert dump(url) != before


def test_every_link_leads_to_us_or_straight_to_where_it_says(kept_site: Site) -> None:
    found = {urlsplit(link) for link in every_link(kept_site)}

    assert {link.scheme for link in found} == {"https", "mailto"}
    assert {link.hostname for link in found if link.hostname} == {
        "papers.example.org",
        "arxiv.org",
    }


def test_no_address_of_a_reader_stands_in_a_link(kept_site: Site) -> None:
    for link in every_link(kept_site):
        assert "ada@" not in link
        assert "bob@" not in link
