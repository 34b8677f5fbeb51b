"""`digest subscribers pause`, `resume`, `suppress` and `erase`."""

import sys
from datetime import date
from typing import Annotated

import typer

from digest.cli.session import opened
from digest.cli.subscribers.options import AddressArgument, OperatorOption
from digest.cli.terminal import parse_day, say
from digest.errors import InputRefused, NotFound
from digest.models.subscribers import SubscriberState


def pause(
    address: AddressArgument,
    *,
    until: Annotated[
        date | None,
        typer.Option(
            "--until", parser=parse_day, metavar="YYYY-MM-DD", help="The day they get mail again."
        ),
    ] = None,
    operator: OperatorOption = "",
) -> None:
    """Send them nothing until a day, or until somebody resumes."""
    from digest.services.operate import pause as do

    with opened() as session:
        reader = do(
            address, until=until, operator=operator, store=session.store, clock=session.clock
        )
    end = f"until {until}" if until else "until they are resumed"
    say(f"{reader.subscriber.address} is paused {end}.")


def resume(address: AddressArgument, *, operator: OperatorOption = "") -> None:
    """Send them their issues again."""
    from digest.services.operate import resume as do

    with opened() as session:
        reader = do(address, operator=operator, store=session.store, clock=session.clock)
    say(f"{reader.subscriber.address} is active.")


def suppress(
    address: AddressArgument,
    *,
    reason: Annotated[
        str, typer.Option("--reason", metavar="TEXT", help="Why, for the consent log.")
    ] = "",
    lift: Annotated[
        bool, typer.Option("--lift", help="Let mail go there again, once they confirm anew.")
    ] = False,
    operator: OperatorOption = "",
) -> None:
    """Never write to that address again, whether anybody we know has it or not."""
    from digest.services import operate
    from digest.services.subscribe import normal_address

    with opened() as session:
        if lift:
            known = operate.lift(
                address, operator=operator, store=session.store, clock=session.clock
            )
            anew = "they have to confirm anew" if known else "nobody we know has it"
            say(f"{normal_address(address)} is suppressed no more; {anew}.")
            return
        operate.suppress(
            address, reason=reason, operator=operator, store=session.store, clock=session.clock
        )
    say(f"{normal_address(address)} is suppressed, and is never written to.")


def erase(
    address: AddressArgument,
    *,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask whether you are sure.")] = False,
) -> None:
    """Forget somebody for good, all but that they are never to be written to."""
    from digest.services.change import erase as forget
    from digest.services.operate import SOURCE, suppression_of
    from digest.services.subscribe import find_reader

    with opened() as session:
        try:
            reader = find_reader(address, store=session.store)
        except NotFound:
            suppression = suppression_of(address, store=session.store)
            if suppression is not None and suppression.reason is SubscriberState.ERASED:
                raise InputRefused("That address is erased already.") from None
            raise
        if not yes:
            _confirm(reader.subscriber.address)
        forget(reader, source=SOURCE, store=session.store, clock=session.clock)
    say(f"{reader.subscriber.address} is erased, and is never written to.")


def _confirm(address: str) -> None:
    # Not typer's own question: it leaves a blank on standard output.
    sys.stderr.write("This cannot be undone. Type the address to erase it: ")
    sys.stderr.flush()
    typed = sys.stdin.readline()
    if typed.strip().casefold() != address.casefold():
        raise InputRefused("That is not the address; nothing was erased.")
