"""Options that several commands about subscribers have."""

from typing import Annotated

import typer

from digest.models.subscribers import SubscriberState

AddressArgument = Annotated[str, typer.Argument(metavar="EMAIL", help="Their address.")]

OperatorOption = Annotated[
    str, typer.Option("--by", metavar="NAME", help="Who you are, for the consent log.")
]


def parse_state(text: str) -> SubscriberState:
    """Return the state *text* names, or end with a usage error that names all."""
    try:
        return SubscriberState(text.lower())
    except ValueError:
        raise typer.BadParameter(
            f"{text!r} is no state; they are {', '.join(SubscriberState)}."
        ) from None


StatesOption = Annotated[
    list[SubscriberState] | None,
    typer.Option(
        "--state",
        parser=parse_state,
        metavar="STATE",
        help="Only who is in that state; give it again for more.",
    ),
]
