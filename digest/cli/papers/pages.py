"""Papers as people read them: a line each, or a page about one."""

import sys
from collections.abc import Sequence
from datetime import date
from textwrap import fill

from rich.console import Console
from rich.table import Table
from rich.text import Text

from digest.cli.papers.records import latest
from digest.cli.terminal import plain, say, table
from digest.models.notation import readable
from digest.models.papers import Byline, Paper, Sighting

BATCH = 500
"""Lines that are drawn at once."""

WIDEST = 100
"""Characters of a line of an abstract, at most."""

NARROW = 60
"""Characters of a terminal below which a line has no room for a day beside a title."""

COUNTED = {
    "place": "position",
    "upvotes": "upvotes",
    "comments": "comments",
    "stars": "stars",
    "score": "score",
}
"""What a listing may say of a paper in numbers: what people call it, and its name."""


class Rows:
    """Papers, a line each: drawn on a terminal, titles cut to fit; separated by tabs elsewhere.

    *dated* lines say when a paper was first listed, unless the terminal is narrow.
    """

    def __init__(self, *, dated: bool) -> None:
        dated = dated and not (sys.stdout.isatty() and Console().width < NARROW)
        self._columns = ("id", *(("listed",) if dated else ()), "upvotes", "title")
        self._dated = dated
        self._waiting: list[list[str]] = []
        self._width = 0
        self.count = 0

    def add(self, paper: Paper, sightings: Sequence[Sighting]) -> None:
        """Show *paper*, sooner or later; *sightings* are oldest first."""
        upvotes = latest(sightings, "upvotes")
        first = min((one.listed_on for one in sightings), default=None)
        cells: dict[str, object] = {
            "id": paper.arxiv_id or paper.id,
            "listed": first or "",
            "upvotes": "" if upvotes is None else upvotes,
            "title": readable(paper.title),
        }
        self._waiting.append([plain(str(cells[name])) for name in self._columns])
        self.count += 1
        if len(self._waiting) >= BATCH:
            self.flush()

    def flush(self) -> None:
        """Show what was added and is not shown yet."""
        first = self.count == len(self._waiting)
        rows, self._waiting = self._waiting, []
        if not rows:
            return
        if sys.stdout.isatty():
            self._draw(rows, headed=first)
            return
        for row in [list(self._columns), *rows] if first else rows:
            say("\t".join(row))

    def _draw(self, rows: Sequence[Sequence[str]], *, headed: bool) -> None:
        self._width = max(self._width, *(len(row[0]) for row in rows))
        drawn = Table(
            box=None, pad_edge=False, header_style="bold", show_header=headed, expand=True
        )
        drawn.add_column("id", width=self._width, no_wrap=True)
        if self._dated:
            drawn.add_column("listed", width=len("2026-11-21"), no_wrap=True)
        drawn.add_column("upvotes", width=len("upvotes"), justify="right", no_wrap=True)
        drawn.add_column("title", ratio=1, no_wrap=True, overflow="ellipsis")
        for row in rows:
            drawn.add_row(*(Text(cell) for cell in row))
        Console().print(drawn)


def show_paper(paper: Paper, sightings: Sequence[Sighting], byline: Byline | None) -> None:
    """Print all that is known of *paper*; *sightings* are oldest first."""
    say(plain(readable(paper.title)))
    _show_fields(paper)
    for heading, name, text in (
        ("In short", "summary", paper.summary),
        ("Abstract", "abstract", paper.abstract),
    ):
        if text:
            say(f"\n{heading} ({_sources(paper).get(name) or 'no source noted'}):")
            say(_paragraph(readable(text)))
    say("\nSeen:" if sightings else "\nIt was never in a listing.")
    if sightings:
        _show_growth(sightings)
    if byline and byline.authors:
        say("\nWho wrote it:")
        table(
            ["author", "h-index", "papers", "citations"],
            [[one.name, one.h_index, one.paper_count, one.citations] for one in byline.authors],
        )


def _show_fields(paper: Paper) -> None:
    sources = _sources(paper)
    rows = [
        [label, value, sources.get(origin, "")] for label, value, origin in _fields(paper) if value
    ]
    say("")
    table(["field", "value", "from"], rows)


def _fields(paper: Paper) -> list[tuple[str, str, str]]:
    """Return label, value and the name its origin goes by, of what is short enough for a line."""
    version = f"v{paper.version}" if paper.version else ""
    return [
        ("our id", paper.id, ""),
        ("arXiv", f"{paper.arxiv_id}{version}" if paper.arxiv_id else "", "arxiv_id"),
        ("DOI", paper.doi or "", "doi"),
        ("authors", _authors(paper), "authors"),
        ("published", _day(paper.published), ""),
        ("categories", ", ".join(paper.categories), "primary category"),
        ("institutions", "; ".join(paper.institutions), ""),
        ("keywords", ", ".join(paper.keywords), ""),
        ("comment", readable(paper.comment), "comment"),
        ("journal", readable(paper.journal), "journal"),
        ("withdrawn", {True: "yes", False: "no", None: ""}[paper.withdrawn], "withdrawn"),
        ("code", paper.code_url or ("yes" if paper.has_code else ""), "code_url"),
        ("project page", paper.project_url or "", "project_url"),
        ("picture", paper.thumbnail_url or "", "thumbnail_url"),
        ("submitted by", paper.submitter, "submitter"),
    ]


def _sources(paper: Paper) -> dict[str, str]:
    return {origin.field: plain(origin.source) for origin in paper.origins}


def _authors(paper: Paper) -> str:
    names = ", ".join(paper.authors)
    more = (paper.author_count or 0) - len(paper.authors)
    if more <= 0:
        return names
    return f"{names} and {more:,} more" if names else f"{more:,}, not named"


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""


def _paragraph(text: str) -> str:
    text = plain(text)
    return fill(text, width=min(Console().width, WIDEST)) if sys.stdout.isatty() else text


def _show_growth(sightings: Sequence[Sighting]) -> None:
    """Print the last counts that each source showed on each day (UTC)."""
    last = {(one.seen_at.date(), one.source, one.listed_on): one for one in sightings}
    shown = {
        label: name
        for label, name in COUNTED.items()
        if any(getattr(one, name) is not None for one in sightings)
    }
    table(
        ["day", "source", "listed", *shown],
        [
            [day, source, listed, *(getattr(one, name) for name in shown.values())]
            for (day, source, listed), one in sorted(last.items(), key=lambda item: item[0])
        ],
    )
