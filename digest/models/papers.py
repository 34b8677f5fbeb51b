"""Papers, the listings that announce them, and how often each was seen with which counts."""

import hashlib
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from digest.models.notation import readable


class ListingKind(StrEnum):
    """What sort of page or feed a listing is."""

    DAILY = "daily"
    AUTHOR = "author"
    BIBLIOGRAPHY = "bibliography"


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorFigures:
    """What a page says of one author; None where it does not say.

    *novelty* and *ai_score* run from 0 to 100.
    """

    name: str
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
    *author_count*. *score* is the page's own, 0 to 100.
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


@dataclass(frozen=True, slots=True, kw_only=True)
class ListingWarning:
    """What could not be understood, and on which line (from 1) of the page."""

    line: int
    message: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.message}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """What a source announced on one *day*; None where it names no day."""

    kind: ListingKind
    source: str
    day: date | None
    entries: tuple[Entry, ...]
    author: AuthorFigures | None = None
    warnings: tuple[ListingWarning, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """One work, as the union of what every listing knew of it."""

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


def title_key(title: str) -> str:
    """Return the normal form two printings of one title share: letters and digits alone.

    TeX and Unicode forms fall together, and so do case, hyphens, accents and line breaks.
    """
    plain = unicodedata.normalize("NFKD", readable(title)).casefold()
    return "".join(letter for letter in plain if letter.isalnum())


def bare_arxiv_id(text: str) -> str | None:
    """Return the version-less arXiv id in *text* (an id, a link or a DOI of one), else None.

    The class in an old id is no part of it: math.GT/0309136 is math/0309136.
    """
    match = _ARXIV_ID.search(text)
    if match is None:
        return None
    return match["id"] or f"{match['archive']}/{match['number']}".lower()


_ARXIV_ID = re.compile(
    r"""
    (?: ^ | [/:\s(\[] | (?<=arxiv) \. )
    (?: (?P<id> \d\d (?:0[1-9]|1[0-2]) \. \d{4,5} )
      | (?P<archive> [a-z][a-z-]+ ) (?:\.[A-Z]{2})? / (?P<number> \d{7} )
    )
    (?: v\d+ )? (?: \.pdf )?
    (?= $ | [\s?#/)\],;] | \.(?:\s|$) )
    """,
    re.IGNORECASE | re.VERBOSE | re.ASCII,
)


def identity_keys(work: Entry | Paper) -> tuple[str, ...]:
    """Return the keys *work* can be known by, surest first: arXiv id, DOI, title.

    A shared arXiv id or DOI makes two records one; a shared title does where their
    authors do not speak against it: see `same_work`.
    """
    keys = []
    doi = _bare_doi(work.doi or "")
    is_of_arxiv = doi.startswith(_ARXIV_DOI)
    arxiv_id = bare_arxiv_id(work.arxiv_id or "") or (bare_arxiv_id(doi) if is_of_arxiv else None)
    if arxiv_id:
        keys.append(f"arxiv:{arxiv_id}")
    if doi and not is_of_arxiv:
        keys.append(f"doi:{doi}")
    if title := title_key(work.title):
        keys.append(f"title:{title}")
    return tuple(keys)


def _bare_doi(text: str) -> str:
    """Return the DOI in *text*, which may be a link to it, in lower case."""
    return _DOI_PREFIX.sub("", text.strip().lower())


_DOI_PREFIX = re.compile(r"^(?:https?://(?:dx\.)?doi\.org/|doi:\s*)")
# A preprint and its publication have different DOIs, and are one work all the same.
_ARXIV_DOI = "10.48550/arxiv."


def same_work(one: Entry | Paper, other: Entry | Paper) -> bool:
    """Return whether two records that share a key are of one work.

    Different arXiv ids or DOIs say no, a shared one says yes. Else the title decides,
    unless both name authors and no family name is common to them.
    """
    mine, theirs = identity_keys(one), identity_keys(other)
    for kind in ("arxiv:", "doi:"):
        left = [key for key in mine if key.startswith(kind)]
        right = [key for key in theirs if key.startswith(kind)]
        if left and right:
            return left == right
    if not set(mine) & set(theirs):
        return False
    if not one.authors or not other.authors:
        return True
    return not _family_names(one.authors).isdisjoint(_family_names(other.authors))


def _family_names(authors: Iterable[str]) -> frozenset[str]:
    return frozenset(map(_family_name, authors))


def _family_name(author: str) -> str:
    words = [title_key(word) for word in author.split()]
    while len(words) > 1 and words[-1] in _SUFFIXES:
        words.pop()
    return words[-1] if words else ""


_SUFFIXES = frozenset({"jr", "sr", "ii", "iii", "iv"})


def new_paper(entry: Entry) -> Paper:
    """Return the paper that *entry* tells of, with an id that its surest key decides.

    Titles without a letter give no key; such papers differ by the title as it stands.
    """
    keys = identity_keys(entry) or (f"title:{entry.title}",)
    who = "|".join(entry.authors) if keys[0].startswith("title:") else ""
    digest = hashlib.sha256(f"{keys[:1]}{who}".encode()).hexdigest()
    return merge(Paper(id=digest[:16], title=entry.title), entry)


def merge(paper: Paper, entry: Entry | Paper) -> Paper:
    """Return *paper* with what *entry* adds: the union, the fuller of two texts winning.

    Merging is idempotent, and what one listing left out never erases what another knew.
    """
    return replace(
        paper,
        title=paper.title or entry.title,
        abstract=max(paper.abstract, entry.abstract, key=len),
        summary=paper.summary or entry.summary,
        authors=_union_authors(paper, entry),
        author_count=_largest(paper.author_count, entry.author_count),
        published=_earliest(paper.published, entry.published),
        categories=_union_categories(paper.categories, entry.categories),
        institutions=_union(paper.institutions, entry.institutions),
        arxiv_id=paper.arxiv_id or entry.arxiv_id,
        doi=paper.doi or entry.doi,
        has_code=paper.has_code or entry.has_code or entry.code_url is not None,
        code_url=paper.code_url or entry.code_url,
        project_url=paper.project_url or entry.project_url,
    )


def _union_authors(paper: Paper, entry: Entry | Paper) -> tuple[str, ...]:
    """Return the longer list, and after it whom only the other names.

    Nobody is dropped, so that a listing which was this paper once is so for ever.
    """
    fuller, other = paper.authors, entry.authors
    if len(other) > len(fuller):
        fuller, other = other, fuller
    known = _family_names(fuller)
    return fuller + tuple(name for name in other if _family_name(name) not in known)


def _largest(*counts: int | None) -> int | None:
    return max((count for count in counts if count is not None), default=None)


def _earliest(*days: date | None) -> date | None:
    return min((day for day in days if day is not None), default=None)


def _union(known: tuple[str, ...], more: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(known + more))


def _union_categories(known: tuple[str, ...], more: tuple[str, ...]) -> tuple[str, ...]:
    """Return the union, in which "cs.CL" makes a bare "CL" superfluous."""
    union = _union(known, more)
    full = {category.rpartition(".")[2] for category in union if "." in category}
    return tuple(category for category in union if "." in category or category not in full)
