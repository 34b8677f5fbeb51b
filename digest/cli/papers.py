"""`digest parse` and `digest fetch`: what a listing says, and taking it in."""

import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

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
    table,
)
from digest.errors import SourceError
from digest.models.papers import AuthorFigures, Entry, Listing

if TYPE_CHECKING:
    from digest.services.ingest import Intake

Files = Annotated[
    list[str],
    typer.Argument(metavar="FILE...", help="Saved listing pages; - reads standard input."),
]


def parse(
    files: Files,
    *,
    day: Annotated[
        date | None,
        typer.Option(
            "--day",
            parser=parse_day,
            metavar="YYYY-MM-DD",
            help="The day it was saved; default today.",
        ),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Print what saved listing pages say; keep nothing."""
    with opened() as session:
        on = day or session.today
    failed = False
    for name in files:
        try:
            listing = _read(name, on)
        except SourceError as error:
            note(f"digest: {error}")
            failed = True
            continue
        if as_json:
            say_json(_listing_json(listing))
        else:
            _show(name, listing)
    if failed:
        raise typer.Exit(1)


def fetch(files: Files, *, day: DayOption = None, as_json: JsonOption = False) -> None:
    """Take the papers of saved listing pages into the archive."""
    from digest.services.ingest import ingest

    with opened() as session:
        on = day or session.today
        failures: list[SourceError] = []
        with progress("Taking in", len(files)) as advance:

            def listings() -> Iterator[Listing]:
                for name in files:
                    try:
                        yield _read(name, on)
                    except SourceError as error:
                        failures.append(error)
                    advance(1)

            try:
                intake = ingest(listings(), on, store=session.store)
            except (KeyboardInterrupt, SystemExit):
                note("digest: stopped; the files before this one were taken in whole.")
                raise
    if as_json:
        say_json(_intake_json(intake))
    else:
        _report(intake)
    for error in failures:
        note(f"digest: {error}")
    if failures:
        raise typer.Exit(1)


def _read(name: str, day: date) -> Listing:
    from digest.bootstrap import read_page

    return read_page(Path(name), sys.stdin.buffer, day=day)


def _report(intake: "Intake") -> None:
    for warning in intake.warnings:
        note(f"warning: {warning}")
    say(
        f"{counted(intake.entries, 'entry', 'entries')}, {counted(intake.papers, 'paper')}, "
        f"{intake.new:,} of them new to the archive."
    )


def _intake_json(intake: "Intake") -> dict[str, Any]:
    return {
        "entries": intake.entries,
        "papers": intake.papers,
        "new": intake.new,
        "warnings": [str(warning) for warning in intake.warnings],
    }


def _show(name: str, listing: Listing) -> None:
    dated = f", {listing.day.isoformat()}" if listing.day else ""
    say(f"{name}: {listing.kind} page{dated}, {counted(len(listing.entries), 'paper')}")
    if listing.author:
        say(_figures(listing.author))
    table(
        ["title", "authors", "published", "upvotes"],
        [
            [entry.title, _authors(entry), entry.published, entry.upvotes]
            for entry in listing.entries
        ],
    )
    for warning in listing.warnings:
        note(f"warning: {name}, {warning}")
    say("")


def _authors(entry: Entry) -> str:
    if entry.authors:
        return entry.authors[0] + ("" if entry.author_count == 1 else " and others")
    return counted(entry.author_count, "author") if entry.author_count else ""


def _figures(author: AuthorFigures) -> str:
    figures = {
        "h-index": author.h_index,
        "papers": author.paper_count,
        "citations": author.citations,
        "novelty": author.novelty,
        "AI score": author.ai_score,
    }
    known = [f"{name} {value:,g}" for name, value in figures.items() if value is not None]
    return ", ".join([author.name, *known])


def _listing_json(listing: Listing) -> dict[str, Any]:
    author = listing.author
    return {
        "kind": listing.kind,
        "day": listing.day,
        "author": None
        if author is None
        else {
            "name": author.name,
            "field": author.field,
            "h_index": author.h_index,
            "paper_count": author.paper_count,
            "citations": author.citations,
            "novelty": author.novelty,
            "ai_score": author.ai_score,
        },
        "papers": [_entry_json(entry) for entry in listing.entries],
        "warnings": [str(warning) for warning in listing.warnings],
    }


def _entry_json(entry: Entry) -> dict[str, Any]:
    return {
        "title": entry.title,
        "abstract": entry.abstract,
        "authors": entry.authors,
        "author_count": entry.author_count,
        "published": entry.published,
        "upvotes": entry.upvotes,
        "score": entry.score,
        "categories": entry.categories,
        "institutions": entry.institutions,
        "has_code": entry.has_code,
        "code_url": entry.code_url,
    }
