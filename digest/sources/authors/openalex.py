"""OpenAlex, asked for papers, and then for those who wrote them."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from digest.models.papers import AuthorFigures, Byline, Paper, identity_keys
from digest.sources.authors.answers import (
    KEY_REFUSED,
    batches,
    content_of,
    count,
    is_row,
    refused,
    text,
    unreadable,
)
from digest.sources.http import OPENALEX, Client

BATCH = 50
"""How many papers or authors one question names; more make an address too long for some."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Person:
    """An author in the words of a paper; *author_id* ("A5023888391") is empty if nobody's."""

    name: str
    author_id: str


class OpenAlex:
    """Authors of papers with an arXiv id or a DOI, by the API at *url*.

    It knows a new preprint after two days, and undercounts citations of preprints.
    """

    name = "OpenAlex"

    def __init__(self, client: Client, *, url: str, key: str = "") -> None:
        self._client = client
        self._url = url.rstrip("/")
        self._key = key

    def look_up(self, papers: Sequence[Paper]) -> Iterator[Byline]:
        """Yield the authors of each of *papers* that it knows; raise SourceError.

        Those without an arXiv id and a DOI are left out.
        """
        asked = [(doi, paper) for paper in papers for doi in _dois(paper)]
        known: dict[str, AuthorFigures] = {}
        told: set[str] = set()
        for batch in batches(asked, BATCH):
            bylines = self._people({doi: paper.id for doi, paper in batch if paper.id not in told})
            told.update(bylines)
            new = {person.author_id for people in bylines.values() for person in people}
            known.update(self._figures(sorted(new - known.keys() - {""})))
            for paper_id, people in bylines.items():
                yield Byline(
                    paper_id=paper_id,
                    authors=tuple(_named(person, known.get(person.author_id)) for person in people),
                )

    def _people(self, paper_ids: Mapping[str, str]) -> dict[str, tuple[_Person, ...]]:
        """Return who wrote each of the papers, by its id; *paper_ids* are by DOI."""
        found: dict[str, tuple[_Person, ...]] = {}
        if not paper_ids:
            return found
        addresses = "|".join(f"{_DOI_ADDRESS}{doi}" for doi in paper_ids)
        for work in self._ask("works", f"doi:{addresses}", "id,doi,authorships"):
            doi = text(work, "doi").lower().removeprefix(_DOI_ADDRESS)
            people = _authorships(work)
            if people and doi in paper_ids:
                found.setdefault(paper_ids[doi], people)
        return found

    def _figures(self, author_ids: list[str]) -> dict[str, AuthorFigures]:
        found = {}
        for batch in batches(author_ids, BATCH):
            for author in self._ask("authors", f"openalex:{'|'.join(batch)}", _AUTHOR_FIELDS):
                author_id = _author_id(author)
                if author_id:
                    found[author_id] = _figures_of(author, author_id)
        return found

    def _ask(self, what: str, wanted: str, fields: str) -> list[Mapping[str, Any]]:
        """Return the rows of *what* that the filter *wanted* finds, those of odd shape left out."""
        parameters = {"filter": wanted, "select": fields, "per-page": str(BATCH)}
        if self._key:
            # The header it once took is in no documentation any more.
            parameters["api_key"] = self._key
        reply = self._client.get(
            f"{self._url}/{what}", manners=OPENALEX, parameters=parameters, accept=KEY_REFUSED
        )
        if reply.status in KEY_REFUSED:
            raise refused(name=self.name, has_key=bool(self._key))
        content = content_of(reply, name=self.name)
        rows = content.get("results") if is_row(content) else None
        if not isinstance(rows, list):
            raise unreadable(self.name)
        return [row for row in rows if is_row(row)]


def _dois(paper: Paper) -> Iterator[str]:
    """Yield the DOIs of *paper* in lower case, that of its preprint first."""
    for key in identity_keys(paper):
        kind, _, name = key.partition(":")
        doi = f"{_ARXIV_DOI}{name}" if kind == "arxiv" else name if kind == "doi" else ""
        # A bar or a comma would mean something to the filter.
        if doi and len(doi) <= _LONGEST_DOI and not _SPECIAL.search(doi):
            yield doi


def _authorships(work: Mapping[str, Any]) -> tuple[_Person, ...]:
    rows = work.get("authorships")
    people = []
    for row in rows if isinstance(rows, list) else ():
        if not is_row(row):
            continue
        author = row.get("author")
        author = author if is_row(author) else {}
        if name := text(author, "display_name") or text(row, "raw_author_name"):
            people.append(_Person(name=name, author_id=_author_id(author)))
    return tuple(people)


def _author_id(author: Mapping[str, Any]) -> str:
    match = _AUTHOR.fullmatch(text(author, "id"))
    return match["id"].upper() if match else ""


def _named(person: _Person, figures: AuthorFigures | None) -> AuthorFigures:
    if figures is not None:
        return figures if figures.name else replace(figures, name=person.name)
    identity = f"openalex:{person.author_id}" if person.author_id else ""
    return AuthorFigures(name=person.name, identity=identity)


def _figures_of(author: Mapping[str, Any], author_id: str) -> AuthorFigures:
    stats = author.get("summary_stats")
    h_index = count(stats, "h_index") if is_row(stats) else None
    paper_count = count(author, "works_count")
    if not h_index and (paper_count or 0) <= 1:
        # Half of those who write a fresh preprint get a new id at first, which is joined to
        # their own much later: a zero of such a fragment says nothing about its author.
        h_index = None
    return AuthorFigures(
        name=text(author, "display_name"),
        identity=f"openalex:{author_id}",
        h_index=h_index,
        paper_count=paper_count,
        citations=count(author, "cited_by_count"),
    )


_DOI_ADDRESS = "https://doi.org/"
_ARXIV_DOI = "10.48550/arxiv."
_LONGEST_DOI = 100  # fifty of them are still an address that servers take
_SPECIAL = re.compile(r"[|,!\s]")
_AUTHOR = re.compile(r"(?:https?://openalex\.org/)?(?P<id>[Aa]\d{1,20})", re.ASCII)
_AUTHOR_FIELDS = "id,display_name,summary_stats,works_count,cited_by_count"
