"""Semantic Scholar, asked for whole batches of papers with their authors."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from digest.errors import SourceRefused
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
from digest.sources.http import SEMANTIC_SCHOLAR, Client

BATCH = 500
"""The most papers that one question may name."""


class SemanticScholar:
    """Authors of papers with an arXiv id or a DOI, by the Graph API at *url*."""

    name = "Semantic Scholar"

    def __init__(self, client: Client, *, url: str, key: str = "") -> None:
        self._client = client
        self._url = url.rstrip("/")
        self._key = key

    def look_up(self, papers: Sequence[Paper]) -> Iterator[Byline]:
        """Yield the authors of each of *papers* that it knows; raise SourceError.

        Those without an arXiv id and a DOI are left out.
        """
        asked = [(name, paper) for paper in papers if (name := _name_of(paper))]
        for batch in batches(asked, BATCH):
            yield from self._batch(batch)

    def _batch(self, batch: list[tuple[str, Paper]]) -> Iterator[Byline]:
        rows = self._ask([name for name, _ in batch])
        for (name, paper), row in zip(batch, rows, strict=True):
            # The answer is in the order of the question; a row of another paper is a fault.
            if is_row(row) and _may_be(row, name) and (authors := _authors(row)):
                yield Byline(paper_id=paper.id, authors=authors)

    def _ask(self, names: list[str]) -> list[Any]:
        """Return one row for each of *names*, None for a paper that it does not know."""
        reply = self._client.post(
            f"{self._url}/graph/v1/paper/batch",
            manners=SEMANTIC_SCHOLAR,
            json={"ids": names},
            parameters={"fields": _FIELDS},
            headers={"x-api-key": self._key} if self._key else {},
            accept=(_BAD_REQUEST, *KEY_REFUSED),
        )
        if reply.status in KEY_REFUSED:
            raise refused(name=self.name, has_key=bool(self._key))
        content = content_of(reply, name=self.name)
        problem = (text(content, "error") or text(content, "message")) if is_row(content) else ""
        # So it says that it knows not one of them.
        if reply.status == _BAD_REQUEST and _NONE_KNOWN.search(problem):
            return [None] * len(names)
        if reply.status == _BAD_REQUEST or problem:
            raise SourceRefused(
                f"{self.name} did not take our question; look for a newer version of this program."
            )
        if not isinstance(content, list) or len(content) != len(names):
            raise unreadable(self.name)
        return content


def _name_of(paper: Paper) -> str:
    """Return what Semantic Scholar knows *paper* by, "" where it can know it by nothing."""
    for key in identity_keys(paper):
        kind, _, name = key.partition(":")
        if kind in _KINDS:
            return f"{_KINDS[kind]}:{name}"
    return ""


def _may_be(row: Mapping[str, Any], name: str) -> bool:
    """Return whether *row* may be of the paper asked for as *name*.

    One paper can have several DOIs, but it has one arXiv id.
    """
    ids = row.get("externalIds")
    told = text(ids, "ArXiv") if is_row(ids) else ""
    kind, _, asked = name.partition(":")
    return not told or kind != _KINDS["arxiv"] or told.lower() == asked


def _authors(row: Mapping[str, Any]) -> tuple[AuthorFigures, ...]:
    authors = row.get("authors")
    if not isinstance(authors, list):
        return ()
    return tuple(figures for author in authors if is_row(author) and (figures := _figures(author)))


def _figures(author: Mapping[str, Any]) -> AuthorFigures | None:
    name = text(author, "name")
    if not name:
        return None
    author_id = text(author, "authorId")
    if not _AUTHOR_ID.fullmatch(author_id):
        # A name it could give to nobody comes with zeros, which are no figures.
        return AuthorFigures(name=name)
    return AuthorFigures(
        name=name,
        identity=f"s2:{author_id}",
        h_index=count(author, "hIndex"),
        paper_count=count(author, "paperCount"),
        citations=count(author, "citationCount"),
    )


_KINDS = {"arxiv": "ARXIV", "doi": "DOI"}
_FIELDS = (
    "externalIds,authors.authorId,authors.name,"
    "authors.hIndex,authors.paperCount,authors.citationCount"
)
_BAD_REQUEST = 400
_NONE_KNOWN = re.compile(r"no valid paper ids", re.IGNORECASE)
_AUTHOR_ID = re.compile(r"\d{1,20}", re.ASCII)
