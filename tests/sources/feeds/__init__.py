"""Feeds of the project's own, read in one line."""

from datetime import UTC, date, datetime
from pathlib import Path

from digest.models.papers import Entry, Listing
from digest.sources.feeds import parse_feed

NAMES = ("atom", "rdf", "rss2")
DAY = date(2026, 11, 20)
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)

_FEEDS = Path(__file__).parents[2] / "data" / "feeds"


def feed(name: str) -> bytes:
    return (_FEEDS / f"{name}.xml").read_bytes()


def parsed(content: bytes, day: date = DAY) -> Listing:
    return parse_feed(content, name="Quiet", day=day, seen_at=NOON)


def rss(*items: str, channel: str = "", root: str = "") -> bytes:
    told = "".join(f"<item>{item}</item>" for item in items)
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>{root}<rss version="2.0"'
        ' xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f"<channel><title>Quiet</title>{channel}{told}</channel></rss>"
    ).encode()


def only(content: bytes) -> Entry:
    (entry,) = parsed(content).entries
    return entry


def titles(listing: Listing) -> list[str]:
    return [entry.title for entry in listing.entries]
