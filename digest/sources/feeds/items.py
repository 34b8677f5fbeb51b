"""One item of a feed, as feedparser gives it, as the paper it tells of."""

import calendar
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from time import struct_time
from typing import Any
from urllib.parse import unquote, urlsplit

from digest.models.papers import Announcement, Entry, bare_arxiv_id
from digest.sources.feeds.people import people
from digest.sources.feeds.text import plain

NEWS = timedelta(days=30)
"""How old a paper may be and still be announced: feeds keep their items for a long time."""

LONGEST = 5000
"""Characters of an abstract; some feeds carry the whole article."""


def entry_of(item: Mapping[str, Any], *, feed: Mapping[str, Any], day: date) -> Entry | None:
    """Return the paper of *item*, a FeedParserDict, None where it has no usable title.

    *feed* is the FeedParserDict of all of it.
    """
    title = plain(_text(item, "title"))
    if not any(letter.isalnum() for letter in title):
        return None
    addresses = tuple(_addresses(item))
    doi, arxiv_id = _doi(addresses), _arxiv_id(addresses)
    abstract, told_journal, told_authors = _abstract(item)
    published = _published(item)
    return Entry(
        title=title,
        abstract=abstract,
        authors=people(_creators(item) or told_authors),
        published=published,
        doi=doi,
        arxiv_id=arxiv_id,
        # A paper with an id has a better link already than the one that counts readers.
        project_url=None if doi or arxiv_id else _web_link(item),
        keywords=tuple(_keywords(item, of_arxiv=arxiv_id is not None)),
        journal="" if arxiv_id else told_journal or _journal(item, feed, has_doi=doi is not None),
        announcement=_announcement(item, published, day),
    )


def _journal(item: Mapping[str, Any], feed: Mapping[str, Any], *, has_doi: bool) -> str:
    """Return the journal that PRISM names, else the feed's title where that may be one.

    Papers with a DOI come out somewhere; a title over other items is of a blog or a search.
    """
    name = plain(_text(item, "prism_publicationname") or _text(feed, "prism_publicationname"))
    if not name and has_doi:
        name = _FRAME.sub("", plain(_text(feed, "title")))
        name = "" if _NO_JOURNAL.search(name) else name
    return "" if _PREPRINTS.search(name) else name


def _text(item: Mapping[str, Any], key: str) -> str:
    # feedparser warns where `get` would find one date under another's name; `in` does not.
    value = item[key] if key in item else ""  # noqa: SIM401 - see above
    return value if isinstance(value, str) else ""


def _addresses(item: Mapping[str, Any]) -> Iterator[str]:
    """Yield whatever may hold an identifier, the surest first."""
    for key in ("prism_doi", "dc_identifier", "arxiv_doi", "id", "link", "prism_url", "dc_source"):
        if text := _text(item, key).strip():
            yield unquote(text)


def _doi(addresses: tuple[str, ...]) -> str | None:
    for text in addresses:
        if match := _DOI.search(text):
            doi = _PAGE_OF_ARTICLE.sub("", match[0]).rstrip(".,;")
            return _VERSION.sub("", doi) if doi.startswith(_VERSIONED) else doi
    return None


def _arxiv_id(addresses: tuple[str, ...]) -> str | None:
    for text in addresses:
        if _ARXIV.search(text) and (arxiv_id := bare_arxiv_id(text)):
            return arxiv_id
    return None


def _abstract(item: Mapping[str, Any]) -> tuple[str, str, list[str]]:
    """Return the abstract, and the journal and authors where they stand in its place."""
    contents = item["content"] if "content" in item else ()  # noqa: SIM401 - as in _text
    told = [_text(item, "summary"), *(_text(part, "value") for part in contents)]
    for text in (*told, _text(item, "dc_description")):
        abstract = plain(text)
        if match := _FIELDS.match(abstract):
            return "", match["journal"].strip(), [match["authors"] or ""]
        if abstract := _PREAMBLE.sub("", abstract):
            return _shortened(abstract), "", []
    return "", "", []


def _shortened(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[:LONGEST].rpartition(' ')[0]} …"


def _creators(item: Mapping[str, Any]) -> list[str]:
    told = item["authors"] if "authors" in item else ()  # noqa: SIM401 - as in _text
    return [name for one in told if (name := _text(one, "name"))]


def _published(item: Mapping[str, Any]) -> date | None:
    """Return the day (UTC) on which *item* says its paper came out."""
    for key in ("published_parsed", "updated_parsed"):
        if key in item and isinstance(item[key], struct_time):
            try:
                return datetime.fromtimestamp(calendar.timegm(item[key]), tz=UTC).date()
            except (ValueError, OverflowError, OSError):
                continue
    for key in ("prism_publicationdate", "prism_coverdate"):
        if match := _ISO_DAY.match(_text(item, key).strip()):
            try:
                return date.fromisoformat(match[0])
            except ValueError:
                continue
    return None


def _announcement(item: Mapping[str, Any], published: date | None, day: date) -> Announcement:
    if published and day - published > NEWS:
        return Announcement.UPDATE
    # arXiv's own feeds mark what is only a new version.
    if _text(item, "arxiv_announce_type").startswith("replace"):
        return Announcement.UPDATE
    return Announcement.NEW


def _web_link(item: Mapping[str, Any]) -> str | None:
    link = _text(item, "link").strip()
    try:
        parts = urlsplit(link)
    except ValueError:
        return None
    return link if parts.scheme in ("http", "https") and parts.hostname else None


def _keywords(item: Mapping[str, Any], *, of_arxiv: bool) -> Iterator[str]:
    """Yield the feed's own categories, which are not arXiv's; arXiv's are not ours to guess."""
    for tag in item["tags"] if "tags" in item else ():  # noqa: SIM401 - as in _text
        term = plain(_text(tag, "term"))
        if term and not (of_arxiv and _ARXIV_CATEGORY.fullmatch(term)):
            yield term


_DOI = re.compile(r"""10\.\d{4,9}/[^\s"'<>?#&]{1,200}(?![^\s"'<>?#&])""")
_PAGE_OF_ARTICLE = re.compile(
    r"(?:/(?:abstract|full|pdf|epdf|summary|meta)|\.(?:abstract|full|short|pdf)(?:-text)?)+$",
    re.IGNORECASE,
)
# The DOI of a bioRxiv paper is that of all its versions; its pages have one each.
_VERSIONED = ("10.1101/", "10.64898/")
_VERSION = re.compile(r"v\d+$")
_ARXIV = re.compile(r"\barxiv\.org\b|10\.48550/arxiv\.", re.IGNORECASE)
_ARXIV_CATEGORY = re.compile(r"[a-z]+(?:-[a-z]+)?\.[A-Za-z-]+|[a-z]{2,5}-[a-z]{2,3}")
_ISO_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_PREPRINTS = re.compile(r"rxiv\b|\bpreprints?\b|\bssrn\b|\bresearch square\b", re.IGNORECASE)
_FRAME = re.compile(
    r"^ScienceDirect Publication:\s*|^(?:Wiley|tandf|SAGE Publications[^:]*):\s*"
    r"|:\s*Table of Contents$|\s+-\s+new TOC$|\s+-\s+current issue$",
    re.IGNORECASE,
)
_NO_JOURNAL = re.compile(
    r"\b(?:alerts?|feed|latest|news|pubmed|results?|rss|search)\b", re.IGNORECASE
)
# What stands before an abstract: arXiv's word of the announcement, and Nature's of the date.
_PREAMBLE = re.compile(
    r"^(?: arXiv:\S+ \s Announce \s Type: \s \S+ \s Abstract: \s*"
    r"| [^;]{1,120}, \s Published \s online: [^;]{1,40}; \s* doi:\S+ \s* )",
    re.IGNORECASE | re.VERBOSE,
)
# What ScienceDirect has instead of one.
_FIELDS = re.compile(
    r"Publication date: .{0,80}? Source: (?P<journal>[^,]{1,200}),? .*?"
    r"(?:Author\(s\): (?P<authors>.*))?$"
)
