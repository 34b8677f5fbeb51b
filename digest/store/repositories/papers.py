"""The archive."""

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, delete, func, select, update

from digest.models.papers import AuthorFigures, Paper, Sighting, identity_keys
from digest.store.columns import storable
from digest.store.statements import chunks, insert_new, insert_or_replace
from digest.store.tables import author_figures, paper_keys, papers, sightings


class SqlPapers:
    """Papers, what they are known by, and where they were seen."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def sharing(self, keys: Collection[str]) -> Sequence[Paper]:
        """Return every paper that has one of the identity *keys*, oldest first."""
        found: dict[int, Paper] = {}
        for chunk in chunks({_indexable(key) for key in keys}):
            having = select(paper_keys.c.paper_id).where(paper_keys.c.key.in_(chunk))
            rows = self._connection.execute(select(papers).where(papers.c.id.in_(having)))
            found |= {row.number: _paper(row) for row in rows}
        return [found[number] for number in sorted(found)]

    def keep(self, kept: Iterable[Paper]) -> None:
        """Insert papers, or replace those of the same id, with their identity keys."""
        # In order of id, so that two who keep the same papers wait for each other in turn.
        by_id = {paper.id: paper for paper in kept}
        for chunk in chunks(by_id[id_] for id_ in sorted(by_id)):
            insert_or_replace(
                self._connection, papers, [_paper_record(paper) for paper in chunk], key=["id"]
            )
            ids = [paper.id for paper in chunk]
            self._connection.execute(delete(paper_keys).where(paper_keys.c.paper_id.in_(ids)))
            keys = [
                {"key": _indexable(key), "paper_id": paper.id}
                for paper in chunk
                for key in identity_keys(paper)
            ]
            insert_new(self._connection, paper_keys, keys, returning=paper_keys.c.key)

    def see(self, seen: Iterable[Sighting]) -> int:
        """Add the sightings we did not have, and counts they lacked; return how many are new."""
        added = 0
        for chunk in chunks(seen):
            records = [asdict(sighting) for sighting in chunk]
            added += len(
                insert_new(self._connection, sightings, records, returning=sightings.c.paper_id)
            )
            if counted := [record for record in records if _has_count(record)]:
                self._connection.execute(_FILL_IN, [_filling(record) for record in counted])
        return added

    def get(self, ids: Collection[str]) -> Mapping[str, Paper]:
        """Return the papers of *ids* that we have, by id."""
        found: dict[str, Paper] = {}
        for chunk in chunks(set(ids)):
            rows = self._connection.execute(select(papers).where(papers.c.id.in_(chunk)))
            found |= {row.id: _paper(row) for row in rows}
        return found

    def listed(self, first: date, last: date) -> Sequence[Paper]:
        """Return the papers that stood in a listing from *first* to *last*, by id."""
        listed = select(sightings.c.paper_id).where(sightings.c.listed_on.between(first, last))
        statement = select(papers).where(papers.c.id.in_(listed)).order_by(papers.c.id)
        return [_paper(row) for row in self._connection.execute(statement)]

    def sightings(self, ids: Collection[str], *, until: date) -> Sequence[Sighting]:
        """Return all sightings of *ids* listed up to *until*, oldest first."""
        found: list[Sighting] = []
        for chunk in chunks(set(ids)):
            statement = select(sightings).where(
                sightings.c.paper_id.in_(chunk), sightings.c.listed_on <= until
            )
            found += [_sighting(row) for row in self._connection.execute(statement)]
        return sorted(found, key=lambda s: (s.seen_at, s.listed_on, s.paper_id, s.source))

    def archive(self, limit: int) -> Sequence[Paper]:
        """Return the *limit* papers we came to know last, newest first."""
        statement = select(papers).order_by(papers.c.number.desc()).limit(limit)
        return [_paper(row) for row in self._connection.execute(statement)]

    def count(self) -> int:
        """Return how many papers we know."""
        return self._connection.scalar(select(func.count()).select_from(papers)) or 0

    def keep_author(self, figures: AuthorFigures, *, seen_at: datetime) -> None:
        """Add what was said of an author at *seen_at* to what was said before."""
        record = asdict(figures) | {"key": _indexable(figures.name), "seen_at": seen_at}
        insert_or_replace(self._connection, author_figures, [record], key=["key", "seen_at"])

    def authors(self) -> Mapping[str, AuthorFigures]:
        """Return the latest figures of each author, by name."""
        latest = (
            select(author_figures.c.key, func.max(author_figures.c.seen_at).label("seen_at"))
            .group_by(author_figures.c.key)
            .subquery()
        )
        statement = (
            select(author_figures)
            .join(
                latest,
                (author_figures.c.key == latest.c.key)
                & (author_figures.c.seen_at == latest.c.seen_at),
            )
            .order_by(author_figures.c.name)
        )
        return {row.name: _figures(row) for row in self._connection.execute(statement)}


_LONGEST_KEY = 200


def _indexable(key: str) -> str:
    """Return *key*, or a digest of one too long: PostgreSQL indexes at most 2,704 bytes."""
    key = storable(key)
    if len(key) <= _LONGEST_KEY:
        return key
    kind, _, _ = key.partition(":")
    digest = hashlib.sha256(key.encode()).hexdigest()
    return f"{kind[:16]}#{digest}"


def _paper_record(paper: Paper) -> dict[str, Any]:
    return asdict(paper)


def _paper(row: Row[*tuple[Any, ...]]) -> Paper:
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
    )


def _sighting(row: Row[*tuple[Any, ...]]) -> Sighting:
    return Sighting(
        paper_id=row.paper_id,
        source=row.source,
        listed_on=row.listed_on,
        seen_at=row.seen_at,
        position=row.position,
        upvotes=row.upvotes,
        comments=row.comments,
        stars=row.stars,
        score=row.score,
    )


def _figures(row: Row[*tuple[Any, ...]]) -> AuthorFigures:
    return AuthorFigures(
        name=row.name,
        field=row.field,
        h_index=row.h_index,
        paper_count=row.paper_count,
        citations=row.citations,
        novelty=row.novelty,
        ai_score=row.ai_score,
    )


_COUNTS = ("upvotes", "comments", "stars", "score")


def _has_count(record: Mapping[str, Any]) -> bool:
    return any(record[name] is not None for name in _COUNTS)


def _filling(record: Mapping[str, Any]) -> dict[str, Any]:
    return {f"this_{name}": record[name] for name in _KEY} | {
        f"its_{name}": record[name] for name in _COUNTS
    }


_KEY = ("paper_id", "source", "listed_on", "seen_at")
# Two pages of one day may show one paper, and only the second how many votes it has.
_FILL_IN = (
    update(sightings)
    .where(*(sightings.c[name] == bindparam(f"this_{name}") for name in _KEY))
    .values({name: func.coalesce(sightings.c[name], bindparam(f"its_{name}")) for name in _COUNTS})
)
