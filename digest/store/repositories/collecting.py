"""The diary of those who collect papers: visits to sources, turns at hosts, and notes."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from sqlalchemy import Connection, Row, func, not_, select, update

from digest.models.visits import Visit, VisitState
from digest.store.columns import indexable
from digest.store.statements import insert_or_change, insert_or_replace
from digest.store.tables import notes, turns, visits


class SqlVisits:
    """One row for each source and day: the last visit, and what earlier ones found."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def start(self, source: str, day: date, *, now: datetime, since: datetime) -> bool:
        """Note that a visit runs from *now*; return False where one does that began after *since*.

        What the visit before it found stays known.
        """
        running = (visits.c.state == VisitState.RUNNING) & (visits.c.asked_at > since)
        return insert_or_change(
            self._connection,
            visits,
            {
                "source": source,
                "day": day,
                "asked_at": now,
                "state": VisitState.RUNNING,
                "papers": 0,
                "failures": 0,
                "message": "",
            },
            changes=["asked_at", "state"],
            where=not_(running),
        )

    def end(self, visit: Visit) -> None:
        """Write how a visit ended over what was known of that source and day."""
        record = {
            "source": visit.source,
            "day": visit.day,
            "asked_at": visit.asked_at,
            "state": visit.state,
            "papers": visit.papers,
            "complete_at": visit.complete_at,
            "failures": visit.failures,
            "retry_at": visit.retry_at,
            "message": visit.message,
        }
        insert_or_replace(self._connection, visits, [record], key=["source", "day"])

    def between(self, first: date, last: date) -> Sequence[Visit]:
        """Return the visits of those days, by source and day."""
        statement = (
            select(visits)
            .where(visits.c.day.between(first, last))
            .order_by(visits.c.source, visits.c.day)
        )
        return [_visit(row) for row in self._connection.execute(statement)]

    def last_complete(self) -> Mapping[str, date]:
        """Return the latest day that each source was completely asked for and listed papers."""
        statement = (
            select(visits.c.source, func.max(visits.c.day).label("day"))
            .where(visits.c.complete_at.is_not(None), visits.c.papers > 0)
            .group_by(visits.c.source)
        )
        return {row.source: row.day for row in self._connection.execute(statement)}


class SqlTurns:
    """One row for each host: who has its turn, and from when on anybody may."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def take(self, host: str, *, holder: str, now: datetime, until: datetime) -> datetime | None:
        """Take the turn, at most till *until*; return None, or from when on to ask again."""
        taken = insert_or_change(
            self._connection,
            turns,
            {"host": host, "holder": holder, "free_at": until, "silent_until": now},
            changes=["holder", "free_at"],
            where=(turns.c.free_at <= now) & (turns.c.silent_until <= now),
        )
        if taken:
            return None
        statement = select(turns.c.free_at, turns.c.silent_until).where(turns.c.host == host)
        return max(self._connection.execute(statement).one())

    def hold(self, host: str, *, holder: str, until: datetime) -> None:
        """Keep the turn till *until* at most, if it is *holder*'s still."""
        mine = (turns.c.host == host) & (turns.c.holder == holder)
        self._connection.execute(update(turns).where(mine).values(free_at=until))

    def give_back(self, host: str, *, holder: str, free_at: datetime) -> None:
        """End the turn of *holder*: nobody has one before *free_at*."""
        mine = (turns.c.host == host) & (turns.c.holder == holder)
        self._connection.execute(update(turns).where(mine).values(holder="", free_at=free_at))

    def silence(self, host: str, *, until: datetime) -> None:
        """Give nobody a turn before *until*, or before what was said of it earlier if later."""
        insert_or_change(
            self._connection,
            turns,
            {"host": host, "holder": "", "free_at": until, "silent_until": until},
            changes=["silent_until"],
            where=turns.c.silent_until < until,
        )


class SqlNotebook:
    """What sources remember, each note a JSON object of texts."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def read(self, key: str) -> Mapping[str, str]:
        """Return what was written under *key*, empty where nothing was."""
        found = self._connection.scalar(select(notes.c.note).where(notes.c.key == indexable(key)))
        return dict(found or {})

    def write(self, key: str, note: Mapping[str, str]) -> None:
        """Write *note* over what was under *key*."""
        record = {"key": indexable(key), "note": dict(note)}
        insert_or_replace(self._connection, notes, [record], key=["key"])


def _visit(row: Row[*tuple[object, ...]]) -> Visit:
    return Visit(
        source=row.source,
        day=row.day,
        asked_at=row.asked_at,
        state=VisitState(row.state),
        papers=row.papers,
        complete_at=row.complete_at,
        failures=row.failures,
        retry_at=row.retry_at,
        message=row.message,
    )
