"""`digest parse`: what a saved listing says, kept nowhere."""

import sys
from collections.abc import Sequence
from dataclasses import fields
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer

from digest.cli.session import opened
from digest.cli.terminal import JsonOption, counted, note, parse_day, say, say_json, table
from digest.errors import SourceError
from digest.models.notation import readable
from digest.models.papers import AuthorFigures, Entry, Listing

Files = Annotated[
    list[str],
    typer.Argument(metavar="FILE...", help="Saved listings; - reads standard input."),
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
    """Print what saved listings say; keep nothing.

    A listing is a page saved as text, Hugging Face's page or JSON, arXiv's feeds and answers,
    or any other RSS or Atom feed.
    """
    with opened() as session:
        on = day or session.today
    failed = False
    for name in files:
        try:
            listings = read(name, on)
        except SourceError as error:
            note(f"digest: {error}")
            failed = True
            continue
        for listing in listings:
            if as_json:
                say_json(_listing_json(listing))
            else:
                _show(name, listing)
    if failed:
        raise typer.Exit(1)


def read(name: str, day: date) -> Sequence[Listing]:
    """Return what the file of that *name*, or standard input for `-`, says; raise SourceError."""
    from digest.bootstrap import read_page

    return read_page(Path(name), sys.stdin.buffer, day=day)


def _show(name: str, listing: Listing) -> None:
    dated = f", {listing.day.isoformat()}" if listing.day else ""
    say(f"{name}: {listing.kind} page{dated}, {counted(len(listing.entries), 'paper')}")
    if listing.author:
        say(_figures(listing.author))
    table(
        ["title", "authors", "published", "upvotes"],
        [
            [readable(entry.title), _authors(entry), entry.published, entry.upvotes]
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
    return {field.name: getattr(entry, field.name) for field in fields(Entry)}
