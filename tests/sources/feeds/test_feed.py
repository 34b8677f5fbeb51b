import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, timedelta

import httpx
import pytest

from digest.errors import SourceError, SourceUnavailable
from digest.ports import Source
from digest.services.ingest import ingest
from digest.sources.feeds import Feed
from digest.sources.http import Client, Reply
from tests.fakes import CountingTokens, MemoryStore, StoppedClock
from tests.fakes.turns import MemoryTurns
from tests.sources.feeds import DAY, NOON, feed, parsed, titles

URL = "https://quiet.example/feed?token=secret"


class MemoryNotebook:
    def __init__(self) -> None:
        self.notes: dict[str, Mapping[str, str]] = {}

    def read(self, key: str) -> Mapping[str, str]:
        return self.notes.get(key, {})

    def write(self, key: str, note: Mapping[str, str]) -> None:
        self.notes[key] = note


def asking(
    answer: Callable[[httpx.Request], httpx.Response], notebook: MemoryNotebook | None = None
) -> Feed:
    clock = StoppedClock(NOON)
    client = Client(
        user_agent="digest-tests",
        turns=MemoryTurns(),
        clock=clock,
        tokens=CountingTokens(),
        pause=timedelta(0),
        sleep=lambda _: None,
        transport=httpx.MockTransport(answer),
    )
    return Feed(client, clock, notebook or MemoryNotebook(), name="Quiet", url=URL)


def test_a_feed_is_a_source_asked_every_three_hours_for_today_alone() -> None:
    source: Source = asking(lambda _: pytest.fail("asked"))

    assert (source.rhythm.every, source.rhythm.back) == (timedelta(hours=3), 0)
    assert list(source.fetch(DAY - timedelta(days=1))) == []


def test_a_feed_yields_what_it_holds_and_is_asked_for_changes_from_then_on() -> None:
    conditions = []

    def answer(request: httpx.Request) -> httpx.Response:
        conditions.append(
            [request.headers.get(name) for name in ("If-None-Match", "If-Modified-Since")]
        )
        if request.headers.get("If-None-Match") == '"one"':
            return httpx.Response(304)
        headers = {"ETag": '"one"', "Last-Modified": "Fri, 20 Nov 2026 08:00:00 GMT"}
        return httpx.Response(200, content=feed("rss2"), headers=headers)

    source = asking(answer)

    (listing,) = source.fetch(DAY)
    assert listing == parsed(feed("rss2"))
    assert list(source.fetch(DAY)) == []
    assert conditions == [[None, None], ['"one"', "Fri, 20 Nov 2026 08:00:00 GMT"]]


def test_nothing_is_noted_before_the_listing_is_safe() -> None:
    notebook = MemoryNotebook()
    source = asking(
        lambda _: httpx.Response(200, content=feed("atom"), headers={"ETag": "one"}), notebook
    )

    fetching = source.fetch(DAY)
    next(fetching)

    assert notebook.notes == {}
    assert list(fetching) == []
    assert list(notebook.notes.values()) == [{"etag": "one"}]
    assert "secret" not in json.dumps(notebook.notes)


def test_a_feed_that_ends_early_is_taken_as_far_as_it_goes_and_wanted_again() -> None:
    notebook = MemoryNotebook()
    cut = feed("rss2")[: feed("rss2").index(b"A lamp")]
    source = asking(lambda _: httpx.Response(200, content=cut, headers={"ETag": "one"}), notebook)

    (listing,) = source.fetch(DAY)

    assert titles(listing) == ["E. coli in the dark: H2O when $a < b$"]
    assert notebook.notes == {}


def test_a_connection_that_ends_early_is_an_error_after_what_came(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    content = feed("rss2")[:-20]
    source = asking(lambda _: pytest.fail("asked"))
    reply = Reply(url=URL, status=200, headers={"etag": "one"}, content=content, whole=False)
    monkeypatch.setattr(Client, "get", lambda *_, **__: reply)

    fetching = source.fetch(DAY)
    assert len(next(fetching).entries) == 4
    with pytest.raises(SourceUnavailable, match="Quiet broke off in the middle"):
        next(fetching)


@pytest.mark.parametrize(
    ("status", "content"), [(403, b""), (404, b""), (500, b""), (200, b"<html>"), (200, b"{}")]
)
def test_no_message_shows_the_address_of_a_feed(status: int, content: bytes) -> None:
    source = asking(lambda _: httpx.Response(status, content=content))

    with pytest.raises(SourceError) as caught:
        list(source.fetch(DAY))
    assert "secret" not in str(caught.value)


def test_an_item_is_announced_once_on_the_day_on_which_it_first_came() -> None:
    store = MemoryStore()
    first = parsed(feed("rss2"))
    later = replace(parsed(feed("rss2")), day=date(2026, 11, 21), seen_at=NOON + timedelta(days=1))

    assert ingest([first], DAY, store=store).sightings == 3
    assert ingest([first, later], DAY, store=store).sightings == 0
