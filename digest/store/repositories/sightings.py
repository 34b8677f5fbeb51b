"""Where papers were seen, and with which counts."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, bindparam, delete, func, select, update

from digest.models.papers import Sighting
from digest.store.repositories.aliases import held
from digest.store.statements import chunks, insert_new
from digest.store.tables import sightings


class SqlSightings:
    """Sightings; nothing seen is ever overwritten."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def see(self, seen: Iterable[Sighting]) -> int:
        """Add the sightings we did not have, and counts they lacked; return how many are new."""
        added = 0
        for chunk in chunks(seen):
            today = held(self._connection, {sighting.paper_id for sighting in chunk})
            records = [_record(sighting, today) for sighting in chunk]
            new = insert_new(self._connection, sightings, records, returning=sightings.c.paper_id)
            added += len(new)
            counted = [_filling(record) for record in records if _has_count(record)]
            if counted and len(new) < len(records):
                self._connection.execute(_FILL_IN, counted)
        return added

    def last_seen(self, source: str, listed_on: date) -> Mapping[str, Sighting]:
        """Return the latest sighting of each paper in that listing, by paper id."""
        listing = (sightings.c.source == source, sightings.c.listed_on == listed_on)
        latest = (
            select(sightings.c.paper_id, func.max(sightings.c.seen_at).label("seen_at"))
            .where(*listing)
            .group_by(sightings.c.paper_id)
            .subquery()
        )
        statement = (
            select(sightings)
            .join(
                latest,
                (sightings.c.paper_id == latest.c.paper_id)
                & (sightings.c.seen_at == latest.c.seen_at),
            )
            .where(*listing)
        )
        return {row.paper_id: _sighting(row) for row in self._connection.execute(statement)}

    def seen_at(self, source: str, ids: Collection[str]) -> frozenset[str]:
        """Return those of *ids* that *source* has ever listed."""
        found: set[str] = set()
        for chunk in chunks(set(ids)):
            statement = select(sightings.c.paper_id).where(
                sightings.c.paper_id.in_(chunk), sightings.c.source == source
            )
            found.update(self._connection.scalars(statement.distinct()))
        return frozenset(found)

    def sightings(self, ids: Collection[str], *, until: date) -> Sequence[Sighting]:
        """Return all sightings of *ids* listed up to *until*, oldest first."""
        found: list[Sighting] = []
        for chunk in chunks(set(ids)):
            statement = select(sightings).where(
                sightings.c.paper_id.in_(chunk), sightings.c.listed_on <= until
            )
            found += [_sighting(row) for row in self._connection.execute(statement)]
        return sorted(found, key=lambda s: (s.seen_at, s.listed_on, s.paper_id, s.source))

    def _see_elsewhere(self, old: str, new: str) -> None:
        """Let what was seen of paper *old* have been seen of *new*."""
        rows = self._connection.execute(select(sightings).where(sightings.c.paper_id == old)).all()
        self._connection.execute(delete(sightings).where(sightings.c.paper_id == old))
        self.see(_sighting(row, paper_id=new) for row in rows)


def _sighting(row: Row[*tuple[Any, ...]], *, paper_id: str | None = None) -> Sighting:
    return Sighting(
        paper_id=paper_id or row.paper_id,
        source=row.source,
        listed_on=row.listed_on,
        seen_at=row.seen_at,
        position=row.position,
        upvotes=row.upvotes,
        comments=row.comments,
        stars=row.stars,
        score=row.score,
    )


def _record(sighting: Sighting, today: Mapping[str, str]) -> dict[str, Any]:
    return {
        "paper_id": today.get(sighting.paper_id, sighting.paper_id),
        "source": sighting.source,
        "listed_on": sighting.listed_on,
        "seen_at": sighting.seen_at,
        "position": sighting.position,
        "upvotes": sighting.upvotes,
        "comments": sighting.comments,
        "stars": sighting.stars,
        "score": sighting.score,
    }


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
