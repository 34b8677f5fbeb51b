"""`digest subscribers add`."""

from datetime import time
from typing import Annotated

import typer

from digest.cli.session import opened
from digest.cli.subscribers.options import OperatorOption
from digest.cli.terminal import JsonOption, parse_time, say, say_json
from digest.models.interests import Interest
from digest.models.subscribers import Schedule, Wish

Several = list[str] | None


def add(
    address: Annotated[str, typer.Argument(metavar="EMAIL", help="Where the mail goes.")],
    *,
    interest: Annotated[
        Several,
        typer.Option("--interest", help="Words or a phrase to look for; give it again for more."),
    ] = None,
    author: Annotated[Several, typer.Option("--author", help="An author to follow.")] = None,
    category: Annotated[
        Several, typer.Option("--category", help="A category, as in cs.CL or cs.")
    ] = None,
    organisation: Annotated[
        Several, typer.Option("--organisation", help="An institution to follow.")
    ] = None,
    seed: Annotated[
        Several, typer.Option("--seed", help="A paper you like: its arXiv id, link or title.")
    ] = None,
    exclude: Annotated[
        Several, typer.Option("--exclude", help="A phrase, category or author never to show.")
    ] = None,
    send_at: Annotated[
        time | None,
        typer.Option(
            "--at", parser=parse_time, metavar="HH:MM", help="When to send; default 07:00."
        ),
    ] = None,
    time_zone: Annotated[
        str | None,
        typer.Option("--time-zone", metavar="ZONE", help="Whose clock, as in Europe/Vienna."),
    ] = None,
    papers: Annotated[
        int, typer.Option("--papers", min=1, max=25, help="At most this many papers a mail.")
    ] = 10,
    operator: OperatorOption = "",
    as_json: JsonOption = False,
) -> None:
    """Make an active subscriber; nothing is sent."""
    from digest.services.exchange import record
    from digest.services.subscribe import add_reader, known_zone

    wanted = Interest(
        phrases=tuple(interest or ()),
        authors=tuple(author or ()),
        categories=tuple(category or ()),
        organisations=tuple(organisation or ()),
        seeds=tuple(seed or ()),
        exclusions=tuple(exclude or ()),
    )
    with opened() as session:
        schedule = Schedule(
            send_at=send_at or Schedule().send_at,
            time_zone=known_zone(time_zone or session.settings.time_zone),
        )
        reader = add_reader(
            address,
            Wish(interest=wanted, paper_limit=papers, schedule=schedule),
            operator=operator,
            store=session.store,
            clock=session.clock,
            tokens=session.tokens,
        )
    if as_json:
        say_json(record(reader))
    else:
        say(
            f"{reader.subscriber.address} is subscribed. See their issue: "
            f"digest preview {reader.subscriber.address}"
        )
