"""`digest subscribers`: who gets mail."""

import typer

from digest.cli.subscribers.adding import add
from digest.cli.subscribers.changing import erase, pause, resume, suppress
from digest.cli.subscribers.showing import list_subscribers, show
from digest.cli.subscribers.transfer import export_subscribers, import_subscribers

app = typer.Typer(help="Who gets mail, and what they asked for.", no_args_is_help=True)
app.command("list")(list_subscribers)
app.command()(show)
app.command()(add)
app.command("import")(import_subscribers)
app.command("export")(export_subscribers)
app.command()(pause)
app.command()(resume)
app.command()(suppress)
app.command()(erase)

__all__ = ["app"]
