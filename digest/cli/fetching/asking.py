"""Each source asked for its days, with what to type to go on where that was cut short."""

import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from digest.cli.fetching.tallies import Tally
from digest.cli.terminal import counted, note, plain, progress, say
from digest.models.visits import VisitState
from digest.ports import Source

if TYPE_CHECKING:
    from digest.bootstrap import App
    from digest.services.collect import Collected

MOST_AUTHORS = 500
"""Papers whose authors are looked up in one go, at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """A *source*, by the *word* that people type for it, and the *days* it is asked for."""

    word: str
    source: Source
    days: Sequence[date]


def ask(asking: Round, others: Sequence[Round], *, app: "App") -> tuple[Tally, str]:
    """Ask the source of a round for each day, oldest first; *others* are still to come.

    Return what came of it, and what to do where it cannot be asked now: then no further day
    is asked for. Stopped by hand, say what to type to go on, and raise what stopped it.
    """
    from digest.services.collect import collect

    tally = Tally(source=asking.source.name)
    again: date | None = None  # from where on the days before the one at hand want to be asked for
    day = asking.days[0]
    try:
        with progress(plain(f"Asking {asking.source.name}"), len(asking.days)) as advance:
            for day in asking.days:
                came = collect(asking.source, day, store=app.store, clock=app.clock, force=True)
                tally.collected.append(came)
                advance(1)
                if came.state is VisitState.LATE and len(asking.days) > 1:
                    return tally, f"to go on when it answers: {_command([asking], again or day)}"
                if _is_refused(tally.collected[-2:]):
                    start = tally.collected[-2].day
                    return tally, f"to go on when that is mended: {_command([asking], start)}"
                again = (again or day) if came.state is VisitState.PARTIAL else None
    except (KeyboardInterrupt, SystemExit):
        note(
            "digest: stopped; what was taken in stays. "
            f"To go on: {_command([asking, *others], again or day)}"
        )
        raise
    return tally, ""


def _is_refused(latest: "Sequence[Collected]") -> bool:
    """Return whether two days failed in the same words: then it is not about those days."""
    said = {(each.state, each.message) for each in latest}
    return len(latest) > 1 and len(said) == 1 and latest[0].state is VisitState.UNREADABLE


def _command(rounds: Sequence[Round], start: date) -> str:
    """Return what asks the first of *rounds* for its days from *start* on, and then the others."""
    parts = [_fetch([rounds[0].word], [day for day in rounds[0].days if day >= start])]
    if others := [each for each in rounds[1:] if each.word != rounds[0].word]:
        words = dict.fromkeys(each.word for each in others)
        parts.append(_fetch([*words], max((each.days for each in others), key=len)))
    return " && ".join(parts)


def _fetch(words: Sequence[str], days: Sequence[date]) -> str:
    first, last = days[0], days[-1]
    options = ["--since", f"{first}"] if first < last else []
    return shlex.join(["digest", "fetch", *words, *options, "--date", f"{last}"])


def complete_details(app: "App", *, as_json: bool) -> None:
    """Let arXiv complete what is known of the latest papers; quiet unless something came."""
    from digest.services.collect import look_up_details

    if app.details is None:
        return
    with progress("Asking for details", None):
        came = look_up_details(app.details, store=app.store, clock=app.clock)
    if came.found and not as_json:
        say(f"arXiv told more of {counted(came.found, 'paper')}.")
    if came.message:
        note(plain(f"digest: not all details could be looked up: {came.message}"))


def ask_authors(app: "App", *, as_json: bool) -> bool:
    """Look up who wrote the latest papers; return whether every directory answered."""
    from digest.services.collect import look_up_authors

    with progress("Asking who wrote them", None):
        came = look_up_authors(
            app.directories, store=app.store, clock=app.clock, limit=MOST_AUTHORS
        )
    if not as_json:
        names = " and ".join(directory.name for directory in app.directories)
        say(
            f"{names} knew the authors of {came.found:,} of {counted(came.asked, 'paper')}."
            if came.asked
            else "There is no new paper whose authors could be looked up."
        )
    if came.message:
        note(plain(f"digest: {came.message}"))
    return not came.message
