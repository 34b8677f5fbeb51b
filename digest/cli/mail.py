"""`digest mail receive`: the mail that comes to us, as a mail server's pipe hands it over."""

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from digest.cli.session import opened
from digest.cli.terminal import note
from digest.errors import DigestError

if TYPE_CHECKING:
    from digest.bootstrap import App

app = typer.Typer(help="Take in mail that comes to us.", no_args_is_help=True)

TRY_AGAIN = 75
"""sysexits.h: EX_TEMPFAIL, on which a mail server keeps the message and tries again later."""

LIMIT = 256 * 1024
"""Bytes of a message that are looked at: its headers, with room to spare."""


@app.callback()
def mail() -> None:
    """Take in mail that comes to us."""


@app.command()
def receive(
    recipient: Annotated[
        str,
        typer.Option(
            metavar="ADDRESS", help="Whom the envelope names, if no header of the message does."
        ),
    ] = "",
) -> None:
    """Take in one message from standard input: a bounce, a complaint, or a wish to leave.

    A bounce or a complaint is believed by the address that it came back to, which we signed.
    Who wants to leave says so with the subject that the link in a mail opens. Anything else is
    ignored. Exit code 75 asks the mail server to try again later.
    """
    content = sys.stdin.buffer.read(LIMIT)
    # A server that cannot write all of the message takes it as not delivered.
    while sys.stdin.buffer.read(LIMIT):
        continue
    try:
        with opened() as installation:
            said = _take_in(content, recipient, installation)
    except DigestError as error:
        # Whatever it is, the message is good, and the reader must not get it back.
        note(f"digest: try again later: {error}")
        raise typer.Exit(TRY_AGAIN) from error
    note(f"digest: {said}")


def _take_in(content: bytes, recipient: str, installation: "App") -> str:
    """Do what the message *content* asks for, and return what that was, without an address."""
    from digest.services.bounce import take_in
    from digest.services.returned import event_of
    from digest.services.unsubscribe import unsubscribe_by_mail

    links, store = installation.links, installation.store
    clock, tokens = installation.clock, installation.tokens
    event = event_of(content, recipient=recipient, links=links, now=clock.now())
    if event is not None:
        news = take_in(event, store=store, clock=clock, tokens=tokens)
        said = " ".join(part for part in (event.kind, event.status) if part)
        return f"mail {event.mail_id} came back: {said}{'' if news else ', which is no news'}."
    subscriber_id = unsubscribe_by_mail(
        content, links=links, store=store, clock=clock, tokens=tokens
    )
    if subscriber_id is None:
        return "ignored a message that asks for nothing we know."
    return f"subscriber {subscriber_id} is unsubscribed."
