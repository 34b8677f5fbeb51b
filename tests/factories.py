"""One valid value of everything; a test names only what it is about."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from digest.models.interests import Interest
from digest.models.issues import (
    Issue,
    Movement,
    Pick,
    Reason,
    Score,
    Signal,
    SourceState,
    Trend,
)
from digest.models.papers import Entry, Listing, ListingKind, Paper, Sighting, new_paper
from digest.models.subscribers import (
    Reader,
    Subscriber,
    SubscriberState,
    Subscription,
    address_hmac,
)

DAY = date(2026, 11, 20)
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
KEY = b"k" * 32


def make_entry(title: str = "Whales count in base eight", **changes: Any) -> Entry:
    defaults: dict[str, Any] = {
        "title": title,
        "abstract": "We listen to sperm whales. Their clicks follow a code of eight symbols.",
        "authors": ("Ada Okafor", "Bo Lindqvist"),
        "author_count": 2,
    }
    return Entry(**defaults | changes)


def make_paper(title: str = "Whales count in base eight", **changes: Any) -> Paper:
    if "authors" in changes:
        changes.setdefault("author_count", len(changes["authors"]) or None)
    return replace(new_paper(make_entry(title)), **changes)


def make_listing(*entries: Entry, **changes: Any) -> Listing:
    defaults: dict[str, Any] = {
        "kind": ListingKind.DAILY,
        "source": "saved pages",
        "day": DAY,
        "entries": entries or (make_entry(),),
    }
    return Listing(**defaults | changes)


def make_sighting(paper: Paper, **changes: Any) -> Sighting:
    defaults: dict[str, Any] = {
        "paper_id": paper.id,
        "source": "saved pages",
        "listed_on": DAY,
        "seen_at": NOON,
        "position": 1,
    }
    return Sighting(**defaults | changes)


def make_reader(
    name: str = "ada", *, phrases: tuple[str, ...] = ("whales",), **changes: Any
) -> Reader:
    address = f"{name}@example.org"
    defaults: dict[str, Any] = {
        "id": f"subscription-{name}",
        "subscriber_id": f"subscriber-{name}",
        "interests": (Interest(phrases=phrases),),
    }
    state = changes.pop("state", SubscriberState.ACTIVE)
    return Reader(
        subscriber=Subscriber(
            id=f"subscriber-{name}",
            address=address,
            address_hmac=address_hmac(address, key=KEY),
            state=state,
            created_at=NOON,
        ),
        subscription=Subscription(**defaults | changes),
    )


def make_trend(**changes: Any) -> Trend:
    defaults: dict[str, Any] = {
        "value": 40.0,
        "reasons": (Reason(signal=Signal.UPVOTES, subject="12", points=40.0),),
        "rank": 3,
        "movement": Movement.UP,
        "moved": 2,
        "upvotes": 12,
        "growth": 5,
        "history": (3, 7, 12),
        "novelty": 71.0,
    }
    return Trend(**defaults | changes)


def make_score(**changes: Any) -> Score:
    defaults: dict[str, Any] = {
        "value": 61.5,
        "reasons": (
            Reason(signal=Signal.TERM, subject="whales", points=40.0),
            Reason(signal=Signal.UPVOTES, subject="12", points=21.5),
        ),
    }
    return Score(**defaults | changes)


def make_pick(rank: int = 1, paper: Paper | None = None, **changes: Any) -> Pick:
    defaults: dict[str, Any] = {
        "rank": rank,
        "paper": paper or make_paper(f"Paper number {rank}"),
        "score": make_score(),
        "trend": make_trend(),
    }
    return Pick(**defaults | changes)


def make_issue(*picks: Pick, **changes: Any) -> Issue:
    defaults: dict[str, Any] = {
        "id": "0123456789abcdef0123456789abcdef",
        "subscription_id": "subscription-ada",
        "day": DAY,
        "number": 1,
        "composed_at": NOON,
        "picks": picks or (make_pick(),),
        "considered": 50,
        "new_papers": 35,
        "matching": 6,
        "sources": (SourceState(name="saved pages", papers=50, latest=DAY),),
    }
    return Issue(**defaults | changes)
