"""`digest`: the commands, and what becomes of an error."""

import signal
import sys
from collections.abc import Sequence
from types import FrameType
from typing import Annotated

import typer

from digest import __version__
from digest.cli import (
    database,
    fetching,
    forms,
    issues,
    mail,
    papers,
    reading,
    serve,
    status,
    subscribers,
)
from digest.errors import DigestError

app = typer.Typer(
    name="digest",
    help="Trending research papers in your inbox, the ones that matter to you first.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command()(reading.parse)
app.command()(fetching.fetch)
app.command()(issues.preview)
app.command()(issues.send)
app.command()(status.status)
app.command()(serve.serve)
app.add_typer(papers.app, name="papers")
app.add_typer(subscribers.app, name="subscribers")
app.add_typer(forms.app, name="forms")
app.add_typer(mail.app, name="mail")
app.add_typer(database.app, name="db")


@app.command()
def demo(
    *,
    live: Annotated[
        bool, typer.Option("--live", help="With today's papers of Hugging Face and arXiv.")
    ] = False,
) -> None:
    """Make three sample readers' mails in var/outbox, without a network, a server or a setting."""
    from digest.cli.demo import run

    run(live=live)


@app.callback(invoke_without_command=True)
def version(
    *, show: Annotated[bool, typer.Option("--version", help="Print the version.")] = False
) -> None:
    """Trending research papers in your inbox, the ones that matter to you first."""
    if show:
        sys.stdout.write(f"digest {__version__}\n")
        raise typer.Exit


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one command; an error is one sentence and exit 1, wrong usage is exit 2."""
    # Ended by systemd, cron or `timeout`, a command cleans up as it does after Ctrl-C.
    before = signal.signal(signal.SIGTERM, _leave)
    try:
        app(arguments)
    except DigestError as error:
        sys.stderr.write(f"digest: {error}\n")
        sys.exit(1)
    finally:
        signal.signal(signal.SIGTERM, before)


def _leave(number: int, _frame: FrameType | None) -> None:
    sys.exit(128 + number)
