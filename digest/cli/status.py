"""`digest status`: how a day stands, its deliveries and its sources."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date
from typing import TYPE_CHECKING, Any

from digest.cli.session import opened
from digest.cli.terminal import DayOption, JsonOption, counted, say, say_json, table
from digest.errors import DigestError
from digest.models.deliveries import Account
from digest.models.visits import Visit

if TYPE_CHECKING:
    from digest.ports import Work


def status(*, day: DayOption = None, as_json: JsonOption = False) -> None:
    """Show how the day stands: every delivery, by state, that they add up, and every source."""
    with opened() as app:
        on = day or app.today
        with app.store.read() as work:
            account = work.deliveries.account(on)
            papers, readers = work.papers.count(), work.subscribers.count()
            visits = work.visits.between(on, on)
            late = _late(on, visits, work=work)
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
                    _visit_json(visit) | {"late": visit.source in late} for visit in visits
                ],
            }
        )
    else:
        say(f"{counted(papers, 'paper')} in the archive, {counted(readers, 'subscriber')}.")
        _show_account(account)
        _show_visits(visits)
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


def _late(day: date, visits: Sequence[Visit], *, work: "Work") -> frozenset[str]:
    """Return the names of those asked for *day* that a mail of it calls late."""
    from digest.services.lateness import states

    papers = [paper.id for paper in work.papers.listed(day, day)]
    sightings = work.papers.sightings(papers, until=day)
    listed = [sighting for sighting in sightings if sighting.listed_on == day]
    found = states(day, visits=visits, sightings=listed)
    return frozenset(source.name for source in found if source.late)


def _visit_json(visit: Visit) -> dict[str, Any]:
    return {
        "name": visit.source,
        "state": visit.state,
        "day": visit.day,
        "papers": visit.papers,
        "asked_at": visit.asked_at,
        "complete_at": visit.complete_at,
        "retry_at": visit.retry_at,
        "message": visit.message,
    }


def _show_visits(visits: Sequence[Visit]) -> None:
    if visits:
        table(
            ["source", "state", "papers", "asked at", "message"],
            [
                [
                    visit.source,
                    visit.state,
                    visit.papers,
                    f"{visit.asked_at.astimezone(UTC):%Y-%m-%d %H:%M} UTC",
                    visit.message,
                ]
                for visit in visits
            ],
        )
