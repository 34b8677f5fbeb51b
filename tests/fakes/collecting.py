"""The diary of the memory store: visits, turns and notes."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime

from digest.models.visits import Visit, VisitState
from tests.fakes.tables import Tables, Turn, storable, utc


class MemoryVisits:
    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def start(self, source: str, day: date, *, now: datetime, since: datetime) -> bool:
        known = self._tables.visits.get((source, day))
        if known and known.state is VisitState.RUNNING and known.asked_at > utc(since):
            return False
        fresh = Visit(source=source, day=day, asked_at=now, state=VisitState.RUNNING)
        begun = replace(known, asked_at=now, state=VisitState.RUNNING) if known else fresh
        self._tables.visits[source, day] = storable(begun)
        return True

    def end(self, visit: Visit) -> None:
        self._tables.visits[visit.source, visit.day] = storable(visit)

    def between(self, first: date, last: date) -> Sequence[Visit]:
        return [
            visit for (_, day), visit in sorted(self._tables.visits.items()) if first <= day <= last
        ]

    def last_complete(self) -> Mapping[str, date]:
        return {
            source: day
            for (source, day), visit in sorted(self._tables.visits.items())
            if visit.complete_at and visit.papers
        }


class MemoryTurns:
    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def take(self, host: str, *, holder: str, now: datetime, until: datetime) -> datetime | None:
        turn = self._tables.turns.get(host, Turn(holder="", free_at=now, silent_until=now))
        again = utc(max(turn.free_at, turn.silent_until))
        if again > utc(now):
            return again
        self._tables.turns[host] = replace(turn, holder=holder, free_at=utc(until))
        return None

    def hold(self, host: str, *, holder: str, until: datetime) -> None:
        turn = self._tables.turns.get(host)
        if turn and turn.holder == holder:
            self._tables.turns[host] = replace(turn, free_at=utc(until))

    def give_back(self, host: str, *, holder: str, free_at: datetime) -> None:
        turn = self._tables.turns.get(host)
        if turn and turn.holder == holder:
            self._tables.turns[host] = replace(turn, holder="", free_at=utc(free_at))

    def silence(self, host: str, *, until: datetime) -> None:
        until = utc(until)
        turn = self._tables.turns.get(host, Turn(holder="", free_at=until, silent_until=until))
        silent_until = max(turn.silent_until, until)
        self._tables.turns[host] = replace(turn, silent_until=silent_until)


class MemoryNotebook:
    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def read(self, key: str) -> Mapping[str, str]:
        return dict(self._tables.notes.get(storable(key), {}))

    def write(self, key: str, note: Mapping[str, str]) -> None:
        self._tables.notes[storable(key)] = storable(dict(note))
