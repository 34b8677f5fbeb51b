"""Any listing that somebody saved: a page as text or HTML, JSON, or a feed.

`recognise` is pure; `read_file` touches files.
"""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, time
from functools import partial
from pathlib import Path
from typing import BinaryIO

from digest.errors import ListingUnreadable, SourceError, SourceRefused, SourceUnavailable
from digest.models.papers import Announcement, Listing
from digest.sources import arxiv, feeds, huggingface, saved_page

SOURCE = "saved pages"
"""What a saved feed is filed under: whose it is its bytes need not say."""

STANDARD_INPUT = Path("-")
"""What stands for standard input."""


def read_file(
    path: Path, standard_input: BinaryIO, *, day: date, seen_at: datetime | None = None
) -> tuple[Listing, ...]:
    """Return what is in the file at *path*, `-` being *standard_input*: see `recognise`.

    Raise the SourceError that says why it cannot be used, with the name of the file.
    """
    if path == STANDARD_INPUT:
        content, name = saved_page.read_stream(standard_input), "standard input"
    else:
        content, name = saved_page.read_page(path), str(path)
    try:
        return (recognise(content, day=day, seen_at=seen_at),)
    except SourceError as problem:
        raise _named(problem, name) from problem


def recognise(content: bytes, *, day: date, seen_at: datetime | None = None) -> Listing:
    """Return the listing in *content*; its beginning says of which kind.

    It was saved on *day*, which a listing that names a day of its own need not be of, and
    read at *seen_at*, if anybody knows. Raise SourceError for what is no listing.
    """
    for is_such, parse in _PARSERS:
        if is_such(content):
            return parse(content, seen_at=seen_at)
    if _is_feed(content):
        return _feed(content, day=day, seen_at=seen_at)
    return saved_page.parse(content, day=day)


_PARSERS: tuple[tuple[Callable[[bytes], bool], Callable[..., Listing]], ...] = (
    (huggingface.is_daily_json, partial(huggingface.parse_daily, day=None)),
    (huggingface.is_daily_page, partial(huggingface.parse_page, day=None)),
    (arxiv.is_oai, arxiv.parse_oai),
    # Who saved an answer wants its papers, known or not.
    (arxiv.is_api_feed, partial(arxiv.parse_api, announcement=Announcement.NEW)),
    (arxiv.is_arxiv_feed, arxiv.parse_feed),
)


def _is_feed(content: bytes) -> bool:
    """Return whether *content* begins as RSS or Atom does, in whatever encoding."""
    return _FEED.search(content[:_BEGINNING].replace(b"\0", b"")) is not None


_BEGINNING = 4096
_FEED = re.compile(rb"<(?:rss|feed|rdf:RDF|(?:\w+:)?RDF)[\s>]")


def _feed(content: bytes, *, day: date, seen_at: datetime | None) -> Listing:
    midnight = datetime.combine(day, time(), tzinfo=UTC)
    listing = feeds.parse_feed(content, name=SOURCE, day=day, seen_at=seen_at or midnight)
    return replace(listing, seen_at=seen_at)


def _named(problem: SourceError, name: str) -> SourceError:
    """Return *problem* with the *name* of the file before it, of the same kind."""
    message = f"{name}: {problem}"
    if isinstance(problem, SourceUnavailable):
        return SourceUnavailable(message, retry_at=problem.retry_at)
    return (SourceRefused if isinstance(problem, SourceRefused) else ListingUnreadable)(message)
