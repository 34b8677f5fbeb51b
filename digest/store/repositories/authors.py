"""Who writes papers, and what is said of them."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, delete, exists, func, insert, or_, select, update

from digest.models.papers import AuthorFigures, Byline
from digest.store.columns import indexable
from digest.store.repositories.aliases import held
from digest.store.statements import chunks, insert_or_replace
from digest.store.tables import author_figures, bylines, papers


class SqlAuthors:
    """Figures of authors, of which the latest count, and the papers they wrote."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def keep_author(self, figures: AuthorFigures, *, seen_at: datetime) -> None:
        """Add what was said of an author at *seen_at* to what was said before."""
        self._keep_figures([figures], seen_at)

    def keep_bylines(self, kept: Iterable[Byline], *, seen_at: datetime) -> None:
        """Keep the figures of all authors, and who of them wrote which paper.

        A byline without authors tells nothing, and takes the place of none.
        """
        told = [byline for byline in kept if byline.authors]
        for chunk in chunks(sorted(told, key=lambda byline: byline.paper_id)):
            today = held(self._connection, {byline.paper_id for byline in chunk})
            by_id = {today.get(byline.paper_id, byline.paper_id): byline for byline in chunk}
            self._keep_figures((each for byline in chunk for each in byline.authors), seen_at)
            self._connection.execute(delete(bylines).where(bylines.c.paper_id.in_(by_id)))
            rows = [
                {
                    "paper_id": paper_id,
                    "position": position,
                    "author_key": _key(author),
                    "name": author.name,
                }
                for paper_id, byline in by_id.items()
                for position, author in enumerate(byline.authors, start=1)
            ]
            self._connection.execute(insert(bylines), rows)

    def asked_authors(self, paper_ids: Collection[str], *, asked_at: datetime) -> None:
        """Note that the authors of those papers were looked up, whatever was found."""
        for chunk in chunks(sorted(set(paper_ids))):
            statement = update(papers).where(papers.c.id.in_(chunk))
            self._connection.execute(statement.values(authors_asked_at=asked_at))

    def byline(self, paper_id: str) -> Byline | None:
        """Return the authors of a paper with their latest figures; None if nobody told."""
        statement = (
            _latest(select(bylines.c.author_key).where(bylines.c.paper_id == paper_id))
            .add_columns(bylines.c.name.label("written"))
            .join(bylines, bylines.c.author_key == author_figures.c.key)
            .where(bylines.c.paper_id == paper_id)
            .order_by(bylines.c.position)
        )
        rows = self._connection.execute(statement).all()
        authors = tuple(replace(_figures(row), name=row.written) for row in rows)
        return Byline(paper_id=paper_id, authors=authors) if authors else None

    def authors(self) -> Mapping[str, AuthorFigures]:
        """Return the latest figures of each author, by identity, or by name where it has none."""
        statement = _latest().order_by(author_figures.c.name)
        found = map(_figures, self._connection.execute(statement))
        return {figures.identity or figures.name: figures for figures in found}

    def _keep_figures(self, kept: Iterable[AuthorFigures], seen_at: datetime) -> None:
        by_key = {_key(figures): _record(figures, seen_at) for figures in kept}
        records = [by_key[key] for key in sorted(by_key)]
        insert_or_replace(self._connection, author_figures, records, key=["key", "seen_at"])

    def _write_elsewhere(self, old: str, new: str) -> None:
        """Let the authors of paper *old* be those of *new*, unless somebody told of these."""
        mine, known = bylines.c.paper_id == old, bylines.c.paper_id == new
        if self._connection.scalar(select(exists().where(known))):
            self._connection.execute(delete(bylines).where(mine))
        else:
            self._connection.execute(update(bylines).where(mine).values(paper_id=new))
        asked_at = self._connection.scalar(_asked_at(old))
        if asked_at is not None:
            ours = papers.c.authors_asked_at
            statement = update(papers).where(
                papers.c.id == new, or_(ours.is_(None), ours < asked_at)
            )
            self._connection.execute(statement.values(authors_asked_at=asked_at))


def _key(figures: AuthorFigures) -> str:
    return indexable(figures.identity or figures.name)


def _asked_at(paper_id: str) -> Select[datetime | None]:
    return select(papers.c.authors_asked_at).where(papers.c.id == paper_id)


def _latest(keys: Select[str] | None = None) -> Select[*tuple[Any, ...]]:
    """Return the selection of the latest figures of each author, of *keys* if given."""
    moments = select(author_figures.c.key, func.max(author_figures.c.seen_at).label("seen_at"))
    if keys is not None:
        moments = moments.where(author_figures.c.key.in_(keys))
    latest = moments.group_by(author_figures.c.key).subquery()
    return select(author_figures).join(
        latest,
        (author_figures.c.key == latest.c.key) & (author_figures.c.seen_at == latest.c.seen_at),
    )


def _record(figures: AuthorFigures, seen_at: datetime) -> dict[str, Any]:
    return {
        "key": _key(figures),
        "seen_at": seen_at,
        "name": figures.name,
        "identity": figures.identity,
        "field": figures.field,
        "h_index": figures.h_index,
        "paper_count": figures.paper_count,
        "citations": figures.citations,
        "novelty": figures.novelty,
        "ai_score": figures.ai_score,
    }


def _figures(row: Row[*tuple[Any, ...]]) -> AuthorFigures:
    return AuthorFigures(
        name=row.name,
        identity=row.identity,
        field=row.field,
        h_index=row.h_index,
        paper_count=row.paper_count,
        citations=row.citations,
        novelty=row.novelty,
        ai_score=row.ai_score,
    )
