"""Tables and progress for people, JSON for programs; plain where there is no terminal."""

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime, time
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text


def parse_day(text: str) -> date:
    """Return the day *text* names, or end with a usage error that shows the form."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"{text!r} is not a day; write it as in 2026-11-21.") from None


def parse_time(text: str) -> time:
    """Return the time of day *text* names, or end with a usage error that shows the form."""
    try:
        return datetime.strptime(text, "%H:%M").time()  # noqa: DTZ007 - only its time is kept
    except ValueError:
        raise typer.BadParameter(f"{text!r} is not a time of day; write it as in 07:30.") from None


DayOption = Annotated[
    date | None,
    typer.Option("--date", parser=parse_day, metavar="YYYY-MM-DD", help="The day; default today."),
]

JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")]


def say(text: str) -> None:
    """Print one line of a result."""
    sys.stdout.write(text + "\n")


def note(text: str) -> None:
    """Print one line about the work, not the result."""
    sys.stderr.write(text + "\n")


def say_json(value: Any) -> None:  # noqa: ANN401 - whatever json can write
    """Print *value* as JSON on one line; days and times as ISO text."""
    say(json_text(value))


def json_text(value: Any) -> str:  # noqa: ANN401 - whatever json can write
    """Return *value* as JSON on one line; days and times as ISO text."""
    return json.dumps(value, ensure_ascii=False, default=_iso)


def _iso(value: object) -> str:
    if isinstance(value, date | datetime):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no JSON form")


def plain(text: str) -> str:
    """Return *text* on one line and without what a terminal would obey; it may be anybody's."""
    return "".join(letter if letter.isprintable() else " " for letter in text)


def table(columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Print *rows* under *columns*: drawn on a terminal, separated by tabs elsewhere."""
    cells = [["" if cell is None else plain(str(cell)) for cell in row] for row in rows]
    if not sys.stdout.isatty():
        for row in [list(columns), *cells]:
            say("\t".join(row))
        return
    drawn = Table(box=None, pad_edge=False, header_style="bold")
    for index, column in enumerate(columns):
        numbers = bool(cells) and all(row[index].isdecimal() for row in cells)
        # An address is too long for a line, and no use without its end.
        drawn.add_column(column, justify="right" if numbers else "left", overflow="fold")
    for row in cells:
        # Text, not markup: a title may hold square brackets.
        drawn.add_row(*(Text(cell) for cell in row))
    Console().print(drawn)


@contextmanager
def progress(label: str, total: int | None) -> Iterator[Callable[[int], None]]:
    """Show a bar on a terminal while the block lasts; give what tells it of *n* more done."""
    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=Console(stderr=True),
        disable=not sys.stderr.isatty(),
        transient=True,
    )
    with bar:
        task = bar.add_task(label, total=total)
        yield lambda count: bar.advance(task, count)


def counted(count: int, one: str, many: str | None = None) -> str:
    """Return *count* with its noun: "1 paper", "3 papers"."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"
