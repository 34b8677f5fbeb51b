"""A feed's bytes, as the listing of a day."""

import io
import re
from datetime import date, datetime
from typing import Any

import feedparser
from lxml import etree
from lxml.html import document_fromstring

from digest.errors import ListingUnreadable
from digest.models.papers import Entry, Listing, ListingKind, ListingWarning
from digest.sources.feeds.items import entry_of
from digest.sources.feeds.mending import is_cut, mended, refuse_bomb


def parse_feed(content: bytes, *, name: str, day: date, seen_at: datetime) -> Listing:
    """Return what the feed *name* holds, RSS 0.9 to 2.0 or Atom, as its listing of *day*.

    A CATALOGUE: each paper is announced on the day on which it first came, and one older
    than `items.NEWS` never. Of a feed that breaks off, whole items are taken. Warnings
    count items. Raise ListingUnreadable for what is no feed.
    """
    _refuse_web_page(content, name=name)
    refuse_bomb(content, name=name)
    parsed = _parsed(mended(content), name=name)
    entries: list[Entry] = []
    warnings: list[ListingWarning] = []
    for number, item in enumerate(parsed["entries"], start=1):
        entry = entry_of(item, feed=parsed["feed"], day=day)
        if entry is None:
            warnings.append(_warning(number, "an item without a title was left out"))
        else:
            entries.append(entry)
    if is_cut(content):
        after = len(parsed["entries"]) + 1
        warnings.append(_warning(after, "the feed breaks off here; the rest is missing"))
    return Listing(
        kind=ListingKind.CATALOGUE,
        source=name,
        day=day,
        entries=tuple(entries),
        warnings=tuple(warnings),
        seen_at=seen_at,
    )


def _warning(number: int, message: str) -> ListingWarning:
    return ListingWarning(line=number, message=message)


def _parsed(content: bytes, *, name: str) -> Any:  # noqa: ANN401 - feedparser has no types
    """Return *content* as feedparser's dictionary, never letting it fetch or sanitize."""
    try:
        # Bytes alone it would take for the name of a file.
        parsed = feedparser.parse(
            io.BytesIO(content), sanitize_html=False, resolve_relative_uris=False
        )
    except Exception as problem:  # its parser of last resort raises whatever it stumbles over
        raise ListingUnreadable(
            f"{name} is so broken that it cannot be read; tell its publisher."
        ) from problem
    if not parsed.get("version") and not parsed["entries"]:
        raise ListingUnreadable(
            f"{name} is no RSS or Atom feed; check its address in the settings."
        )
    return parsed


def _refuse_web_page(content: bytes, *, name: str) -> None:
    if not _WEB_PAGE.match(content):
        return
    feed = _advertised_feed(content)
    hint = f'it says its feed is "{feed}"' if feed else "look on it for the address of its feed"
    raise ListingUnreadable(f"{name} is a web page, not a feed; {hint}.")


def _advertised_feed(content: bytes) -> str:
    """Return the address, perhaps relative, that a web page gives for its feed, or ""."""
    try:
        page = document_fromstring(content)
    except (etree.LxmlError, ValueError):
        return ""
    for link in page.iter("link"):
        if "alternate" in link.get("rel", "").lower() and _FEED_TYPE.search(link.get("type", "")):
            return " ".join(link.get("href", "").split())[:200]
    return ""


_WEB_PAGE = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]*>\s*)?(?:(?><!--.*?-->)\s*+)*+<(?:!doctype\s+)?html\b",
    re.IGNORECASE | re.DOTALL,
)
_FEED_TYPE = re.compile(r"application/(?:rss|atom)\+xml", re.IGNORECASE)
