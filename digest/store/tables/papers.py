"""Papers, where they were seen, and who wrote them."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    Double,
    ForeignKey,
    Index,
    Integer,
    Named,
    Table,
    TypedColumns,
)

from digest.store.columns import Document, Instant, Serial, Words
from digest.store.tables.metadata import metadata


class PaperColumns(TypedColumns):
    """A paper; *number* is the order in which we came to know them.

    *search_text* is what a search looks through, casefolded. It comes last, for SQLite walks
    over what comes before.
    """

    number: Named[int] = Column(Serial, primary_key=True)
    id: Named[str] = Column(Words, unique=True)
    title: Named[str] = Column(Words)
    abstract: Named[str] = Column(Words)
    summary: Named[str] = Column(Words)
    authors: Named[Any] = Column(Document, nullable=False)
    author_count: Named[int | None] = Column(BigInteger)
    published: Named[date | None] = Column(Date)
    categories: Named[Any] = Column(Document, nullable=False)
    institutions: Named[Any] = Column(Document, nullable=False)
    arxiv_id: Named[str | None] = Column(Words)
    doi: Named[str | None] = Column(Words)
    has_code: Named[bool] = Column(Boolean)
    code_url: Named[str | None] = Column(Words)
    project_url: Named[str | None] = Column(Words)
    # The defaults are for the rows that were there before these columns.
    keywords: Named[Any] = Column(Document, nullable=False, server_default="[]")
    submitter: Named[str] = Column(Words, server_default="")
    thumbnail_url: Named[str | None] = Column(Words)
    comment: Named[str] = Column(Words, server_default="")
    journal: Named[str] = Column(Words, server_default="")
    version: Named[int | None] = Column(BigInteger)
    withdrawn: Named[bool | None] = Column(Boolean)
    also_named: Named[Any] = Column(Document, nullable=False, server_default="[]")
    known_as: Named[Any] = Column(Document, nullable=False, server_default="[]")
    origins: Named[Any] = Column(Document, nullable=False, server_default="[]")
    authors_asked_at: Named[datetime | None] = Column(Instant)
    search_text: Named[str] = Column(Words, server_default="")


class PaperKeyColumns(TypedColumns):
    """What a paper can be known by; several papers may share a title."""

    key: Named[str] = Column(Words, primary_key=True)
    paper_id: Named[str] = Column(Words, ForeignKey("papers.id"), primary_key=True, index=True)


class PaperAliasColumns(TypedColumns):
    """The *id* of a paper that turned out to be another: always the one that there is."""

    id: Named[str] = Column(Words, primary_key=True)
    paper_id: Named[str] = Column(Words, ForeignKey("papers.id"), index=True)


class SightingColumns(TypedColumns):
    """A paper seen in a listing at a time, with the counts shown then."""

    paper_id: Named[str] = Column(Words, ForeignKey("papers.id"), primary_key=True)
    source: Named[str] = Column(Words, primary_key=True)
    listed_on: Named[date] = Column(Date, primary_key=True)
    seen_at: Named[datetime] = Column(Instant, primary_key=True)
    position: Named[int | None] = Column(BigInteger)
    upvotes: Named[int | None] = Column(BigInteger)
    comments: Named[int | None] = Column(BigInteger)
    stars: Named[int | None] = Column(BigInteger)
    score: Named[float | None] = Column(Double)


class AuthorFigureColumns(TypedColumns):
    """What was said of an author at a time.

    *key* is the identity, or where there is none the name, short enough for an index.
    """

    key: Named[str] = Column(Words, primary_key=True)
    seen_at: Named[datetime] = Column(Instant, primary_key=True)
    name: Named[str] = Column(Words)
    field: Named[str | None] = Column(Words)
    h_index: Named[int | None] = Column(BigInteger)
    paper_count: Named[int | None] = Column(BigInteger)
    citations: Named[int | None] = Column(BigInteger)
    novelty: Named[float | None] = Column(Double)
    ai_score: Named[float | None] = Column(Double)
    identity: Named[str] = Column(Words, server_default="")


class BylineColumns(TypedColumns):
    """An author of a paper, at a *position* from 1, by the key of the figures."""

    paper_id: Named[str] = Column(Words, ForeignKey("papers.id"), primary_key=True)
    position: Named[int] = Column(Integer, primary_key=True)
    author_key: Named[str] = Column(Words)
    name: Named[str] = Column(Words)


papers = Table("papers", metadata, PaperColumns)
paper_keys = Table("paper_keys", metadata, PaperKeyColumns)
paper_aliases = Table("paper_aliases", metadata, PaperAliasColumns)
sightings = Table(
    "sightings",
    metadata,
    SightingColumns,
    Index(None, "listed_on", "source", "paper_id", "seen_at"),
)
author_figures = Table("author_figures", metadata, AuthorFigureColumns)
bylines = Table("bylines", metadata, BylineColumns)
