"""The archive."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, delete, func, or_, select

from digest.models.papers import Entry, Paper, identity_keys
from digest.store.columns import indexable
from digest.store.repositories.aliases import lead, moved
from digest.store.repositories.authors import SqlAuthors
from digest.store.repositories.paper_rows import paper, record, selected
from digest.store.repositories.sightings import SqlSightings
from digest.store.statements import chunks, holds, insert_missing, insert_or_replace, repoint
from digest.store.tables import feedbacks, paper_keys, papers, picks, sightings


class SqlPapers(SqlSightings, SqlAuthors):
    """Papers, what they are known by, where they were seen and who wrote them."""

    def alone(self) -> None:
        """Wait for whoever takes papers in, and let nobody else do so till the block ends."""
        # SQLite has one writer at a time anyway.
        if self._connection.dialect.name == "postgresql":
            self._connection.execute(select(func.pg_advisory_xact_lock(_TAKING_IN)))

    def sharing(self, keys: Collection[str]) -> Sequence[Paper]:
        """Return every paper that has one of the identity *keys*, oldest first."""
        found: dict[int, Paper] = {}
        for chunk in chunks({indexable(key) for key in keys}):
            having = select(paper_keys.c.paper_id).where(paper_keys.c.key.in_(chunk))
            statement = selected().add_columns(papers.c.number).where(papers.c.id.in_(having))
            found |= {row.number: paper(row) for row in self._connection.execute(statement)}
        return [found[number] for number in sorted(found)]

    def keep(self, kept: Iterable[Paper]) -> None:
        """Insert papers, or replace those of the same id, with their identity keys.

        What a paper was ever known by it stays known by.
        """
        # In order of id, so that two who keep the same papers wait for each other in turn.
        by_id = {paper.id: paper for paper in kept}
        for chunk in chunks(by_id[id_] for id_ in sorted(by_id)):
            insert_or_replace(
                self._connection, papers, [record(paper) for paper in chunk], key=["id"]
            )
            keys = [
                {"key": indexable(key), "paper_id": paper.id}
                for paper in chunk
                for key in identity_keys(paper)
            ]
            insert_missing(self._connection, paper_keys, keys)

    def join(self, gone: Mapping[str, str]) -> None:
        """Let the paper of each key turn out to be that of its value, which has been kept."""
        # Who adds to one of these waits here, and then finds where its id leads.
        for chunk in chunks(sorted(gone)):
            statement = select(papers.c.id).where(papers.c.id.in_(chunk)).order_by(papers.c.id)
            self._connection.execute(statement.with_for_update())
        for old in sorted(gone):
            self._join(old, _last(gone, old))

    def get(self, ids: Collection[str]) -> Mapping[str, Paper]:
        """Return the papers of *ids* that we have, by the id they were asked by."""
        found = self._by_id(ids)
        if missing := set(ids) - set(found):
            today = moved(self._connection, missing)
            others = self._by_id(today.values())
            found |= {id_: others[other] for id_, other in today.items()}
        return found

    def page(self, *, after: str, limit: int) -> Sequence[Paper]:
        """Return the first *limit* papers with an id above *after*, in order of it."""
        return self._papers(selected().where(papers.c.id > after).order_by(papers.c.id), limit)

    def search(self, words: Sequence[str], *, limit: int) -> Sequence[Paper]:
        """Return papers whose title, abstract, authors or ids have all *words*, newest first.

        Upper and lower case are the same. An id is a word of its own: part of it is none.
        """
        statement = selected().where(*map(self._has_word, words))
        return self._papers(statement.order_by(papers.c.number.desc()), limit)

    def lacking_details(self, since: date, *, limit: int) -> Sequence[Paper]:
        """Return papers of arXiv listed since then whose categories nobody has told.

        Those we came to know last come first.
        """
        listed = select(sightings.c.paper_id).where(sightings.c.listed_on >= since)
        statement = selected().where(
            papers.c.id.in_(listed),
            papers.c.arxiv_id.is_not(None),
            func.json_array_length(papers.c.categories) == 0,
        )
        return self._papers(statement.order_by(papers.c.number.desc()), limit)

    def lacking_authors(
        self, since: date, *, asked_before: datetime, limit: int
    ) -> Sequence[Paper]:
        """Return papers listed since then whose authors nobody looked up since *asked_before*.

        Those with the most upvotes come first, then by id.
        """
        listed = select(sightings.c.paper_id).where(sightings.c.listed_on >= since)
        # For each paper by itself: grouped, they would be all that were ever seen.
        upvotes = (
            select(func.max(sightings.c.upvotes))
            .where(sightings.c.paper_id == papers.c.id)
            .scalar_subquery()
        )
        asked_at = papers.c.authors_asked_at
        statement = (
            selected()
            .where(papers.c.id.in_(listed), or_(asked_at.is_(None), asked_at < asked_before))
            .order_by(func.coalesce(upvotes, -1).desc(), papers.c.id)
        )
        return self._papers(statement, limit)

    def listed(self, first: date, last: date) -> Sequence[Paper]:
        """Return the papers that stood in a listing from *first* to *last*, by id."""
        listed = select(sightings.c.paper_id).where(sightings.c.listed_on.between(first, last))
        return self._papers(selected().where(papers.c.id.in_(listed)).order_by(papers.c.id))

    def archive(self, limit: int) -> Sequence[Paper]:
        """Return the *limit* papers we came to know last, newest first."""
        return self._papers(selected().order_by(papers.c.number.desc()), limit)

    def count(self) -> int:
        """Return how many papers we know."""
        return self._connection.scalar(select(func.count()).select_from(papers)) or 0

    def _papers(
        self, statement: Select[*tuple[Any, ...]], limit: int | None = None
    ) -> Sequence[Paper]:
        return [paper(row) for row in self._connection.execute(statement.limit(limit))]

    def _by_id(self, ids: Collection[str]) -> dict[str, Paper]:
        found: dict[str, Paper] = {}
        for chunk in chunks(set(ids)):
            found |= {
                each.id: each for each in self._papers(selected().where(papers.c.id.in_(chunk)))
            }
        return found

    def _has_word(self, word: str) -> ColumnElement[bool]:
        keys = identity_keys(Entry(title="", arxiv_id=word, doi=word))
        known = select(paper_keys.c.paper_id).where(paper_keys.c.key.in_(map(indexable, keys)))
        written = holds(self._connection, papers.c.search_text, word.casefold())
        return or_(written, papers.c.id.in_(known))

    def _join(self, old: str, new: str) -> None:
        lead(self._connection, old, new)
        self._see_elsewhere(old, new)
        self._write_elsewhere(old, new)
        for column in (paper_keys.c.paper_id, picks.c.paper_id, feedbacks.c.paper_id):
            repoint(self._connection, column, old, new)
        self._connection.execute(delete(papers).where(papers.c.id == old))


_TAKING_IN = int.from_bytes(b"papers")


def _last(gone: Mapping[str, str], id_: str) -> str:
    while id_ in gone:
        id_ = gone[id_]
    return id_
