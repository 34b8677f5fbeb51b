"""The page of a day as a browser shows it: the same rows, as JSON in an attribute."""

import contextlib
import json
from datetime import date, datetime
from typing import Any

from lxml import etree

from digest.errors import ListingUnreadable
from digest.models.papers import Listing
from digest.sources.huggingface.daily import checked_rows, listing_of
from digest.sources.huggingface.rows import day_in


def is_daily_page(content: bytes) -> bool:
    """Return whether *content* looks like the HTML page of Daily Papers."""
    return b'data-target="DailyPapers"' in content


def parse_page(content: bytes, *, day: date | None, seen_at: datetime | None) -> Listing:
    """Return the list on the page: of the day it names, else of *day*; as `parse_daily`.

    Asked for a day without a list, the site shows the last one before it, and says so.
    Raise ListingUnreadable for any other page.
    """
    properties = _properties(content)
    rows = properties.get("dailyPapers")
    if not isinstance(rows, list):
        raise ListingUnreadable(
            "This page of Daily Papers has no list of papers in it; save it again."
        )
    day = _day_of(properties) or day
    return listing_of(checked_rows(rows, day=day), day=day, seen_at=seen_at)


def _properties(content: bytes) -> dict[str, Any]:
    """Return what the page hands to its script: `dailyPapers` and the day among others."""
    try:
        content.decode()
    except UnicodeDecodeError as problem:
        raise ListingUnreadable("This page is not in UTF-8; save it as it is sent.") from problem
    text = _attribute(content)
    if text is None and not is_daily_page(content):
        raise ListingUnreadable(
            "This is no page of Hugging Face's Daily Papers; "
            "save huggingface.co/papers as HTML, or as text."
        )
    try:
        properties = json.loads(text or "")
    except (ValueError, RecursionError) as problem:
        raise ListingUnreadable(
            "This page of Daily Papers is broken, or a part of it; save it again."
        ) from problem
    return properties if isinstance(properties, dict) else {}


class _Hydrater:
    """Looks for the element of the list while the page goes by, and keeps no tree of it."""

    def __init__(self) -> None:
        self.found: str | None = None

    def start(self, _tag: str, attributes: dict[str, str]) -> None:
        if self.found is None and attributes.get("data-target") == "DailyPapers":
            self.found = attributes.get("data-props")

    def close(self) -> None:
        """Be what lxml calls at the end."""


def _attribute(content: bytes) -> str | None:
    """Return the unescaped `data-props` of the list, None on a page without it."""
    hydrater = _Hydrater()
    parser = etree.HTMLParser(
        target=hydrater,  # type: ignore[arg-type]  # a target may leave out what it does not need
        encoding="utf-8",
        huge_tree=True,  # of which nothing is kept: an attribute may be as long as its page
    )
    with contextlib.suppress(etree.LxmlError):
        etree.fromstring(content, parser)
    return hydrater.found


def _day_of(properties: dict[str, Any]) -> date | None:
    if properties.get("periodType") not in (None, "day"):
        return None
    return day_in(properties.get("dateString")) or day_in(properties.get("date"))
