"""What asking sources for days came to: sums, a line of report and JSON."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from digest.cli.terminal import counted, note, plain, say
from digest.models.calendar import silence
from digest.models.visits import VisitState

if TYPE_CHECKING:
    from digest.services.collect import Collected
    from digest.services.ingest import Intake

MOST_WARNINGS = 20
"""Warnings that people are shown; programs get them all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """What came of asking *source* for several days, one of *collected* for each."""

    source: str
    collected: list["Collected"] = field(default_factory=list)

    @property
    def listed_days(self) -> int:
        """How many of the days listed anything."""
        return sum(bool(each.intake.entries) for each in self.collected)

    @property
    def entries(self) -> int:
        """How many entries were read."""
        return sum(each.intake.entries for each in self.collected)

    @property
    def ids(self) -> frozenset[str]:
        """The papers that the entries tell of, each once, on however many days it stood."""
        return frozenset[str]().union(*(each.intake.ids for each in self.collected))

    @property
    def new(self) -> int:
        """How many papers the archive did not know."""
        return sum(each.intake.new for each in self.collected)

    @property
    def sightings(self) -> int:
        """How many sightings were added to the archive."""
        return sum(each.intake.sightings for each in self.collected)

    @property
    def failed(self) -> bool:
        """Whether any day was not read whole."""
        return any(each.state is not VisitState.COMPLETE for each in self.collected)

    @property
    def warnings(self) -> list[str]:
        """What could not be understood, with source and day."""
        return [
            f"{self.source}, {each.day}, {warning}"
            for each in self.collected
            for warning in each.intake.warnings
        ]

    def report(self) -> None:
        """Print a line on all days, then one for each that was not read whole."""
        show_warnings(self.warnings)
        say(plain(f"{self.source}: {self._sentence()}"))
        for each in self.collected:
            if each.state is not VisitState.COMPLETE:
                note(plain(f"digest: {each.day}: {each.message}"))

    def _sentence(self) -> str:
        if not self.entries:
            return self._nothing()
        days = (
            counted(self.listed_days, "day")
            if len(self.collected) > 1
            else self.collected[0].day.isoformat()
        )
        missing = f"; {self._missing()}" if len(self.collected) > 1 and self._failed else ""
        return (
            f"{days}, {counted(self.entries, 'entry', 'entries')}, "
            f"{counted(len(self.ids), 'paper')}, {self.new:,} of them new to the archive{missing}."
        )

    @property
    def _failed(self) -> int:
        return sum(each.state is not VisitState.COMPLETE for each in self.collected)

    def _missing(self) -> str:
        return f"{counted(self._failed, 'day')} could not be had whole"

    def _nothing(self) -> str:
        if len(self.collected) > 1:
            if not self._failed:
                return f"nothing new on {counted(len(self.collected), 'day')}."
            if self._failed == len(self.collected):
                return f"nothing of {counted(self._failed, 'day')} could be had."
            return f"nothing new; {self._missing()}."
        [only] = self.collected
        if only.state is not VisitState.COMPLETE:
            return f"nothing of {only.day} could be had."
        why = silence(self.source, only.day)
        return f"nothing on {only.day}: it {why}." if why else f"nothing new on {only.day}."


def show_warnings(warnings: Sequence[str]) -> None:
    """Print *warnings*, the first of many."""
    for warning in warnings[:MOST_WARNINGS]:
        note(plain(f"warning: {warning}"))
    if len(warnings) > MOST_WARNINGS:
        note(f"warning: {len(warnings) - MOST_WARNINGS:,} more; --json prints them all.")


def tallies_json(files: "Intake", tallies: Sequence[Tally]) -> dict[str, Any]:
    """Return the sums over *files* and *tallies*, and each day of each source."""
    ids = files.ids.union(*(tally.ids for tally in tallies))
    return {
        "entries": files.entries + sum(tally.entries for tally in tallies),
        "papers": len(ids),
        "new": files.new + sum(tally.new for tally in tallies),
        "sightings": files.sightings + sum(tally.sightings for tally in tallies),
        "warnings": [
            *map(str, files.warnings),
            *(warning for tally in tallies for warning in tally.warnings),
        ],
        "sources": [
            {
                "name": tally.source,
                "day": each.day,
                "state": each.state,
                "papers": each.intake.papers,
                "new": each.intake.new,
                "message": each.message,
            }
            for tally in tallies
            for each in tally.collected
        ],
    }
