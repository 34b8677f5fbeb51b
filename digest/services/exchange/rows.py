"""What one row of a file says of somebody, checked as a page would check it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import time
from functools import lru_cache
from typing import Any

from digest.errors import InputRefused
from digest.models.interests import Interest
from digest.models.subscribers import Reader, Schedule, SubscriberState
from digest.services.exchange.values import BLANK, LISTS, READERS, read_list


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A row of a file: where it is, and its cells by column, or why it cannot be read."""

    line: int
    cells: Mapping[str, Any] = field(default_factory=dict)
    problem: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What a row says of *address*; None and what is not in *lists* it does not speak of.

    *lists* are fields of the first interest, *interests* all of them.
    """

    address: str
    state: SubscriberState | None = None
    name: str | None = None
    lists: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    interests: tuple[Interest, ...] | None = None
    time_zone: str | None = None
    send_at: time | None = None
    weekdays: tuple[int, ...] | None = None
    papers: int | None = None
    dial: float | None = None

    def schedule(self, now: Schedule) -> Schedule:
        """Return *now* with what the row says of it."""
        if self.time_zone is None and self.send_at is None and self.weekdays is None:
            return now
        return _schedule(
            self.time_zone or now.time_zone,
            now.send_at if self.send_at is None else self.send_at,
            self.weekdays or now.weekdays,
        )

    def wanted(self, now: tuple[Interest, ...]) -> tuple[Interest, ...]:
        """Return *now* with what the row says of interests."""
        if self.interests is not None:
            return self.interests
        if not self.lists:
            return now
        changes: dict[str, Any] = dict(self.lists)
        if not now:
            return (Interest(**changes),)
        first, *rest = now
        return (replace(first, **changes), *rest)

    def over(self, reader: Reader) -> Reader:
        """Return *reader* with all that the row says of their wishes."""
        person, wish = reader.subscriber, reader.subscription
        return Reader(
            subscriber=person if self.name is None else replace(person, name=self.name),
            subscription=replace(
                wish,
                interests=self.wanted(wish.interests),
                schedule=self.schedule(wish.schedule),
                paper_limit=self.papers or wish.paper_limit,
                dial=wish.dial if self.dial is None else self.dial,
            ),
        )


def said(row: Row) -> Said:
    """Return what *row* says; raise InputRefused with the reason, and without an address."""
    if row.problem:
        raise InputRefused(row.problem)
    values: dict[str, Any] = {}
    lists: dict[str, tuple[str, ...]] = {}
    for column, cell in row.cells.items():
        if cell in BLANK:
            continue
        if column in LISTS:
            read_list(column, cell, lists, values)
        elif column in READERS:
            name, read = READERS[column]
            values[name] = read(cell.strip(" \t") if isinstance(cell, str) else cell)
    if "address" not in values:
        raise InputRefused("it has no e-mail address")
    return Said(lists=lists, **values)


@lru_cache(maxsize=4096)
def _schedule(time_zone: str, send_at: time, weekdays: tuple[int, ...]) -> Schedule:
    return Schedule(time_zone=time_zone, send_at=send_at, weekdays=weekdays)
