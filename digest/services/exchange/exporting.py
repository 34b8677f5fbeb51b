"""Subscribers as a file: what it says can be taken in again."""

import csv
import json
from collections.abc import Collection, Iterable, Iterator
from dataclasses import asdict
from typing import Any

from digest.models.interests import Interest
from digest.models.subscribers import Reader, SubscriberState
from digest.ports import Store
from digest.services.exchange.cells import joined, neutral
from digest.services.exchange.values import COLUMNS, WEEKDAYS

PAGE = 1000
"""Readers that are in memory at once."""


def everybody(states: Collection[SubscriberState] = (), *, store: Store) -> Iterator[Reader]:
    """Yield every reader in one of *states*, in order of id, a page at a time.

    Each page is a block of its own, so that a slow reader of it holds up nobody.
    """
    after = ""
    while True:
        with store.read() as work:
            readers = work.subscribers.page(after=after, limit=PAGE, states=states)
        yield from readers
        if len(readers) < PAGE:
            return
        after = readers[-1].subscriber.id


def record(reader: Reader) -> dict[str, Any]:
    """Return *reader* as JSON has it."""
    person, wish = reader.subscriber, reader.subscription
    return {
        "email": person.address,
        "name": person.name,
        "state": person.state,
        "time_zone": wish.schedule.time_zone,
        "send_at": f"{wish.schedule.send_at:%H:%M}",
        "weekdays": [WEEKDAYS[day] for day in wish.schedule.weekdays],
        "papers": wish.paper_limit,
        "dial": wish.dial,
        "interests": [_asked(interest) for interest in wish.interests],
        "created_at": _iso(person.created_at),
        "confirmed_at": _iso(person.confirmed_at),
        "paused_until": _iso(person.paused_until),
    }


def _asked(interest: Interest) -> dict[str, Any]:
    # What no reader types is told where there is any.
    return {name: value for name, value in asdict(interest).items() if value or name != "unlike"}


def _iso(moment: Any) -> str | None:  # noqa: ANN401 - a day or a time
    return None if moment is None else str(moment.isoformat())


def export_json(readers: Iterable[Reader]) -> Iterator[str]:
    """Yield {"subscribers": […]} in pieces, a line a reader; who is erased is left out."""
    before = '{"subscribers": [\n'
    for reader in readers:
        if reader.subscriber.state is not SubscriberState.ERASED:
            yield before + json.dumps(record(reader), ensure_ascii=False)
            before = ",\n"
    yield "\n]}\n" if before == ",\n" else '{"subscribers": []}\n'


def export_csv(readers: Iterable[Reader]) -> Iterator[str]:
    """Yield a table in pieces, a header first; who is erased is left out.

    No cell is a formula. A table has room for one interest: the first of each reader.
    """
    writer = csv.writer(_Echo())
    yield writer.writerow(COLUMNS)
    for reader in readers:
        if reader.subscriber.state is not SubscriberState.ERASED:
            yield writer.writerow(map(neutral, _cells(reader)))


def _cells(reader: Reader) -> tuple[str, ...]:
    person, wish = reader.subscriber, reader.subscription
    first = wish.interests[0] if wish.interests else Interest()
    return (
        person.address,
        person.name,
        person.state,
        joined(first.phrases),
        joined(first.categories),
        joined(first.authors),
        joined(first.organisations),
        joined(first.seeds),
        joined(first.exclusions),
        wish.schedule.time_zone,
        f"{wish.schedule.send_at:%H:%M}",
        " ".join(WEEKDAYS[day] for day in wish.schedule.weekdays),
        str(wish.paper_limit),
        str(wish.dial),
    )


class _Echo:
    """A file for the csv module that gives back what is written to it."""

    def write(self, text: str) -> str:
        return text
