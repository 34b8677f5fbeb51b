"""One paper of many records: a join, so that neither order nor repetition changes it.

Each field takes the value of the source that is believed most; of two values from equally
trusted sources that of the later version, then the longer, then the one that sorts last.
That is a maximum, and a maximum does not mind in which order it is taken.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from types import MappingProxyType
from typing import Any

from digest.models.papers.identity import family_name, identity_keys
from digest.models.papers.values import Entry, Origin, Paper

TRUST: Mapping[str, int] = MappingProxyType({"arXiv": 3, "Hugging Face": 2, "saved pages": 0})
"""How far each source is believed where two differ; feeds, and others not named, 1."""

_OTHERS = 1

# What one source's word is taken for whole; the other fields are unions, or the most of all.
CHOSEN = (
    "title",
    "abstract",
    "summary",
    "doi",
    "arxiv_id",
    "code_url",
    "project_url",
    "submitter",
    "thumbnail_url",
    "comment",
    "journal",
    "withdrawn",
)


def new_paper(entry: Entry, *, source: str = "") -> Paper:
    """Return the paper that *entry* of *source* tells of, its id decided by its surest key.

    Titles without a letter give no key; such papers differ by the title as it stands.
    """
    keys = identity_keys(entry)
    surest = keys[:1] or (f"title:{entry.title}",)
    who = "|".join(entry.authors) if surest[0].startswith("title:") else ""
    digest = hashlib.sha256(f"{surest}{who}".encode()).hexdigest()
    categories = _full_categories(entry.categories)
    told = {name: getattr(entry, name) for name in CHOSEN}
    origins = [name for name, value in told.items() if _is_told(value)]
    if entry.authors:
        origins.append("authors")
    if entry.primary_first and entry.categories:
        origins.append("primary category")
        categories = (entry.categories[0], *(set(categories) - {entry.categories[0]}))
    return Paper(
        id=digest[:16],
        **told,
        authors=entry.authors,
        author_count=entry.author_count,
        published=entry.published,
        categories=_in_order(categories, primary_first=entry.primary_first),
        institutions=_sorted(entry.institutions),
        has_code=entry.has_code or entry.code_url is not None,
        keywords=_sorted(entry.keywords),
        version=entry.version,
        also_named=_also_named(entry.authors, entry.authors),
        known_as=keys,
        origins=tuple(Origin(name, source, entry.version or 0) for name in sorted(origins)),
    )


def merge(paper: Paper, other: Entry | Paper, *, source: str = "") -> Paper:
    """Return *paper* with what *other*, an entry of *source*, adds; its id stays.

    The order in which records are merged does not matter, nor does merging one twice, and
    what one record left out never erases what another knew.
    """
    if isinstance(other, Entry):
        other = new_paper(other, source=source)
    mine, theirs = _by_field(paper), _by_field(other)
    origins: dict[str, Origin] = {}
    chosen: dict[str, Any] = {}
    for name in CHOSEN:
        chosen[name], origins[name] = _chosen(name, paper, other, mine, theirs)
    authors, origins["authors"] = _fuller(paper, other, mine, theirs)
    first, origins["primary category"] = _primary(paper, other, mine, theirs)
    categories = _full_categories(paper.categories + other.categories)
    return replace(
        paper,
        **chosen,
        authors=authors,
        also_named=_also_named(
            authors, paper.authors + paper.also_named + other.authors + other.also_named
        ),
        author_count=_largest(paper.author_count, other.author_count),
        published=_earliest(paper.published, other.published),
        categories=_in_order((*first, *categories), primary_first=bool(first)),
        institutions=_sorted(paper.institutions + other.institutions),
        has_code=paper.has_code or other.has_code,
        keywords=_sorted(paper.keywords + other.keywords),
        version=_largest(paper.version, other.version),
        known_as=_surest_first({*identity_keys(paper), *identity_keys(other)}),
        origins=tuple(origins[name] for name in sorted(origins) if origins[name].field),
    )


_NOWHERE = Origin("", "")


def _is_told(value: object) -> bool:
    return value is not None and value != ""


def _by_field(paper: Paper) -> dict[str, Origin]:
    return {origin.field: origin for origin in paper.origins}


def _weight(origin: Origin) -> tuple[int, int, str]:
    return TRUST.get(origin.source, _OTHERS), origin.version, origin.source


def _chosen(
    name: str,
    one: Paper,
    other: Paper,
    mine: Mapping[str, Origin],
    theirs: Mapping[str, Origin],
) -> tuple[Any, Origin]:
    """Return the value of the field that is believed, and where it is from."""
    return max(
        (
            (getattr(paper, name), origins.get(name, _NOWHERE._replace(field=name)))
            for paper, origins in ((one, mine), (other, theirs))
            if _is_told(getattr(paper, name))
        ),
        key=lambda told: (_weight(told[1])[:2], _length(told[0]), str(told[0]), told[1].source),
        default=(getattr(one, name), _NOWHERE),
    )


def _length(value: str | bool) -> int:  # noqa: FBT001 - a field of either type
    # Of two words of one version, that a paper was withdrawn is the later one.
    return int(value) if isinstance(value, bool) else len(value)


def _fuller(
    one: Paper, other: Paper, mine: Mapping[str, Origin], theirs: Mapping[str, Origin]
) -> tuple[tuple[str, ...], Origin]:
    """Return the longer list of authors, and where it is from."""
    return max(
        (
            (paper.authors, origins.get("authors", _NOWHERE._replace(field="authors")))
            for paper, origins in ((one, mine), (other, theirs))
            if paper.authors
        ),
        key=lambda told: (len(told[0]), _weight(told[1])[:2], told[0], told[1].source),
        default=((), _NOWHERE),
    )


def _primary(
    one: Paper, other: Paper, mine: Mapping[str, Origin], theirs: Mapping[str, Origin]
) -> tuple[tuple[str, ...], Origin]:
    """Return the primary category, if either knows it, and where that is from."""
    name = "primary category"
    return max(
        (
            (paper.categories[:1], origins[name])
            for paper, origins in ((one, mine), (other, theirs))
            if name in origins
        ),
        key=lambda told: (_weight(told[1]), told[0]),
        default=((), _NOWHERE),
    )


def _also_named(authors: tuple[str, ...], everybody: Iterable[str]) -> tuple[str, ...]:
    """Return whom *authors* leaves out of *everybody*, or shortens; the longest form of each.

    Nobody is dropped, so that a listing which was this paper once is so for ever.
    """
    longest: dict[str, str] = {}
    for name in everybody:
        family = family_name(name)
        longest[family] = max(longest.get(family, ""), name, key=lambda form: (len(form), form))
    return tuple(sorted(set(longest.values()) - set(authors)))


def _surest_first(keys: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(keys, key=lambda key: (_SUREST.index(key.partition(":")[0]), key)))


_SUREST = ("arxiv", "doi", "title")


def _largest(*counts: int | None) -> int | None:
    return max((count for count in counts if count is not None), default=None)


def _earliest(*days: date | None) -> date | None:
    return min((day for day in days if day is not None), default=None)


def _sorted(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(set(names), key=lambda name: (name.casefold(), name)))


def _full_categories(categories: tuple[str, ...]) -> tuple[str, ...]:
    """Return *categories* without a bare "CL" that a "cs.CL" makes superfluous."""
    full = {category.rpartition(".")[2] for category in categories if "." in category}
    return tuple(name for name in categories if "." in name or name not in full)


def _in_order(categories: tuple[str, ...], *, primary_first: bool) -> tuple[str, ...]:
    """Return each of *categories* once: the primary one, if known, then the others sorted."""
    first = categories[:1] if primary_first else ()
    return first + tuple(name for name in _sorted(categories) if name not in first)
