"""Papers, the listings that announce them, and how each was seen with which counts."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import NamedTuple


class ListingKind(StrEnum):
    """What sort of page or feed a listing is.

    The order of a DAILY page says something, that of a FEED does not. A CATALOGUE says what
    a source holds: a paper that was seen there before is not announced by it again.
    """

    DAILY = "daily"
    FEED = "feed"
    CATALOGUE = "catalogue"
    AUTHOR = "author"
    BIBLIOGRAPHY = "bibliography"


class Announcement(StrEnum):
    """What a listing says of a paper: it is NEW, CROSS-listed here, or known and changed.

    An UPDATE adds to a paper that we know, and announces nothing.
    """

    NEW = "new"
    CROSS = "cross"
    UPDATE = "update"


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorFigures:
    """What a page says of one author; None where it does not say.

    *novelty* and *ai_score* run from 0 to 100. *identity* is what the source knows that
    person by ("openalex:A5023888391"), empty where all it gives is a name.
    """

    name: str
    identity: str = ""
    field: str | None = None
    h_index: int | None = None
    paper_count: int | None = None
    citations: int | None = None
    novelty: float | None = None
    ai_score: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One paper as one listing shows it: the page's own words, nothing inferred.

    *title* and *abstract* keep their TeX. *authors* may be the first few of
    *author_count*. *score* is the page's own, 0 to 100. The first of *categories* is the
    primary one where *primary_first* says so. *version* is arXiv's, from 1; *withdrawn* is
    None where the source would not know.
    """

    title: str
    abstract: str = ""
    summary: str = ""
    authors: tuple[str, ...] = ()
    author_count: int | None = None
    published: date | None = None
    categories: tuple[str, ...] = ()
    institutions: tuple[str, ...] = ()
    arxiv_id: str | None = None
    doi: str | None = None
    has_code: bool = False
    code_url: str | None = None
    project_url: str | None = None
    upvotes: int | None = None
    comments: int | None = None
    stars: int | None = None
    score: float | None = None
    line: int | None = None
    announcement: Announcement = Announcement.NEW
    primary_first: bool = False
    keywords: tuple[str, ...] = ()
    submitter: str = ""
    thumbnail_url: str | None = None
    comment: str = ""
    journal: str = ""
    version: int | None = None
    withdrawn: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ListingWarning:
    """What could not be understood, and on which line (from 1) of the page."""

    line: int
    message: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.message}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """What a source announced on one *day*; None where it names no day.

    *seen_at* is when it was read, in UTC; None for a page that was saved on its day.
    """

    kind: ListingKind
    source: str
    day: date | None
    entries: tuple[Entry, ...]
    author: AuthorFigures | None = None
    warnings: tuple[ListingWarning, ...] = ()
    seen_at: datetime | None = None


class Origin(NamedTuple):
    """Which source a *field* of a paper is from, and at which version of the paper."""

    field: str
    source: str
    version: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """One work, as the union of what every listing knew of it.

    *authors* is the fullest list that one source gave; *also_named* are those, and fuller
    forms of their names, that only other lists have. *known_as* are the identity keys of
    every record that this work was recognised by. *origins* tells where each field is from.
    """

    id: str
    title: str
    abstract: str = ""
    summary: str = ""
    authors: tuple[str, ...] = ()
    author_count: int | None = None
    published: date | None = None
    categories: tuple[str, ...] = ()
    institutions: tuple[str, ...] = ()
    arxiv_id: str | None = None
    doi: str | None = None
    has_code: bool = False
    code_url: str | None = None
    project_url: str | None = None
    keywords: tuple[str, ...] = ()
    submitter: str = ""
    thumbnail_url: str | None = None
    comment: str = ""
    journal: str = ""
    version: int | None = None
    withdrawn: bool | None = None
    also_named: tuple[str, ...] = ()
    known_as: tuple[str, ...] = ()
    origins: tuple[Origin, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """A paper seen at a source at a time (UTC), with the counts shown then.

    *listed_on* is the day of the listing it stood in, *position* its place there, from 1.
    """

    paper_id: str
    source: str
    listed_on: date
    seen_at: datetime
    position: int | None = None
    upvotes: int | None = None
    comments: int | None = None
    stars: int | None = None
    score: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Byline:
    """Who wrote a paper, in the order of its authors, as an author directory knows them."""

    paper_id: str
    authors: tuple[AuthorFigures, ...]
