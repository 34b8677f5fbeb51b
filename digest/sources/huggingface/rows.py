"""One row of the list: an outer object, and the `paper` in it.

Fields came one by one from May 2024 on, moved between the two, and can be missing or null.
Plain checks instead of a pydantic model: a wrong field costs that field, not its row.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from digest.models.papers import Entry, bare_arxiv_id
from digest.sources.code_links import code_link

Warn = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row that has a paper with an id and a title; *line* counts rows from 1.

    *day* is that of the list it was put on (UTC), None before March 2025.
    """

    line: int
    outer: Mapping[str, Any]
    paper: Mapping[str, Any]
    identity: str
    title: str
    day: date | None


def row_of(found: object, line: int) -> Row | None:
    """Return *found* as a row, None where it has no paper with an id and a title."""
    if not isinstance(found, dict):
        return None
    paper = found.get("paper")
    if not isinstance(paper, dict):
        return None
    identity = _plain(paper.get("id"))
    # The outer title differs in a sixth of the rows, mostly by its line breaks.
    title = _plain(paper.get("title")) or _plain(found.get("title"))
    if not identity or not title:
        return None
    day = day_in(paper.get("submittedOnDailyAt"))
    return Row(line=line, outer=found, paper=paper, identity=identity, title=title, day=day)


def day_in(value: object) -> date | None:
    """Return the day that *value* begins with, such as 2026-05-20T00:00:00.000Z."""
    if not isinstance(value, str) or _DAY.match(value) is None:
        return None
    try:
        return date.fromisoformat(value[:10])
    except ValueError:
        return None


def entry_of(row: Row, *, warn: Warn) -> Entry:
    """Return what *row* says of its paper; *warn* of what it says that cannot be.

    The outer `publishedAt` is never the paper's date, and is not read.
    """
    outer, paper = row.outer, row.paper
    abstract = _plain(paper.get("summary")) or _plain(outer.get("summary"))
    authors = _authors(paper.get("authors"))
    code_url = _web_address(paper, "githubRepo", warn) or _linked_code(abstract)
    return Entry(
        title=row.title,
        abstract=abstract,
        summary=_plain(paper.get("ai_summary")),
        authors=authors,
        author_count=len(authors) or None,
        published=day_in(paper.get("publishedAt")),
        institutions=_institutions(outer, paper),
        arxiv_id=bare_arxiv_id(row.identity),
        has_code=code_url is not None,
        code_url=code_url,
        project_url=_web_address(paper, "projectPage", warn),
        upvotes=_count(paper, "upvotes", warn),
        comments=_count(outer, "numComments", warn),
        stars=_count(paper, "githubStars", warn),
        keywords=_keywords(paper.get("ai_keywords")),
        submitter=_name(paper.get("submittedOnDailyBy")) or _name(outer.get("submittedBy")),
        thumbnail_url=_web_address(outer, "thumbnail", warn),
        withdrawn=True if paper.get("withdrawnAt") else None,
    )


def _plain(value: object) -> str:
    """Return *value* on one line, without what no mail can hold; "" where it is no text."""
    if not isinstance(value, str):
        return ""
    text = " ".join(value.split())
    return text if text.isprintable() else " ".join(_UNREADABLE.sub(" ", text).split())


def _authors(value: object) -> tuple[str, ...]:
    """Return the names of those authors who are not hidden."""
    if not isinstance(value, list):
        return ()
    shown = (
        _plain(author.get("name"))
        for author in value
        if isinstance(author, dict) and author.get("hidden") is not True
    )
    return tuple(filter(None, shown))


def _keywords(value: object) -> tuple[str, ...]:
    if not isinstance(value, list):
        return ()
    return tuple(dict.fromkeys(filter(None, map(_plain, value))))


def _institutions(outer: Mapping[str, Any], paper: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the organisation of *paper*, which went by another name in its first days."""
    for place in (
        outer.get("organization"),
        paper.get("organization"),
        outer.get("submitterOrganization"),
    ):
        if isinstance(place, dict):
            name = _plain(place.get("fullname")) or _plain(place.get("name"))
            if name:
                return (name,)
    return ()


def _name(value: object) -> str:
    return _plain(value.get("name")) if isinstance(value, dict) else ""


def _count(place: Mapping[str, Any], name: str, warn: Warn) -> int | None:
    """Return the count in the field *name*; True is no count in JSON, whatever Python says."""
    value = place.get(name)
    if value is None:
        return None
    if type(value) is int and 0 <= value <= _LARGEST:
        return value
    warn(f"its {name} is no count and was left out")
    return None


def _web_address(place: Mapping[str, Any], name: str, warn: Warn) -> str | None:
    """Return the address in the field *name*, which may be broken into lines."""
    value = place.get(name)
    if not value:
        return None
    if isinstance(value, str):
        address = _LINE_BREAK.sub("", value.strip())
        if len(address) <= _LONGEST_ADDRESS and _WEB_ADDRESS.fullmatch(address):
            return address
    warn(f"its {name} is no web address and was left out")
    return None


def _linked_code(abstract: str) -> str | None:
    # Most abstracts have no link, and looking closely takes longer than all the rest.
    return code_link(abstract) if _LINK.search(abstract) else None


_DAY = re.compile(r"\d{4}-\d\d-\d\d(?!\d)", re.ASCII)
# Controls and halves of characters: PostgreSQL, XML or UTF-8 has no place for them.
_UNREADABLE = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_LINE_BREAK = re.compile(r"\s*[\r\n]\s*")
# Without a name or a password before the host, which could pass for another host.
_WEB_ADDRESS = re.compile(
    "https?://[^\\W_](?:[\\w.-]*\\w)?(?::\\d+)?"
    '(?:[/?#][^\\s"<>\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]*)?',
    re.IGNORECASE,
)
_LONGEST_ADDRESS = 2000
_LINK = re.compile(r"://|\.(?:com|org|science)/|gitlab\.", re.IGNORECASE)
_LARGEST = 2**63 - 1  # what the archive can hold
