"""`digest fetch`: the words, the order of the work, and what it prints."""

from collections.abc import Iterator, Sequence
from datetime import UTC, date
from typing import TYPE_CHECKING, Annotated

import typer

from digest.cli.fetching.asking import Round, ask, ask_authors, complete_details
from digest.cli.fetching.tallies import Tally, show_warnings, tallies_json
from digest.cli.fetching.wanted import Wanted, days_from, is_missing, sort_words, unknown_word
from digest.cli.reading import read
from digest.cli.session import opened
from digest.cli.terminal import (
    DayOption,
    JsonOption,
    counted,
    note,
    parse_day,
    progress,
    say,
    say_json,
)
from digest.errors import InputRefused, SourceError

if TYPE_CHECKING:
    from digest.bootstrap import App
    from digest.models.papers import Listing
    from digest.services.ingest import Intake

Words = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="SOURCE|FILE",
        help="huggingface, arxiv, feeds, authors, or saved listings (- reads standard input); "
        "default all sources of DIGEST_SOURCES.",
        show_default=False,
    ),
]

WITH_DETAILS = frozenset({"huggingface", "arxiv"})
"""Sources whose papers arXiv may know more of."""


def fetch(
    words: Words = None,
    *,
    day: DayOption = None,
    since: Annotated[
        date | None,
        typer.Option(
            "--since",
            parser=parse_day,
            metavar="YYYY-MM-DD",
            help="Ask for every day from this one on, oldest first.",
        ),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Ask the sources for their papers, or take saved listings in; the archive keeps them."""
    from digest.settings import SOURCES

    with opened() as app:
        wanted = sort_words(words or (), known=SOURCES, configured=app.settings.sources)
        if since is not None and wanted.files:
            raise typer.BadParameter("--since goes with sources, not with files.")
        days = []
        if wanted.sources:
            # Sources count their days in UTC, whatever the clock of this installation says.
            days = days_from(since, day, today=app.clock.now().astimezone(UTC).date())
        rounds = _rounds(app, wanted, days)
        intake, failures = _take_in(app, wanted.files, day or app.today, as_json=as_json)
        tallies, all_well = _ask_all(app, wanted, rounds, as_json=as_json)
    if as_json:
        say_json(tallies_json(intake, tallies))
    for error in failures:
        note(f"digest: {error}")
    if failures or not all_well:
        raise typer.Exit(1)


def _rounds(app: "App", wanted: Wanted, days: Sequence[date]) -> list[Round]:
    """Return which source is to be asked for which days; raise InputRefused for what cannot be."""
    today = app.clock.now().astimezone(UTC).date()
    rounds = []
    for name in wanted.sources:
        if name == "authors":
            if wanted.named and not app.directories:
                raise InputRefused(_not_set_up(name))
            continue
        sources = app.sources.get(name, ())
        if wanted.named and not sources:
            raise InputRefused(_not_set_up(name))
        for source in sources:
            # Who never goes back to a day has no history: it can say what it holds today alone.
            has_history = source.rhythm.back > 0
            asked = [each for each in days if has_history or each == today]
            if wanted.named and not asked:
                raise InputRefused(
                    f"{source.name} only says what it has today; fetch it without --date."
                )
            if asked:
                rounds.append(Round(word=name, source=source, days=asked))
    return rounds


def _not_set_up(name: str) -> str:
    if name == "feeds":
        return "There is no feed to ask: name some in DIGEST_FEEDS."
    return f"{name} is not set up: add it to DIGEST_SOURCES."


def _take_in(
    app: "App", files: Sequence[str], day: date, *, as_json: bool
) -> "tuple[Intake, list[SourceError]]":
    """Take *files* into the archive; return what came of it, and what could not be read."""
    from digest.services.ingest import Intake, ingest

    if not files:
        return Intake(), []
    failures: list[SourceError] = []
    with progress("Taking in", len(files)) as advance:

        def listings() -> "Iterator[Listing]":
            for name in files:
                try:
                    yield from _read(name, day)
                except SourceError as error:
                    failures.append(error)
                advance(1)

        try:
            intake = ingest(listings(), day, store=app.store)
        except (KeyboardInterrupt, SystemExit):
            note("digest: stopped; the files before this one were taken in whole.")
            raise
    if not as_json and (intake.entries or not failures):
        show_warnings([str(warning) for warning in intake.warnings])
        say(
            f"{counted(intake.entries, 'entry', 'entries')}, {counted(intake.papers, 'paper')}, "
            f"{intake.new:,} of them new to the archive."
        )
    return intake, failures


def _read(name: str, day: date) -> "Sequence[Listing]":
    from digest.settings import SOURCES

    if is_missing(name):
        raise SourceError(unknown_word(name, SOURCES))
    return read(name, day)


def _ask_all(
    app: "App", wanted: Wanted, rounds: Sequence[Round], *, as_json: bool
) -> tuple[list[Tally], bool]:
    """Ask every source, each for its days; return what came of it, and whether all went well."""
    tallies: list[Tally] = []
    all_well = True
    for place, asking in enumerate(rounds):
        tally, advice = ask(asking, rounds[place + 1 :], app=app)
        if not as_json:
            tally.report()
        if advice:
            note(f"digest: {advice}")
        tallies.append(tally)
        all_well = all_well and not tally.failed
    if WITH_DETAILS.intersection(each.word for each in rounds):
        complete_details(app, as_json=as_json)
    if "authors" in wanted.sources and app.directories:
        known = ask_authors(app, as_json=as_json)
        # Figures are an addition: a day is whole without them.
        all_well = all_well and (known or not wanted.named)
    return tallies, all_well
