import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

import httpx
import pytest

from digest.errors import ListingUnreadable, SourceError, SourceRefused, SourceUnavailable
from digest.models.papers import Listing, ListingKind
from digest.models.visits import Rhythm
from digest.ports import Source
from digest.sources.huggingface import HuggingFace
from tests.sources.http.asking import asking
from tests.sources.huggingface import DAY, NOON, encoded, make_row, messages

HERE = "http://127.0.0.1:8765"
TOKEN = "hf_invented"  # noqa: S105 - of nobody


class Drop(httpx.SyncByteStream):
    """A body whose connection ends before it does."""

    def __init__(self, content: bytes) -> None:
        self._content = content

    def __iter__(self) -> Iterator[bytes]:
        yield self._content
        raise httpx.RemoteProtocolError("peer closed connection")


@dataclass
class Service:
    """Answers what it is told to, page by page, and an empty list after that."""

    answers: list[Any] = field(default_factory=list)
    asked: list[httpx.Request] = field(default_factory=list)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        page = int(request.url.params["p"])
        answer = self.answers[page] if page < len(self.answers) else []
        if isinstance(answer, httpx.Response):
            return answer
        content = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
        return httpx.Response(200, content=content)

    @property
    def pages(self) -> list[str]:
        return [request.url.params["p"] for request in self.asked]


@contextmanager
def source(service: Any, *, url: str = HERE, token: str = "") -> Iterator[HuggingFace]:
    with asking(httpx.MockTransport(service)) as scene:
        yield HuggingFace(scene.client, scene.clock, url=url, token=token)


def fetched(service: Any, day: date = DAY) -> Listing:
    with source(service) as hugging_face:
        (listing,) = hugging_face.fetch(day)
    return listing


def fetched_and_failed(service: Any, day: date = DAY) -> tuple[list[Listing], SourceError]:
    """Return what came before the error, and the error."""
    came: list[Listing] = []
    with source(service) as hugging_face, pytest.raises(SourceError) as failure:
        came.extend(hugging_face.fetch(day))
    return came, failure.value


def rows(*numbers: int, **paper: Any) -> list[Any]:
    return [make_row(number, **paper) for number in numbers]


def votes(listing: Listing) -> list[int | None]:
    return [entry.upvotes for entry in listing.entries]


def test_it_is_a_source_that_looks_back_two_weeks() -> None:
    with source(Service()) as hugging_face:
        port: Source = hugging_face

        assert port.name == "Hugging Face"
        assert port.rhythm == Rhythm(every=timedelta(hours=1), back=14)


def test_a_day_is_one_listing_as_it_is_seen_now() -> None:
    service = Service([rows(2, 1)])

    listing = fetched(service)

    assert (listing.kind, listing.source) == (ListingKind.DAILY, "Hugging Face")
    assert (listing.day, listing.seen_at, votes(listing)) == (DAY, NOON, [2, 1])
    (request,) = service.asked
    assert str(request.url) == f"{HERE}/api/daily_papers?date=2026-11-20&limit=100&p=0"
    assert "authorization" not in request.headers


def test_the_address_may_end_in_a_slash_and_the_token_goes_with_it() -> None:
    service = Service()
    with source(service, url="https://papers.example.org/hf/", token=TOKEN) as hugging_face:
        list(hugging_face.fetch(DAY))

    (request,) = service.asked
    assert request.url.path == "/hf/api/daily_papers"
    assert request.headers["authorization"] == f"Bearer {TOKEN}"


def test_pages_are_asked_for_until_one_is_not_full() -> None:
    service = Service([rows(*range(1, 101)), rows(*range(101, 201)), rows(201, 202)])

    listing = fetched(service)

    assert service.pages == ["0", "1", "2"]
    assert votes(listing) == list(range(1, 203))


def test_a_day_of_exactly_one_page_is_whole() -> None:
    service = Service([rows(*range(1, 101))])

    assert len(fetched(service).entries) == 100
    assert service.pages == ["0", "1"]


def test_a_paper_that_moves_to_the_next_page_meanwhile_is_there_once() -> None:
    listing = fetched(Service([rows(*range(1, 101)), rows(100, 101)]))

    assert votes(listing) == list(range(1, 102))


def test_a_server_that_ignores_pages_is_asked_twice() -> None:
    page = [*rows(*range(1, 100)), "broken"]
    service = Service([page] * 30)

    listing = fetched(service)

    assert service.pages == ["0", "1"]
    assert (len(listing.entries), len(listing.warnings)) == (99, 1)


def test_a_list_without_end_is_left_after_twenty_pages() -> None:
    service = Service([rows(*range(page * 100, page * 100 + 100)) for page in range(30)])

    (listing,), failure = fetched_and_failed(service)

    assert (len(listing.entries), len(service.asked)) == (2000, 20)
    assert isinstance(failure, SourceUnavailable)
    assert "goes on after 2000 rows" in str(failure)


def test_warnings_count_rows_across_pages() -> None:
    listing = fetched(Service([rows(*range(1, 101)), [*rows(101), None]]))

    assert [warning.line for warning in listing.warnings] == [102]


def test_an_empty_day_is_an_empty_listing() -> None:
    service = Service([[]])

    assert fetched(service).entries == ()
    assert service.pages == ["0"]


def test_a_weekend_that_is_answered_with_friday_is_empty() -> None:
    saturday = DAY + timedelta(days=1)
    service = Service([rows(*range(1, 101))] * 2)
    with asking(httpx.MockTransport(service)) as scene:
        scene.clock.advance(timedelta(days=1))
        (listing,) = HuggingFace(scene.client, scene.clock, url=HERE).fetch(saturday)

    assert (listing.day, listing.entries, service.pages) == (saturday, (), ["0"])
    assert messages(listing) == ["line 1: 100 rows of 2026-11-20, not of 2026-11-21, were left out"]


def test_rows_of_another_day_do_not_end_the_list() -> None:
    other = rows(*range(1, 100), submittedOnDailyAt="2026-11-19T00:00:00.000Z")
    service = Service([[*other, *rows(100)], rows(101)])

    assert votes(fetched(service)) == [100, 101]


def test_a_day_that_has_not_begun_is_not_asked_for() -> None:
    service = Service()

    came, failure = fetched_and_failed(service, DAY + timedelta(days=1))

    assert (came, service.asked) == ([], [])
    assert isinstance(failure, SourceUnavailable)
    assert str(failure) == "Hugging Face has no list of 2026-11-21 yet."
    assert failure.retry_at == datetime(2026, 11, 21, tzinfo=UTC)


def test_a_day_that_the_service_does_not_know_yet_is_late() -> None:
    service = Service([httpx.Response(400, json={"error": "Invalid date"})])

    came, failure = fetched_and_failed(service)

    assert (came, len(service.asked)) == ([], 1)
    assert isinstance(failure, SourceUnavailable)
    assert str(failure) == "Hugging Face has no list of 2026-11-20 yet."


def test_a_first_page_that_fails_leaves_nothing() -> None:
    came, failure = fetched_and_failed(
        Service([httpx.Response(429, headers={"RateLimit": '"api";r=0;t=55'})])
    )

    assert came == []
    assert isinstance(failure, SourceUnavailable)
    assert failure.retry_at == NOON + timedelta(seconds=55)


def test_a_token_that_is_refused_is_a_refusal() -> None:
    came, failure = fetched_and_failed(Service([httpx.Response(401)]))

    assert came == []
    assert isinstance(failure, SourceRefused)


def test_a_first_page_that_is_no_list_is_unreadable() -> None:
    came, failure = fetched_and_failed(Service([b"<html>Down for maintenance</html>"]))

    assert came == []
    assert isinstance(failure, ListingUnreadable)


def test_quoted_rows_are_unreadable() -> None:
    came, failure = fetched_and_failed(Service([["{'paper': 1}"]]))

    assert came == []
    assert "list of 2026-11-20 are quoted strings" in str(failure)


@pytest.mark.parametrize(
    ("second", "said"),
    [
        (httpx.Response(404), "(404)"),
        (httpx.Response(400), "no list of 2026-11-20 yet"),
        (b"<html>", "is a web page instead of JSON"),
        (["{'paper': 1}"], "are quoted strings"),
        (httpx.Response(200, stream=Drop(b"[")), "broke off"),
    ],
)
def test_what_came_stays_where_a_later_page_fails(second: Any, said: str) -> None:
    (listing,), failure = fetched_and_failed(Service([rows(*range(1, 101)), second]))

    assert len(listing.entries) == 100
    assert isinstance(failure, SourceUnavailable)
    assert str(failure).startswith("Only 100 papers of 2026-11-20 came: ")
    assert said in str(failure)


def test_a_later_page_that_must_wait_says_until_when() -> None:
    wait = httpx.Response(429, headers={"Retry-After": "300"})

    (listing,), failure = fetched_and_failed(Service([rows(*range(1, 101)), wait]))

    assert len(listing.entries) == 100
    assert isinstance(failure, SourceUnavailable)
    assert failure.retry_at == NOON + timedelta(seconds=300)


def test_the_rows_before_a_cut_are_taken_and_the_rest_is_missing() -> None:
    cut = httpx.Response(200, stream=Drop(encoded(*rows(1, 2, 3))[:-40]))

    (listing,), failure = fetched_and_failed(Service([cut]))

    assert votes(listing) == [1, 2]
    assert isinstance(failure, SourceUnavailable)
    assert "Only 2 papers of 2026-11-20 came" in str(failure)


def test_a_cut_before_the_first_row_ends_leaves_nothing() -> None:
    cut = httpx.Response(200, stream=Drop(encoded(*rows(1))[:40]))

    came, failure = fetched_and_failed(Service([cut]))

    assert came == []
    assert isinstance(failure, SourceUnavailable)


def test_the_listing_is_safe_before_the_error_is_raised() -> None:
    service = Service([rows(*range(1, 101)), httpx.Response(404)])
    with source(service) as hugging_face:
        listings = hugging_face.fetch(DAY)

        assert len(next(listings).entries) == 100
        with pytest.raises(SourceUnavailable):
            next(listings)
