"""A paper as a row, and back."""

from typing import Any

from sqlalchemy import Row, Select, select

from digest.models.papers import Origin, Paper
from digest.store.tables import papers

_COLUMNS = [
    column
    for column in papers.c
    if column not in {papers.c.number, papers.c.authors_asked_at, papers.c.search_text}
]


def selected() -> Select[*tuple[Any, ...]]:
    """Return the selection that `paper` reads the rows of."""
    return select(*_COLUMNS)


def record(paper: Paper) -> dict[str, Any]:
    """Return the row of *paper*; by hand, for `asdict` copies every value of it."""
    return {
        "id": paper.id,
        "title": paper.title,
        "abstract": paper.abstract,
        "summary": paper.summary,
        "authors": paper.authors,
        "author_count": paper.author_count,
        "published": paper.published,
        "categories": paper.categories,
        "institutions": paper.institutions,
        "arxiv_id": paper.arxiv_id,
        "doi": paper.doi,
        "has_code": paper.has_code,
        "code_url": paper.code_url,
        "project_url": paper.project_url,
        "keywords": paper.keywords,
        "submitter": paper.submitter,
        "thumbnail_url": paper.thumbnail_url,
        "comment": paper.comment,
        "journal": paper.journal,
        "version": paper.version,
        "withdrawn": paper.withdrawn,
        "also_named": paper.also_named,
        "known_as": paper.known_as,
        "origins": paper.origins,
        "search_text": _search_text(paper),
    }


def paper(row: Row[*tuple[Any, ...]]) -> Paper:
    """Return the paper of a *row* of `selected`."""
    return Paper(
        id=row.id,
        title=row.title,
        abstract=row.abstract,
        summary=row.summary,
        authors=tuple(row.authors),
        author_count=row.author_count,
        published=row.published,
        categories=tuple(row.categories),
        institutions=tuple(row.institutions),
        arxiv_id=row.arxiv_id,
        doi=row.doi,
        has_code=row.has_code,
        code_url=row.code_url,
        project_url=row.project_url,
        keywords=tuple(row.keywords),
        submitter=row.submitter,
        thumbnail_url=row.thumbnail_url,
        comment=row.comment,
        journal=row.journal,
        version=row.version,
        withdrawn=row.withdrawn,
        also_named=tuple(row.also_named),
        known_as=tuple(row.known_as),
        origins=tuple(Origin(*origin) for origin in row.origins),
    )


def _search_text(paper: Paper) -> str:
    # Neither database casefolds as Python does, nor both alike.
    words = (paper.title, *paper.authors, *paper.also_named, paper.abstract)
    return "\n".join(words).casefold()
