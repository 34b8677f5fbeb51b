"""arXiv's feeds of what it announced on a day, RSS 2.0 and Atom.

lxml and not feedparser: this is one publisher's XML, of which a pull parser gives exactly
the items that are whole, where feedparser goes on with a laxer one and keeps a half item.
"""

import hashlib
import re
from dataclasses import dataclass
from datetime import date, datetime
from email.utils import parsedate_to_datetime
from zoneinfo import ZoneInfo

from digest.errors import ListingUnreadable, SourceRefused
from digest.models.papers import (
    Announcement,
    Entry,
    Listing,
    ListingKind,
    ListingWarning,
    bare_arxiv_id,
)
from digest.sources.arxiv.markup import Element, line_of, open_document, text, texts
from digest.sources.arxiv.names import people
from digest.sources.arxiv.works import first_doi, version_of, withdrawn

MOST = 2000
"""How many papers arXiv puts into one feed; of more it leaves out new ones."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """A feed as it was read: its *listing*, and what tells it from another day's.

    *fingerprint* is of the versions it holds, "" where it is empty; *is_cut* says that it
    breaks off, *is_full* that arXiv left papers out.
    """

    listing: Listing
    fingerprint: str
    is_cut: bool
    is_full: bool


def parse_feed(content: bytes, *, seen_at: datetime | None = None) -> Listing:
    """Return what the feed in *content* announces, as the listing of its own day (US Eastern).

    Of a feed that breaks off, what is whole is kept and a warning says so. Raise
    ListingUnreadable for anything else, SourceRefused for arXiv's own page of an error.
    """
    return read_feed(content, seen_at=seen_at).listing


def is_arxiv_feed(content: bytes) -> bool:
    """Return whether *content* begins as a feed of arXiv does; the one of old as well."""
    head = content[:_HEAD]
    return _FEED.search(head) is not None and _OF_ARXIV.search(head) is not None


_HEAD = 4096
_FEED = re.compile(rb"<(?:rss|feed|(?:\w+:)?RDF)\b")
_OF_ARXIV = re.compile(
    rb"//(?:rss|export)\.arxiv\.org/(?:rss|atom)|<rss\b[^>]*arxiv\.org/schemas/atom"
)


def read_feed(content: bytes, *, seen_at: datetime | None = None) -> Feed:
    """As `parse_feed`, with what a fetch has to know besides."""
    document = open_document(content, _RSS_SHAPE.item, _ATOM_SHAPE.item)
    shape, head = _recognised(document.root)
    _refuse_error(head, shape)
    entries: list[Entry] = []
    warnings: list[ListingWarning] = []
    identifiers: list[str] = []
    for item in document.pieces:
        entry = _entry(item, shape)
        if entry is None:
            message = "an item without a title or an arXiv id was left out."
            warnings.append(ListingWarning(line=line_of(item), message=message))
        else:
            entries.append(entry)
            identifiers.append(f"{entry.arxiv_id}v{entry.version}")
    is_full = len(document.pieces) >= MOST
    if is_full:
        message = f"arXiv's feed ends at {MOST:,} papers; its catalogue brings the others."
        warnings.append(ListingWarning(line=line_of(document.pieces[-1]), message=message))
    if document.end is not None:
        message = "the feed breaks off here; what is whole was taken, the rest is missing."
        warnings.append(ListingWarning(line=document.end, message=message))
    listing = Listing(
        kind=ListingKind.FEED,
        source="arXiv",
        day=_day(head, document.pieces, shape),
        entries=tuple(entries),
        warnings=tuple(warnings),
        seen_at=seen_at,
    )
    return Feed(
        listing=listing,
        fingerprint=_fingerprint(identifiers),
        is_cut=document.end is not None,
        is_full=is_full,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Shape:
    """What the parts of an item are called in one of the two formats."""

    item: str
    title: str
    identifier: str
    abstract: str
    announced: str
    built: tuple[str, ...]
    explanation: str


_ARXIV = "{http://arxiv.org/schemas/atom}"
_ATOM = "{http://www.w3.org/2005/Atom}"
_CREATOR = "{http://purl.org/dc/elements/1.1/}creator"
_RSS_SHAPE = _Shape(
    item="item",
    title="title",
    identifier="guid",
    abstract="description",
    announced="pubDate",
    built=("pubDate", "lastBuildDate"),
    explanation="description",
)
_ATOM_SHAPE = _Shape(
    item=f"{_ATOM}entry",
    title=f"{_ATOM}title",
    identifier=f"{_ATOM}id",
    abstract=f"{_ATOM}summary",
    announced=f"{_ATOM}published",
    built=(f"{_ATOM}updated",),
    explanation=f"{_ATOM}subtitle",
)


def _recognised(root: Element) -> tuple[_Shape, Element]:
    """Return which of the formats *root* is of, and where it speaks of the whole feed."""
    if root.tag == "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}RDF":
        raise ListingUnreadable(
            "This is a feed of arXiv from before 2024, in RDF; only RSS 2.0 and Atom are read."
        )
    if _ARXIV.strip("{}") in root.nsmap.values():
        if root.tag == "rss":
            channel = root.find("channel")
            return _RSS_SHAPE, root if channel is None else channel
        # The API answers in Atom as well, with an id of its own.
        identifier = text(root, f"{_ATOM}id")
        if root.tag == f"{_ATOM}feed" and ("/atom/" in identifier or not identifier):
            return _ATOM_SHAPE, root
    raise ListingUnreadable("This is no feed of arXiv; save one of rss.arxiv.org.")


def _refuse_error(head: Element, shape: _Shape) -> None:
    """Raise SourceRefused where the feed is arXiv's way to say what is wrong with a query."""
    title = text(head, shape.title)
    if title.startswith("Feed error for query"):
        query = title.rpartition("/")[2]
        reason = _SENTENCE.match(text(head, shape.explanation))
        said = f": {reason[0]}" if reason else ""
        raise SourceRefused(
            f"arXiv refuses the feed of {query}{said}; correct the categories in the settings."
        )


# "Bad subject class 'XX'. Valid subject classes are: …", whose first sentence is enough.
_SENTENCE = re.compile(r"(?:[^.]|\.(?!\s|$)){1,200}")


def _day(head: Element, items: tuple[Element, ...], shape: _Shape) -> date | None:
    """Return the day of the announcement, by the newest item, else by the feed itself."""
    days = [day for item in items if (day := _eastern_day(text(item, shape.announced)))]
    if days:
        return max(days)
    return next((day for name in shape.built if (day := _eastern_day(text(head, name)))), None)


def _eastern_day(words: str) -> date | None:
    """Return the day in arXiv's time zone of an RFC 822 or ISO time, None where it is neither."""
    for read in (parsedate_to_datetime, datetime.fromisoformat):
        try:
            moment = read(words)
            return moment.astimezone(_EASTERN).date() if moment.tzinfo else moment.date()
        except (ValueError, OverflowError):
            continue
    return None


_EASTERN = ZoneInfo("America/New_York")


def _entry(item: Element, shape: _Shape) -> Entry | None:
    """Return the paper of an item, None where it names none."""
    identifier = text(item, shape.identifier)
    arxiv_id = bare_arxiv_id(identifier) or bare_arxiv_id(_link(item))
    title = text(item, shape.title)
    if arxiv_id is None or not title:
        return None
    described = text(item, shape.abstract)
    prefix = _PREFIX.match(described)
    abstract = described[prefix.end() :] if prefix else described
    version = version_of(identifier)
    kind = text(item, f"{_ARXIV}announce_type") or (prefix["kind"] if prefix else "")
    announcement = _announcement(kind.lower(), version)
    authors, institutions = people(text(item, _CREATOR))
    replaced = announcement is Announcement.UPDATE
    return Entry(
        title=title,
        abstract=abstract,
        authors=authors,
        author_count=len(authors) or None,
        categories=_categories(item),
        institutions=institutions,
        arxiv_id=arxiv_id,
        doi=first_doi(text(item, f"{_ARXIV}DOI")),
        announcement=announcement,
        primary_first=True,
        journal=text(item, f"{_ARXIV}journal_reference"),
        version=version,
        withdrawn=withdrawn(abstract) if replaced else None,
    )


# What arXiv writes before an abstract, for readers that show nothing but that.
_PREFIX = re.compile(r"arXiv:\S+ Announce Type: (?P<kind>\S+) Abstract:(?: |$)")


def _announcement(kind: str, version: int | None) -> Announcement:
    """Return what *kind* says; where it is none that we know, a first version is new."""
    if kind in ("new", "cross"):
        return Announcement(kind)
    if kind.startswith("replace") or version != 1:
        return Announcement.UPDATE
    return Announcement.NEW


def _link(item: Element) -> str:
    link = item.find(f"{_ATOM}link")
    return text(item, "link") if link is None else str(link.get("href", ""))


def _categories(item: Element) -> tuple[str, ...]:
    terms = [str(child.get("term", "")).strip() for child in item.findall(f"{_ATOM}category")]
    return tuple(dict.fromkeys(filter(None, (*texts(item, "category"), *terms))))


def _fingerprint(identifiers: list[str]) -> str:
    """Return a digest of which versions of which papers there are, in whatever order."""
    if not identifiers:
        return ""
    return hashlib.sha256("\n".join(sorted(identifiers)).encode()).hexdigest()
