"""Turns and notes of their own, without a store."""

from collections.abc import Mapping
from datetime import datetime
from threading import Lock

from tests.fakes import collecting
from tests.fakes.tables import Tables


class MemoryTurns:
    """Turns that threads may share."""

    def __init__(self) -> None:
        self._tables = Tables()
        self._turns = collecting.MemoryTurns(self._tables)
        self._lock = Lock()

    def take(self, host: str, *, holder: str, now: datetime, until: datetime) -> datetime | None:
        with self._lock:
            return self._turns.take(host, holder=holder, now=now, until=until)

    def hold(self, host: str, *, holder: str, until: datetime) -> None:
        with self._lock:
            self._turns.hold(host, holder=holder, until=until)

    def give_back(self, host: str, *, holder: str, free_at: datetime) -> None:
        with self._lock:
            self._turns.give_back(host, holder=holder, free_at=free_at)

    def silence(self, host: str, *, until: datetime) -> None:
        with self._lock:
            self._turns.silence(host, until=until)

    def holder(self, host: str) -> str:
        """Return who holds the turn, or never gave it back; empty where nobody does."""
        turn = self._tables.turns.get(host)
        return turn.holder if turn else ""


class MemoryNotebook:
    """Notes by key; *written* lists the keys in the order they were written."""

    def __init__(self) -> None:
        self.written: list[str] = []
        self._notes = collecting.MemoryNotebook(Tables())

    def read(self, key: str) -> Mapping[str, str]:
        return self._notes.read(key)

    def write(self, key: str, note: Mapping[str, str]) -> None:
        self.written.append(key)
        self._notes.write(key, note)
