"""`digest db`: make the database, or say how it stands."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer

from digest.cli.terminal import say
from digest.errors import StoreOutdated

app = typer.Typer(help="The database.", no_args_is_help=True)


@app.command()
def upgrade() -> None:
    """Make the database, or bring its tables up to this version; nothing is lost."""
    from digest.bootstrap import check_database, upgrade_database
    from digest.settings import load

    url = load().database_url
    upgrade_database(url)
    say(f"The database is at version {check_database(url).current}.")


@app.command()
def check(
    *,
    models: Annotated[
        bool,
        typer.Option(
            "--models", help="Check the program instead: do its migrations make its tables?"
        ),
    ] = False,
) -> None:
    """Say whether the database has the tables of this version."""
    from digest.bootstrap import upgrade_database
    from digest.settings import load

    if models:
        with TemporaryDirectory(prefix="digest-check-") as folder:
            url = f"sqlite:///{Path(folder) / 'check.db'}"
            upgrade_database(url)
            _report(url)
    else:
        _report(load().database_url)


def _report(url: str) -> None:
    from digest.bootstrap import check_database

    state = check_database(url)
    if not state.up_to_date:
        differences = "; ".join(state.differences) or "its tables are older"
        raise StoreOutdated(
            f"The database is at version {state.current}, this program wants {state.head} "
            f"({differences}): run `digest db upgrade`."
        )
    say(f"The database is at version {state.current} and has the tables of this program.")
