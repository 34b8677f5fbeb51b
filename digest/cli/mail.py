"""`digest mail receive`: the mail that readers send us, as a mail server's pipe hands it over."""

import sys

import typer

from digest.cli.session import opened
from digest.cli.terminal import note
from digest.errors import DigestError

app = typer.Typer(help="Take in mail that readers send.", no_args_is_help=True)

TRY_AGAIN = 75
"""sysexits.h: EX_TEMPFAIL, on which a mail server keeps the message and tries again later."""

LIMIT = 256 * 1024
"""Bytes of a message that are looked at: its headers, with room to spare."""


@app.callback()
def mail() -> None:
    """Take in mail that readers send."""


@app.command()
def receive() -> None:
    """Take in one message from standard input, and unsubscribe its writer if it asks for that.

    It asks with the subject that the link in a mail opens. Anything else is ignored. Exit
    code 75 asks the mail server to try again later.
    """
    from digest.services.unsubscribe import unsubscribe_by_mail

    content = sys.stdin.buffer.read(LIMIT)
    # A server that cannot write all of the message takes it as not delivered.
    while sys.stdin.buffer.read(LIMIT):
        continue
    try:
        with opened() as installation:
            subscriber_id = unsubscribe_by_mail(
                content, links=installation.links, store=installation.store
            )
    except DigestError as error:
        # Whatever it is, the message is good, and the reader must not get it back.
        note(f"digest: try again later: {error}")
        raise typer.Exit(TRY_AGAIN) from error
    if subscriber_id is None:
        note("digest: ignored a message that asks for nothing we know.")
    else:
        note(f"digest: subscriber {subscriber_id} is unsubscribed.")
