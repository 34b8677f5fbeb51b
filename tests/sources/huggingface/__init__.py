"""Lists of Daily Papers of the project's own: whole ones in files, rows in one line."""

import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from digest.models.papers import Entry, Listing
from digest.sources.huggingface import parse_daily

DAY = date(2026, 11, 20)
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)

ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters()),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=9), inner),
    max_leaves=8,
)
"""Any value that JSON can hold, and some that it cannot."""

_LISTS = Path(__file__).parents[2] / "data" / "huggingface"


def saved(name: str) -> bytes:
    return (_LISTS / name).read_bytes()


def make_row(number: int = 1, *, outer: dict[str, Any] | None = None, **paper: Any) -> Any:
    """Return a row as it is since 2026; *paper* changes what is in it, *outer* what is around."""
    least = {"id": f"2611.{number:05}", "title": f"Whales count in base {number}"}
    defaults = {
        "authors": [{"name": "Ada Okafor", "hidden": False}],
        "publishedAt": "2026-11-18T00:00:00.000Z",
        "submittedOnDailyAt": f"{DAY}T00:00:00.000Z",
        "summary": "We listen to sperm whales.",
        "upvotes": number,
    }
    shell = {"publishedAt": "2026-11-17T19:00:00.000Z", "title": least["title"], "numComments": 2}
    return shell | {"paper": least | defaults | paper} | (outer or {})


def encoded(*rows: Any) -> bytes:
    return json.dumps(rows).encode()


def parsed(*rows: Any, day: date | None = DAY) -> Listing:
    return parse_daily(encoded(*rows), day=day, seen_at=NOON)


def only(row: Any) -> Entry:
    (entry,) = parsed(row).entries
    return entry


def messages(listing: Listing) -> list[str]:
    return [str(warning) for warning in listing.warnings]
