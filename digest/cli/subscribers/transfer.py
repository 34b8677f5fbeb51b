"""`digest subscribers import` and `export`."""

import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from io import TextIOWrapper
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import TYPE_CHECKING, Annotated, TextIO

import typer

from digest.cli.session import opened
from digest.cli.subscribers.options import OperatorOption, StatesOption, parse_state
from digest.cli.terminal import JsonOption, counted, note, progress, say, say_json
from digest.errors import InputRefused
from digest.models.subscribers import Schedule, SubscriberState

if TYPE_CHECKING:
    from digest.services.exchange import Progress

PIECE = 1 << 16
"""Letters that are read at once."""

STANDARD = Path("-")


class FileFormat(StrEnum):
    """How a file of subscribers is written."""

    CSV = "csv"
    JSON = "json"


FormatOption = Annotated[
    FileFormat | None,
    typer.Option("--format", help="As what; default what the name of the file ends in, or csv."),
]


def import_subscribers(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="CSV or JSON; - for standard input.")
    ],
    *,
    file_format: FormatOption = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would become of each row; keep nothing.")
    ] = False,
    confirmed: Annotated[
        bool,
        typer.Option("--confirmed", help="They confirmed elsewhere: newcomers are active."),
    ] = False,
    evidence: Annotated[
        str,
        typer.Option("--evidence", metavar="TEXT", help="What proves it; kept with each of them."),
    ] = "",
    ask: Annotated[
        bool,
        typer.Option(
            "--ask", help="Ask who is pending to confirm, within the limits for sign-ups."
        ),
    ] = False,
    state: Annotated[
        SubscriberState | None,
        typer.Option(
            "--state", parser=parse_state, metavar="STATE", help="Of the rows that name none."
        ),
    ] = None,
    update: Annotated[
        bool, typer.Option("--update", help="Overwrite the wishes of those we know.")
    ] = False,
    operator: OperatorOption = "",
    as_json: JsonOption = False,
) -> None:
    """Take subscribers in from a file; nobody is mailed, and nobody's state is raised."""
    from digest.services import exchange

    if state is SubscriberState.ERASED:
        raise typer.BadParameter(
            "Nobody is imported as erased: `digest subscribers erase` does it."
        )
    with opened() as session, _opened(file) as text:
        how = exchange.Import(
            confirmed=confirmed,
            evidence=evidence,
            operator=operator,
            state=state,
            schedule=Schedule(time_zone=session.settings.time_zone),
            update=update,
            ask=ask,
            dry_run=dry_run,
        )
        is_json = _format(file, file_format) is FileFormat.JSON
        pieces = iter(lambda: text.read(PIECE), "")
        # A line may be longer than memory: then it is read in parts, which are no rows.
        lines = iter(lambda: text.readline(PIECE), "")
        rows = exchange.read_json(pieces) if is_json else exchange.read_csv(lines)
        done, shown = exchange.Progress(), 0
        with progress("Subscribers", None if is_json else _line_count(file)) as advance:
            for done in exchange.take_in(
                rows, how, store=session.store, clock=session.clock, tokens=session.tokens
            ):
                advance(done.rows - shown)
                shown = done.rows
    _say(done, how_dry=dry_run, as_json=as_json)


@contextmanager
def _opened(file: Path) -> Iterator[TextIO]:
    """Give the text of *file*; bytes that are no UTF-8 come as what no cell may hold."""
    if file == STANDARD:
        given = TextIOWrapper(
            sys.stdin.buffer, encoding="utf-8-sig", errors="surrogateescape", newline=""
        )
        try:
            yield given
        finally:
            given.detach()
        return
    try:
        with file.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as text:
            yield text
    except OSError as error:
        raise InputRefused(f"{file} cannot be read: {error.strerror}.") from error


def _format(file: Path, wanted: FileFormat | None) -> FileFormat:
    if wanted is not None:
        return wanted
    ends_as_json = file.suffix.lower() in {".json", ".jsonl", ".ndjson"}
    return FileFormat.JSON if ends_as_json else FileFormat.CSV


def _line_count(file: Path) -> int | None:
    """Return about how many rows *file* has, None where it cannot be read twice."""
    if not file.is_file():
        return None
    with file.open("rb") as content:
        pieces = iter(lambda: content.read(PIECE), b"")
        return sum(piece.count(b"\n") for piece in pieces)


def _say(done: "Progress", *, how_dry: bool, as_json: bool) -> None:
    from digest.services.exchange import Outcome

    if as_json:
        say_json(
            {
                "dry_run": how_dry,
                "rows": done.rows,
                "outcomes": {outcome: done.outcomes[outcome] for outcome in Outcome},
                "asked": done.asked,
                "invalid": [{"line": one.line, "reason": one.reason} for one in done.problems],
            }
        )
        return
    told = [f"{done.outcomes[each]:,} {each}" for each in Outcome if done.outcomes[each]]
    say(f"{counted(done.rows, 'row')}: {', '.join(told) or 'nobody'}.")
    if done.asked:
        say(f"{done.asked:,} are asked to confirm, within the limits for sign-ups.")
    for one in done.problems:
        note(f"line {one.line:,}: {one.reason}")
    if how_dry:
        note("This was a dry run: nothing was kept.")


def export_subscribers(
    file: Annotated[
        Path, typer.Argument(metavar="[FILE]", help="Where to; - for standard output.")
    ] = STANDARD,
    *,
    file_format: FormatOption = None,
    states: StatesOption = None,
    force: Annotated[
        bool, typer.Option("--force", help="Write over a file that is there.")
    ] = False,
) -> None:
    """Write subscribers to a file that `import` takes in again; no cell is a formula."""
    from digest.services import exchange

    with opened() as session:
        readers = exchange.everybody(states or (), store=session.store)
        is_json = _format(file, file_format) is FileFormat.JSON
        text = exchange.export_json(readers) if is_json else exchange.export_csv(readers)
        if file == STANDARD:
            for piece in text:
                sys.stdout.write(piece)
            return
        if file.exists() and not force:
            raise InputRefused(f"{file} is there already; name another file, or give --force.")
        count = _write(file, text)
    note(f"{counted(count, 'subscriber')} in {file}.")


def _write(file: Path, pieces: Iterable[str]) -> int:
    """Write *pieces* to *file*, all or none; return how many subscribers that are."""
    count = -1
    try:
        # Beside it, for only within one file system it takes the name in one step. It is
        # for nobody else to read: it holds addresses.
        with NamedTemporaryFile(
            "w", encoding="utf-8", newline="", dir=file.parent, prefix=f".{file.name}.",
            delete=False,
        ) as partial:  # fmt: skip
            try:
                for piece in pieces:
                    partial.write(piece)
                    count += 1
                partial.flush()
                Path(partial.name).replace(file)
            except BaseException:
                Path(partial.name).unlink(missing_ok=True)
                raise
    except OSError as error:
        raise InputRefused(f"{file} cannot be written: {error.strerror}.") from error
    return count
