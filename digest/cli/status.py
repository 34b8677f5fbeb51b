"""`digest status`: how a day stands, its deliveries and its sources."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date
from typing import TYPE_CHECKING, Any

from digest.cli.session import opened
from digest.cli.terminal import DayOption, JsonOption, counted, say, say_json, table
from digest.errors import DigestError
from digest.models.calendar import silence
from digest.models.deliveries import Account
from digest.models.visits import Visit

if TYPE_CHECKING:
    from digest.models.issues import SourceState
    from digest.ports import Work


def status(*, day: DayOption = None, as_json: JsonOption = False) -> None:
    """Show how the day stands: every delivery, by state, that they add up, and every source."""
    with opened() as app:
        on = day or app.today
        with app.store.read() as work:
            account = work.deliveries.account(on)
            papers, readers = work.papers.count(), work.subscribers.count()
            visits = work.visits.between(on, on)
            told = _lateness(on, visits, work=work)
        # Where nobody was asked, as on a machine that takes in saved pages, nobody is missing.
        silent = _silent(visits, [source.name for source in app.scheduled]) if visits else []
    if as_json:
        say_json(
            {
                "day": on,
                "papers": papers,
                "subscribers": readers,
                "candidates": account.candidates,
                "states": _states(account),
                "adds_up": account.adds_up,
                "sources": [
                    *(_visit_json(visit, told.get(visit.source)) for visit in visits),
                    *(_silent_json(name, on) for name in silent),
                ],
            }
        )
    else:
        say(f"{counted(papers, 'paper')} in the archive, {counted(readers, 'subscriber')}.")
        _show_account(account)
        _show_visits(visits, told, silent, on)
    if not account.adds_up:
        raise DigestError(
            f"The account of {on} does not add up: {account.candidates} candidates, "
            f"{sum(account.states.values())} in a state. Please report this."
        )


def _states(account: Account) -> Mapping[str, int]:
    return {str(state): count for state, count in sorted(account.states.items())}


def _show_account(account: Account) -> None:
    if not account.candidates:
        say(f"Nothing was planned for {account.day}.")
        return
    table(["state", "deliveries"], list(_states(account).items()))
    say(
        f"{counted(account.candidates, 'candidate')} for {account.day}; every one is accounted for."
    )


def _lateness(day: date, visits: Sequence[Visit], *, work: "Work") -> Mapping[str, "SourceState"]:
    """Return by name what a mail of *day* says of those that were asked for it."""
    from digest.services.lateness import states

    papers = [paper.id for paper in work.papers.listed(day, day)]
    sightings = work.papers.sightings(papers, until=day)
    listed = [sighting for sighting in sightings if sighting.listed_on == day]
    found = states(day, visits=visits, sightings=listed)
    return {source.name: source for source in found}


def _silent(visits: Sequence[Visit], names: Sequence[str]) -> list[str]:
    """Return those of *names* that nobody was asked for."""
    asked = {visit.source for visit in visits}
    return [name for name in names if name not in asked]


def _visit_json(visit: Visit, told: "SourceState | None") -> dict[str, Any]:
    return {
        "name": visit.source,
        "state": visit.state,
        "day": visit.day,
        "papers": visit.papers,
        "asked_at": visit.asked_at,
        "complete_at": visit.complete_at,
        "retry_at": visit.retry_at,
        "message": visit.message,
        "late": told is not None and told.late,
        "why": told.why if told else "",
    }


def _silent_json(name: str, day: date) -> dict[str, Any]:
    return {
        "name": name,
        "state": NOT_ASKED,
        "day": day,
        "papers": 0,
        "asked_at": None,
        "complete_at": None,
        "retry_at": None,
        "message": "",
        "late": False,
        "why": silence(name, day),
    }


NOT_ASKED = "not asked"


def _show_visits(
    visits: Sequence[Visit],
    told: Mapping[str, "SourceState"],
    silent: Sequence[str],
    day: date,
) -> None:
    if not visits:
        return
    asked = [
        [
            visit.source,
            visit.state,
            visit.papers,
            f"{visit.asked_at.astimezone(UTC):%Y-%m-%d %H:%M} UTC",
            visit.message or (told[visit.source].why if visit.source in told else ""),
        ]
        for visit in visits
    ]
    unasked = [[name, NOT_ASKED, "", "", silence(name, day)] for name in silent]
    table(["source", "state", "papers", "asked at", "message"], [*asked, *unasked])
