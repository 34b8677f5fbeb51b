"""Every link of every mail and page, asked by whoever follows links: nothing changes."""

import re
import sqlite3
from collections.abc import Iterator
from email import message_from_bytes, policy
from urllib.parse import urljoin, urlsplit

from lxml import html as lxml_html
from sqlalchemy import create_engine, make_url, select

from digest.links import DOORS
from digest.models.deliveries import Email
from digest.models.feedback import Verdict
from digest.models.letters import LetterKind
from digest.services.post import tokens_for
from digest.store.tables import metadata
from tests.web.conftest import Site

HOME = "https://papers.example.org"
PAGES = (
    "/", "/signup", "/preview", "/preview?interests=whales,2511.00001", "/privacy", "/healthz",
    "/readyz", "/robots.txt", "/none", "/u/forged", "/i/forged", "/me/forged", "/a/forged/1/more",
    "/confirm/forged", "/address/forged", "/back/forged", "/webhooks/signup/none",
)  # fmt: skip


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


def behind_tokens(site: Site) -> Iterator[str]:
    """Yield the links of letters and pages that nobody has been sent yet, and of each button."""
    site.sign_up()
    site.client.post(f"{site.settings()}/address", data={"email": "lovelace@example.org"})
    site.admit()
    for letter in site.letters():
        door = "/confirm" if letter.kind is LetterKind.CONFIRM else "/address"
        yield f"{door}/{tokens_for(letter, links=site.app.links).asks}"
    yield site.returning()
    for verdict in Verdict:
        yield site.answering(verdict)
        yield f"{site.answering(verdict)}/undo"
    yield site.settings()
    for deed in ("pause", "resume", "address", "export", "unsay", "reset", "erase"):
        yield f"{site.settings()}/{deed}"


def every_link(site: Site) -> set[str]:
    """Return every link there is, however many pages it takes to find it."""
    links = {f"{HOME}{page}" for page in (*PAGES, *behind_tokens(site))}
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
    # It signs somebody up, so that there are letters to follow: all else only looks.
    ours = {link for link in every_link(kept_site) if link.startswith(f"{HOME}/")}
    before = dump(url)
    assert before
    for _ in range(2):
        for link in ours:
            for method in ("GET", "HEAD", "OPTIONS"):
                answer = kept_site.client.request(method, link.removeprefix(HOME))
                assert answer.status_code in (200, 204) or link.removeprefix(HOME) in PAGES

    assert dump(url) == before
    # Two mails, with a page of the issue, a way out and one to the settings each.
    doors = {
        door: sum(link.startswith(f"{HOME}{door}/") for link in ours) for door in DOORS.values()
    }
    assert all(doors[door] >= 2 for door in ("/i", "/u", "/me", "/a"))
    assert all(doors[door] for door in set(DOORS.values()) - {"/signup"})


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
