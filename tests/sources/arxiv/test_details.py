from datetime import UTC, datetime

import httpx
import pytest

from digest.errors import ListingUnreadable, SourceRefused, SourceUnavailable
from digest.models.papers import Announcement, Listing
from digest.ports import Details
from digest.sources.arxiv import ArxivDetails
from tests.fakes import StoppedClock
from tests.sources.arxiv import Breaking, client, saved

NOW = datetime(2026, 8, 13, 12, tzinfo=UTC)
REPLY = saved("api.xml")
EMPTY = REPLY[: REPLY.index(b"<entry>")] + b"</feed>"


class Api:
    """Answers every question with *reply*, and remembers what it was asked."""

    def __init__(self, reply: bytes, status: int = 200) -> None:
        self.asked: list[dict[str, str]] = []
        self._reply = reply
        self._status = status

    def __call__(self, request: httpx.Request) -> httpx.Response:
        assert request.url.path == "/api/query"
        self.asked.append(dict(request.url.params))
        return httpx.Response(self._status, content=self._reply)


def details(api: Api) -> ArxivDetails:
    clock = StoppedClock(NOW)
    return ArxivDetails(client(api, clock), api_url="https://api.arxiv.example/", clock=clock)


def test_papers_are_looked_up_in_one_question() -> None:
    api = Api(REPLY)
    directory: Details = details(api)

    (listing,) = directory.look_up(["2608.00101v2", "hep-th/9901001", "2608.00101", "moss"])

    assert api.asked == [{"id_list": "2608.00101,hep-th/9901001", "max_results": "2"}]
    assert listing.seen_at == NOW
    assert {entry.announcement for entry in listing.entries} == {Announcement.UPDATE}


def test_many_papers_are_looked_up_a_hundred_at_a_time() -> None:
    api = Api(REPLY)

    list(details(api).look_up([f"2608.{number:05d}" for number in range(201)]))

    assert [asked["max_results"] for asked in api.asked] == ["100", "100", "1"]


def test_no_papers_are_no_question() -> None:
    api = Api(REPLY)

    assert list(details(api).look_up(["moss"])) == []
    assert api.asked == []


def test_papers_that_arxiv_does_not_know_bring_nothing() -> None:
    unknown = EMPTY.replace(b"totalResults>3", b"totalResults>0")

    assert list(details(Api(unknown)).look_up(["2608.00101"])) == []


def test_an_empty_page_of_several_papers_is_asked_for_later() -> None:
    with pytest.raises(SourceUnavailable, match="left out"):
        list(details(Api(EMPTY)).look_up(["2608.00101"]))


def test_a_reply_that_breaks_off_is_taken_as_far_as_it_came() -> None:
    came: list[Listing] = []

    with pytest.raises(SourceUnavailable, match="left out"):
        came.extend(details(Api(REPLY[:-200])).look_up(["2608.00101"]))

    assert len(came) == 1


def test_a_connection_that_ends_at_once_is_tried_again_later() -> None:
    def answer(_: httpx.Request) -> httpx.Response:
        return httpx.Response(200, stream=Breaking(b"<fe"))

    clock = StoppedClock(NOW)
    asking = ArxivDetails(client(answer, clock), api_url="https://api.arxiv.example", clock=clock)

    with pytest.raises(SourceUnavailable, match="at once"):
        list(asking.look_up(["2608.00101"]))


def test_a_page_that_is_no_reply_is_unreadable() -> None:
    with pytest.raises(ListingUnreadable):
        list(details(Api(b"moss")).look_up(["2608.00101"]))


@pytest.mark.parametrize(
    ("reply", "said"), [(saved("api_error.xml"), "incorrect id format"), (EMPTY, "does not say")]
)
def test_a_refusal_carries_its_sentence(reply: bytes, said: str) -> None:
    with pytest.raises(SourceRefused, match=said):
        list(details(Api(reply, 400)).look_up(["2608.00101"]))
