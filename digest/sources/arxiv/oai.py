"""arXiv's catalogue by OAI-PMH: pages of records in its own formats, arXiv and arXivRaw."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from email.utils import parsedate_to_datetime

from digest.errors import ListingUnreadable, SourceError, SourceRefused, SourceUnavailable
from digest.models.papers import (
    Announcement,
    Entry,
    Listing,
    ListingKind,
    ListingWarning,
    bare_arxiv_id,
)
from digest.sources.arxiv.markup import Element, line_of, open_document, text, texts
from digest.sources.arxiv.names import (
    affiliations,
    full_name,
    is_name,
    people,
    readable_name,
)
from digest.sources.arxiv.works import day_of, first_doi, month_ends, version_of, withdrawn

NEWS = timedelta(days=10)
"""How old a paper's first version may be on the day of its record, to be announced by it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """A record that was last changed on its *datestamp*, UTC."""

    identifier: str
    datestamp: date | None
    entry: Entry


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One answer: records, or an error instead (a *code* of the protocol).

    *token* leads to the next page, "" after the last one.
    """

    records: tuple[Record, ...] = ()
    warnings: tuple[ListingWarning, ...] = ()
    token: str = ""
    code: str = ""
    message: str = ""
    is_cut: bool = False


def parse_oai(content: bytes, *, seen_at: datetime | None = None) -> Listing:
    """Return the records of one saved answer, as a listing of the latest day among them.

    Raise ListingUnreadable for anything else, or what `refusal` makes of an answer that is
    an error; that nothing matches is none.
    """
    page = read_page(content)
    if page.code not in ("", NOTHING):
        raise refusal(page)
    days = [record.datestamp for record in page.records if record.datestamp]
    return listing_of(
        page, page.records, day=max(days, default=None), categories=(), seen_at=seen_at
    )


def is_oai(content: bytes) -> bool:
    """Return whether *content* begins as an answer by OAI-PMH does."""
    return b"<OAI-PMH" in content[:4096]


NOTHING, EXPIRED = "noRecordsMatch", "badResumptionToken"


def refusal(page: Page) -> SourceError:
    """Return the error that an answer's code means."""
    if page.code == EXPIRED:
        return SourceUnavailable(
            "arXiv's catalogue lost its place in a list; it is asked again later."
        )
    said = f"{page.message or 'it does not say why'} ({page.code})"
    if page.code in _OURS:
        return SourceRefused(
            f"arXiv's catalogue refuses what it was asked: {said}; check the categories."
        )
    return SourceUnavailable(f"arXiv's catalogue has an error: {said}; it is asked again later.")


_OURS = frozenset(
    {
        "badArgument",
        "badVerb",
        "cannotDisseminateFormat",
        "idDoesNotExist",
        "noMetadataFormats",
        "noSetHierarchy",
    }
)


def listing_of(
    page: Page,
    records: Collection[Record],
    *,
    day: date | None,
    categories: Collection[str],
    seen_at: datetime | None,
) -> Listing:
    """Return those of *records*, of *page*, that are in *categories*, as the listing of *day*.

    No categories are all; a paper whose primary one is none of ours is a CROSS.
    """
    entries = []
    for record in records:
        entry = record.entry
        covered = [_covers(categories, category) for category in entry.categories]
        if categories and not any(covered):
            continue
        if categories and not covered[0] and entry.announcement is Announcement.NEW:
            entry = replace(entry, announcement=Announcement.CROSS)
        entries.append(entry)
    return Listing(
        kind=ListingKind.CATALOGUE,
        source="arXiv",
        day=day,
        entries=tuple(entries),
        warnings=page.warnings,
        seen_at=seen_at,
    )


def _covers(categories: Collection[str], category: str) -> bool:
    """Return whether *category* is one of those, or of an archive that is."""
    name = category.lower()
    return any(ours.lower() in (name, name.partition(".")[0]) for ours in categories)


_OAI = "{http://www.openarchives.org/OAI/2.0/}"


def read_page(content: bytes) -> Page:
    """Return the answer in *content*; raise ListingUnreadable where it is none of arXiv's."""
    document = open_document(content, f"{_OAI}record")
    root = document.root
    if root.tag != f"{_OAI}OAI-PMH":
        raise ListingUnreadable("This is no answer by OAI-PMH; save one of oaipmh.arxiv.org.")
    error = root.find(f"{_OAI}error")
    if error is not None:
        return Page(
            code=str(error.get("code") or "unknown"), message=text(root, f"{_OAI}error")[:200]
        )
    records: list[Record] = []
    warnings: list[ListingWarning] = []
    for piece in document.pieces:
        header = piece.find(f"{_OAI}header")
        if header is None or header.get("status") == "deleted":
            continue
        record = _record(piece, header)
        if record is None:
            message = "a record without a title or an arXiv id was left out."
            warnings.append(ListingWarning(line=line_of(piece), message=message))
        else:
            records.append(record)
    if document.end is not None:
        message = "the answer breaks off here; what is whole was taken, the rest is missing."
        warnings.append(ListingWarning(line=document.end, message=message))
    return Page(
        records=tuple(records),
        warnings=tuple(warnings),
        token=text(root, f"{_OAI}ListRecords/{_OAI}resumptionToken"),
        is_cut=document.end is not None,
    )


def _record(piece: Element, header: Element) -> Record | None:
    """Return a record, None where it names no paper; raise where it is in another format."""
    metadata = piece.find(f"{_OAI}metadata")
    found = None if metadata is None else next(iter(metadata), None)
    if found is None:
        return None
    datestamp = day_of(text(header, f"{_OAI}datestamp"))
    # Which namespace it is in does not matter: some who pass records on lose that.
    start, end, name = str(found.tag).rpartition("}")
    match name:
        case "arXiv":
            entry = _own_entry(found, start + end, datestamp)
        case "arXivRaw":
            entry = _raw_entry(found, start + end, datestamp)
        case _:
            raise ListingUnreadable(
                "These records are in a format that leaves too much out; ask for arXiv or arXivRaw."
            )
    if entry is None:
        return None
    return Record(
        identifier=text(header, f"{_OAI}identifier") or f"{entry.arxiv_id}",
        datestamp=datestamp,
        entry=entry,
    )


def _own_entry(found: Element, space: str, datestamp: date | None) -> Entry | None:
    names = []
    for author in found.findall(f"{space}authors/{space}author"):
        parts = (text(author, f"{space}{part}") for part in ("forenames", "keyname", "suffix"))
        names.append(full_name(*parts))
    places = texts(found, f"{space}authors/{space}author/{space}affiliation")
    return _entry(
        found,
        space,
        # A colon after a collaboration is an author of its own there.
        authors=tuple(dict.fromkeys(filter(is_name, names))),
        institutions=affiliations(places),
        created=day_of(text(found, f"{space}created")),
        datestamp=datestamp,
    )


def _raw_entry(found: Element, space: str, datestamp: date | None) -> Entry | None:
    versions = found.findall(f"{space}version")
    authors, institutions = people(text(found, f"{space}authors"))
    entry = _entry(
        found,
        space,
        authors=authors,
        institutions=institutions,
        created=_sent_on(text(versions[0], f"{space}date")) if versions else None,
        datestamp=datestamp,
    )
    if entry is None:
        return None
    numbers = [version_of(f"0{version.get('version', '')}") for version in versions]
    return replace(
        entry,
        version=max(filter(None, numbers), default=None),
        submitter=readable_name(text(found, f"{space}submitter")),
    )


def _sent_on(words: str) -> date | None:
    """Return the day, in UTC, of an RFC 822 time, None where it is none."""
    try:
        moment = parsedate_to_datetime(words)
        return (moment.astimezone(UTC) if moment.tzinfo else moment).date()
    except (ValueError, OverflowError):
        return None


def _entry(
    found: Element,
    space: str,
    *,
    authors: tuple[str, ...],
    institutions: tuple[str, ...],
    created: date | None,
    datestamp: date | None,
) -> Entry | None:
    """Return what both formats say in the same way, in the namespace *space*."""
    arxiv_id, title = bare_arxiv_id(text(found, f"{space}id")), text(found, f"{space}title")
    if arxiv_id is None or not title:
        return None
    abstract, comment = text(found, f"{space}abstract"), text(found, f"{space}comments")
    published = _first_day(arxiv_id, created)
    return Entry(
        title=title,
        abstract=abstract,
        authors=authors,
        author_count=len(authors) or None,
        published=published,
        categories=tuple(dict.fromkeys(text(found, f"{space}categories").split())),
        institutions=institutions,
        arxiv_id=arxiv_id,
        doi=first_doi(text(found, f"{space}doi")),
        announcement=_announcement(arxiv_id, published, datestamp),
        primary_first=True,
        comment=comment,
        journal=text(found, f"{space}journal-ref"),
        withdrawn=withdrawn(abstract, comment),
    )


def _first_day(arxiv_id: str, created: date | None) -> date | None:
    """Return *created* if it can be the day of the first version, else None.

    A record may date its current version instead: that is after the month of the id.
    """
    ends = month_ends(arxiv_id)
    return created if created and ends and created <= ends else None


def _announcement(arxiv_id: str, published: date | None, datestamp: date | None) -> Announcement:
    """Return UPDATE for a change of an older paper: any change brings a record anew."""
    known = published or month_ends(arxiv_id)
    if known and datestamp and datestamp - known > NEWS:
        return Announcement.UPDATE
    return Announcement.NEW
