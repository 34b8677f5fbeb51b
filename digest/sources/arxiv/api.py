"""What arXiv's export API answers: an Atom feed of papers, or of one error."""

import re
from dataclasses import dataclass
from datetime import datetime

from digest.errors import ListingUnreadable, SourceRefused
from digest.models.papers import (
    Announcement,
    Entry,
    Listing,
    ListingKind,
    ListingWarning,
    bare_arxiv_id,
)
from digest.sources.arxiv.markup import Element, flat, open_document, text, texts
from digest.sources.arxiv.names import affiliations, readable_name
from digest.sources.arxiv.works import day_of, first_doi, version_of, withdrawn

_ATOM = "{http://www.w3.org/2005/Atom}"
_ARXIV = "{http://arxiv.org/schemas/atom}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """A reply as it was read; *total* papers were found, of which it may show fewer."""

    listing: Listing
    total: int
    is_cut: bool


def parse_api(
    content: bytes,
    *,
    announcement: Announcement = Announcement.UPDATE,
    seen_at: datetime | None = None,
) -> Listing:
    """Return the papers of an API reply: UPDATEs, which add to papers that we know.

    Raise ListingUnreadable for anything else, SourceRefused for a reply that is an error.
    """
    return read_reply(content, announcement=announcement, seen_at=seen_at).listing


def is_api_feed(content: bytes) -> bool:
    """Return whether *content* begins as a reply of arXiv's API does."""
    head = content[:4096]
    return b"<feed" in head and _OF_API.search(head) is not None


_OF_API = re.compile(rb"arxiv\.org/api/|<title[^>]*>\s*arXiv (?:Query|Search)", re.IGNORECASE)


def read_reply(
    content: bytes,
    *,
    announcement: Announcement = Announcement.UPDATE,
    seen_at: datetime | None = None,
) -> Reply:
    """As `parse_api`, with what a look-up has to know besides."""
    document = open_document(content, f"{_ATOM}entry")
    root = document.root
    if root.tag != f"{_ATOM}feed" or not _ITSELF.match(text(root, f"{_ATOM}id")):
        raise ListingUnreadable("This is no reply of arXiv's API; save one of export.arxiv.org.")
    entries: list[Entry] = []
    for piece in document.pieces:
        _refuse_error(piece)
        # An id that arXiv does not know was once an entry without a title.
        if (entry := _entry(piece, announcement)) is not None:
            entries.append(entry)
    warnings = []
    if document.end is not None:
        message = "the reply breaks off here; what is whole was taken, the rest is missing."
        warnings.append(ListingWarning(line=document.end, message=message))
    listing = Listing(
        kind=ListingKind.CATALOGUE,
        source="arXiv",
        day=day_of(text(root, f"{_ATOM}updated")),
        entries=tuple(entries),
        warnings=tuple(warnings),
        seen_at=seen_at,
    )
    return Reply(
        listing=listing,
        total=_number(text(root, f"{_OPENSEARCH}totalResults")),
        is_cut=document.end is not None,
    )


_ITSELF = re.compile(r"https?://(?:export\.)?arxiv\.org/(?:api/|$)")
_OPENSEARCH = "{http://a9.com/-/spec/opensearch/1.1/}"


def _number(words: str) -> int:
    return int(words) if re.fullmatch(r"\d{1,9}", words, re.ASCII) else 0


def _refuse_error(piece: Element) -> None:
    if "/api/errors" in text(piece, f"{_ATOM}id"):
        said = text(piece, f"{_ATOM}summary")[:200] or "it does not say why"
        raise SourceRefused(f"arXiv's API refuses what it was asked: {said}.")


def _entry(piece: Element, announcement: Announcement) -> Entry | None:
    identifier = text(piece, f"{_ATOM}id")
    arxiv_id, title = bare_arxiv_id(identifier), text(piece, f"{_ATOM}title")
    if arxiv_id is None or not title:
        return None
    abstract, comment = text(piece, f"{_ATOM}summary"), text(piece, f"{_ARXIV}comment")
    authors = tuple(filter(None, map(readable_name, texts(piece, f"{_ATOM}author/{_ATOM}name"))))
    places = texts(piece, f"{_ATOM}author/{_ARXIV}affiliation")
    return Entry(
        title=title,
        abstract=abstract,
        authors=authors,
        author_count=len(authors) or None,
        published=day_of(text(piece, f"{_ATOM}published")),
        categories=_categories(piece),
        institutions=affiliations(places),
        arxiv_id=arxiv_id,
        doi=first_doi(text(piece, f"{_ARXIV}doi")),
        announcement=announcement,
        primary_first=True,
        comment=comment,
        journal=text(piece, f"{_ARXIV}journal_ref"),
        version=version_of(identifier),
        withdrawn=withdrawn(abstract, comment),
    )


def _categories(piece: Element) -> tuple[str, ...]:
    """Return the categories, the primary one first."""
    named = (*piece.findall(f"{_ARXIV}primary_category"), *piece.findall(f"{_ATOM}category"))
    terms = [flat(str(child.get("term", ""))) for child in named]
    # Classes of the MSC and ACM stand there too: "14J60 (Primary)", "I.2.7".
    return tuple(dict.fromkeys(term for term in terms if _CATEGORY.fullmatch(term)))


_CATEGORY = re.compile(r"[a-z]+(?:-[a-z]+)*(?:\.(?:[A-Z]{2}|[a-z]+(?:-[a-z]+)*))?")
