"""`digest preview` and `send`: the issues of a day."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from digest.cli.session import opened
from digest.cli.terminal import (
    DayOption,
    JsonOption,
    counted,
    note,
    progress,
    say,
    say_json,
    table,
)
from digest.errors import InputRefused
from digest.models.deliveries import DeliveryState, delivery_id
from digest.models.subscribers import Reader

if TYPE_CHECKING:
    from digest.bootstrap import App
    from digest.services.deliver import Delivered
    from digest.services.plan import Audience, Planned

WENT_WRONG = (DeliveryState.FAILED, DeliveryState.RENDER_FAILED, DeliveryState.UNCERTAIN)


def preview(
    address: Annotated[str, typer.Argument(metavar="EMAIL", help="Whose issue.")],
    *,
    day: DayOption = None,
    folder: Annotated[
        Path | None, typer.Option("--into", help="Where to write; default var/preview.")
    ] = None,
) -> None:
    """Write one reader's issue as .txt, .html and .eml; send and keep nothing."""
    from digest.services.preview import preview as preview_issue
    from digest.services.subscribe import find_reader
    from digest.settings import state_folder

    with opened() as app:
        email = preview_issue(
            find_reader(address, store=app.store),
            day or app.today,
            store=app.store,
            press=app.press,
            links=app.links,
            clock=app.clock,
        )
    into = (folder or state_folder() / "preview").absolute()
    parts = {".txt": email.text.encode(), ".html": email.html.encode(), ".eml": email.content}
    for ending, content in parts.items():
        path = into / f"{email.name}{ending}"
        try:
            into.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        except OSError as error:
            raise InputRefused(
                f"{path} cannot be written ({error.strerror}): name another folder with --into."
            ) from error
        say(str(path))


def send(
    *,
    day: DayOption = None,
    to: Annotated[
        list[str] | None,
        typer.Option("--to", metavar="EMAIL", help="Only this reader; give it again for more."),
    ] = None,
    test: Annotated[
        str | None,
        typer.Option(
            "--test",
            metavar="ADDRESS",
            help="Send one issue there, that of its reader or the day's trend; keep no record.",
        ),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show who would get what; send and keep nothing.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Send the day's issues to everybody who has not got theirs."""
    from digest.services.preview import nothing_listed
    from digest.services.subscribe import find_reader
    from digest.services.trial import send_trial

    if test is not None and (to or dry_run):
        raise typer.BadParameter("--test goes with neither --to nor --dry-run.")
    with opened() as app:
        on = day or app.today
        if test is not None:
            subject = send_trial(test, on, carriage=app.carriage)
            say(f"Sent “{subject}” to {test}; there is no record of it.")
            return
        readers = None if to is None else [find_reader(name, store=app.store) for name in to]
        if dry_run:
            _rehearse(app, on, readers, as_json=as_json)
            return
        # Asked for before anything is planned: a mailer that cannot work is told at once.
        app.carriage  # noqa: B018
        try:
            planned, delivered = _plan_and_deliver(app, on, readers)
        except (KeyboardInterrupt, SystemExit):
            note(
                "digest: stopped; what was sent is on record, and the same command sends the rest."
            )
            raise
        nobody = readers is None and not planned.readers and not _any_reader(app)
        _report_held(app, on)
    if as_json:
        say_json(_sent_json(on, planned, delivered))
    elif nobody:
        note("Nobody is subscribed yet: add a reader with `digest subscribers add EMAIL`.")
    elif not planned.listed and not delivered.settled:
        note(planned.why or nothing_listed(on))
    else:
        _report(on, planned, delivered)
    if any(delivered.states[state] for state in WENT_WRONG):
        raise typer.Exit(1)


def _plan_and_deliver(
    app: "App", day: date, readers: Sequence[Reader] | None
) -> "tuple[Planned, Delivered]":
    from digest.services.deliver import deliver
    from digest.services.plan import plan

    audience = _audience(readers)
    with app.store.read() as work:
        everybody = work.subscribers.count() if readers is None else len(readers)
        key = work.address_key()
    with progress("Composing", everybody) as advance:
        planned = plan(day, store=app.store, clock=app.clock, audience=audience, progress=advance)
    deliveries = None
    if readers is not None:
        deliveries = [
            delivery_id(reader.subscriber.address_hmac, reader.subscription.cadence, day, key=key)
            for reader in readers
        ]
    with app.store.read() as work:
        waiting = work.deliveries.account(day).states[DeliveryState.PLANNED]
    with progress("Sending", waiting if readers is None else len(readers)) as advance:
        delivered = deliver(day, carriage=app.carriage, only=deliveries, progress=advance)
    return planned, delivered


def _audience(readers: Sequence[Reader] | None) -> "Audience":
    from digest.services.plan import EVERYBODY, Audience

    if readers is None:
        return EVERYBODY
    return Audience(only=frozenset(reader.subscription.id for reader in readers))


def _any_reader(app: "App") -> bool:
    with app.store.read() as work:
        return work.subscribers.count() > 0


def _rehearse(app: "App", day: date, readers: Sequence[Reader] | None, *, as_json: bool) -> None:
    from digest.services.plan import rehearse

    audience = _audience(readers)
    rows = []
    for reader, issue, choice in rehearse(day, store=app.store, clock=app.clock, audience=audience):
        titles = [pick.paper.title for pick in choice.picks]
        rows.append((reader.subscriber.address, issue.number, titles, choice.reason))
    if as_json:
        say_json(
            [
                {"email": address, "number": number, "titles": titles, "reason": reason}
                for address, number, titles, reason in rows
            ]
        )
        return
    if rows:
        table(
            ["to", "papers", "first"],
            [
                [address, len(titles), titles[0] if titles else reason]
                for address, _number, titles, reason in rows
            ],
        )
    say(f"{counted(len(rows), 'issue')} of {day} would be made; nothing was sent or kept.")


def _report(day: date, planned: "Planned", delivered: "Delivered") -> None:
    say(f"Sent {counted(delivered.states[DeliveryState.SENT], 'issue')} of {day}.")
    if planned.known:
        say(f"{counted(planned.known, 'reader')} had a record for that day already.")
    if planned.empty:
        say(f"{counted(planned.empty, 'reader')} had nothing to read: nothing listed suits them.")
    for state, count in sorted(delivered.states.items()):
        if state is not DeliveryState.SENT:
            say(f"{state}: {count}")
    for reason, count in delivered.reasons.most_common():
        note(f"digest: {counted(count, 'mail')}: {reason}")


def _report_held(app: "App", day: date) -> None:
    """Say how many mails another run has in hand: it may be alive, or have been killed."""
    with app.store.read() as work:
        states = work.deliveries.account(day).states
    if held := states[DeliveryState.CLAIMED] + states[DeliveryState.ON_WIRE]:
        note(
            f"digest: {counted(held, 'mail')} of {day} are in the hands of another run. If none is "
            "alive, run this again in 15 minutes, when its hold is over."
        )


def _sent_json(day: date, planned: "Planned", delivered: "Delivered") -> dict[str, Any]:
    return {
        "day": day,
        "listed": planned.listed,
        "readers": planned.readers,
        "already": planned.known,
        "empty": planned.empty,
        "sent": delivered.states[DeliveryState.SENT],
        "states": {str(state): count for state, count in sorted(delivered.states.items())},
        "why": planned.why,
    }
