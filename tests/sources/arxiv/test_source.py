from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta

import httpx
import pytest

from digest.errors import ListingUnreadable, SourceRefused, SourceUnavailable
from digest.models.papers import Announcement, Listing, ListingKind
from digest.ports import Source
from digest.services.ingest import ingest
from digest.sources.arxiv import Arxiv
from digest.sources.arxiv.feed import MOST
from digest.sources.arxiv.source import sets_of
from tests.fakes import MemoryNotebook, MemoryStore, StoppedClock
from tests.sources.arxiv import Breaking, Item, Kept, client, error, page, rss, saved

TODAY = date(2026, 8, 12)  # a Wednesday
YESTERDAY = TODAY - timedelta(days=1)
SATURDAY, SUNDAY, MONDAY = (date(2026, 8, day) for day in (15, 16, 17))
ITEMS = [Item(number=1), Item(number=2, announce_type="cross")]
OTHERS = [Item(number=3)]
CUT_FEED = rss(ITEMS, day=TODAY)[:-60]

Answer = Callable[[httpx.Request], httpx.Response]


def source(
    answer: Answer,
    *categories: str,
    today: date = TODAY,
    notebook: MemoryNotebook | None = None,
) -> Arxiv:
    clock = StoppedClock(datetime.combine(today, time(6), tzinfo=UTC))
    return Arxiv(
        client(answer, clock),
        clock,
        notebook or MemoryNotebook(),
        feed_url="https://rss.arxiv.example",
        oai_url="https://oai.arxiv.example/oai",
        categories=categories or ("cs.CL", "cs.AI"),
    )


class Arxivs:
    """Answers with each of *replies* in turn, and remembers what it was asked."""

    def __init__(self, *replies: bytes | httpx.Response) -> None:
        self.asked: list[httpx.Request] = []
        self._replies: Iterator[bytes | httpx.Response] = iter(replies)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        reply = next(self._replies)
        if isinstance(reply, httpx.Response):
            return reply
        return httpx.Response(200, content=reply, headers={"ETag": f"e{len(self.asked)}"})

    @property
    def paths(self) -> list[str]:
        return [request.url.path for request in self.asked]

    @property
    def parameters(self) -> list[dict[str, str]]:
        return [dict(request.url.params) for request in self.asked]

    @property
    def conditions(self) -> list[str]:
        return [request.headers.get("If-None-Match", "") for request in self.asked]


def taken(listings: Iterator[Listing]) -> tuple[list[Listing], str]:
    """Return what came, and the sentence it ended with: "" where all came."""
    came = []
    try:
        for listing in listings:
            came.append(listing)  # noqa: PERF402 - what came before an error stays
    except SourceUnavailable as problem:
        return came, str(problem)
    return came, ""


def ids(listings: Sequence[Listing]) -> list[list[str | None]]:
    return [[entry.arxiv_id for entry in listing.entries] for listing in listings]


def test_arxiv_is_a_source_asked_every_hour_from_five_on_and_three_days_back() -> None:
    asked: Source = source(lambda _: pytest.fail("asked"))

    assert asked.name == "arXiv"
    assert (asked.rhythm.every, asked.rhythm.back, asked.rhythm.opens) == (timedelta(hours=1), 3, 5)


def test_today_is_what_the_feed_announces() -> None:
    arxiv = Arxivs(rss(ITEMS, day=TODAY))

    came, late = taken(source(arxiv).fetch(TODAY))

    assert (ids(came), late) == ([["2608.00001", "2608.00002"]], "")
    assert (came[0].kind, came[0].day) == (ListingKind.FEED, TODAY)
    assert came[0].seen_at == datetime(2026, 8, 12, 6, tzinfo=UTC)
    assert arxiv.paths == ["/rss/cs.CL+cs.AI"]
    assert arxiv.conditions == [""]


def test_a_feed_that_has_not_changed_brings_nothing() -> None:
    notebook = MemoryNotebook()
    arxiv = Arxivs(rss(ITEMS, day=TODAY), httpx.Response(304))

    taken(source(arxiv, notebook=notebook).fetch(TODAY))

    assert taken(source(arxiv, notebook=notebook).fetch(TODAY)) == ([], "")
    assert arxiv.conditions == ["", "e1"]


def test_a_feed_is_noted_only_when_its_listing_is_safe() -> None:
    notebook = MemoryNotebook()
    fetching = source(Arxivs(rss(ITEMS, day=TODAY)), notebook=notebook).fetch(TODAY)

    next(fetching)
    assert notebook.written == []
    assert list(fetching) == []
    assert notebook.written == ["arXiv feed cs.CL+cs.AI"]


def test_many_categories_are_asked_for_ten_at_a_time() -> None:
    arxiv = Arxivs(rss(ITEMS, day=TODAY), rss(OTHERS, day=TODAY))
    categories = [f"cs.{letter}A" for letter in "ABCDEFGHIJKL"]

    came, late = taken(source(arxiv, *categories).fetch(TODAY))

    assert arxiv.paths == [f"/rss/{'+'.join(categories[:10])}", "/rss/cs.KA+cs.LA"]
    assert (len(came), late) == (2, "")


def test_a_stale_feed_is_neither_taken_nor_noted() -> None:
    notebook = MemoryNotebook()
    taken(
        source(Arxivs(rss(ITEMS, day=YESTERDAY)), today=YESTERDAY, notebook=notebook).fetch(
            YESTERDAY
        )
    )
    arxiv = Arxivs(rss(ITEMS, day=TODAY), rss(OTHERS, day=TODAY))

    came, late = taken(source(arxiv, notebook=notebook).fetch(TODAY))

    assert came == []
    assert late == "arXiv's feed still holds the papers of 11 August; it is asked again later."
    assert len(notebook.written) == 1
    assert ids(taken(source(arxiv, notebook=notebook).fetch(TODAY))[0]) == [["2608.00003"]]
    assert arxiv.conditions == ["e1", "e1"]


def test_a_stale_feed_is_noticed_over_an_empty_weekend() -> None:
    friday, notebook = SATURDAY - timedelta(days=1), MemoryNotebook()
    for day, items in ((friday, ITEMS), (SATURDAY, []), (SUNDAY, [])):
        arxiv = Arxivs(rss(items, day=day))
        assert taken(source(arxiv, today=day, notebook=notebook).fetch(day))[1] == ""

    stale = source(Arxivs(rss(ITEMS, day=MONDAY)), today=MONDAY, notebook=notebook)

    assert "papers of 14 August" in taken(stale.fetch(MONDAY))[1]


def test_an_unchanged_feed_of_today_is_not_stale() -> None:
    notebook = MemoryNotebook()
    arxiv = Arxivs(rss(ITEMS, day=TODAY), rss(ITEMS, day=TODAY))

    taken(source(arxiv, notebook=notebook).fetch(TODAY))

    assert taken(source(arxiv, notebook=notebook).fetch(TODAY))[1] == ""


def test_an_empty_feed_of_a_weekend_is_no_error() -> None:
    arxiv = Arxivs(rss([], day=SATURDAY))

    came, late = taken(source(arxiv, today=SATURDAY).fetch(SATURDAY))

    assert (ids(came), came[0].day, late) == ([[]], SATURDAY, "")


@pytest.mark.parametrize("fresh", [True, False])
def test_at_a_weekend_the_papers_of_friday_may_still_be_there(*, fresh: bool) -> None:
    friday, notebook = SATURDAY - timedelta(days=1), MemoryNotebook()
    taken(source(Arxivs(rss(ITEMS, day=friday)), today=friday, notebook=notebook).fetch(friday))
    arxiv = Arxivs(rss(ITEMS, day=SATURDAY if fresh else friday))

    came, late = taken(source(arxiv, today=SATURDAY, notebook=notebook).fetch(SATURDAY))

    assert [(listing.day, listing.entries) for listing in came] == [(SATURDAY, ())]
    assert late == ""


def test_an_earlier_feed_that_was_missed_is_taken_as_of_its_day() -> None:
    notebook = MemoryNotebook()
    arxiv = Arxivs(rss(ITEMS, day=YESTERDAY), rss(ITEMS, day=YESTERDAY), httpx.Response(304))

    came, late = taken(source(arxiv, notebook=notebook).fetch(TODAY))
    assert [(listing.day, len(listing.entries)) for listing in came] == [(YESTERDAY, 2)]
    assert late == "arXiv has not announced the papers of 12 August yet; it is asked again later."

    for _ in range(2):
        assert taken(source(arxiv, notebook=notebook).fetch(TODAY)) == ([], late)


def test_an_earlier_empty_feed_is_taken_once_too() -> None:
    notebook = MemoryNotebook()
    arxiv = Arxivs(rss([], day=SUNDAY), rss([], day=SUNDAY))

    first = taken(source(arxiv, today=MONDAY, notebook=notebook).fetch(MONDAY))
    second = taken(source(arxiv, today=MONDAY, notebook=notebook).fetch(MONDAY))

    assert [listing.day for listing in first[0]] == [SUNDAY]
    assert second == ([], first[1])


def test_a_day_to_come_has_not_been_announced() -> None:
    came, late = taken(source(lambda _: pytest.fail("asked")).fetch(TODAY + timedelta(days=1)))

    assert (came, "has not announced the papers of 13 August" in late) == ([], True)


def test_a_category_that_does_not_exist_is_named() -> None:
    arxiv = Arxivs(httpx.Response(400, content=saved("feed_error.xml")))

    with pytest.raises(SourceRefused, match="Bad subject class 'QQ'"):
        list(source(arxiv, "cs.CL", "cs.QQ").fetch(TODAY))


@pytest.mark.parametrize("body", [rss([], day=TODAY), rss(ITEMS, day=TODAY)])
def test_a_bad_request_is_refused_whatever_it_brings(body: bytes) -> None:
    arxiv = Arxivs(httpx.Response(400, content=body))

    with pytest.raises(SourceRefused, match=r"refuses the feed of cs\.CL\+cs\.AI"):
        list(source(arxiv).fetch(TODAY))


def test_a_feed_that_breaks_off_is_taken_as_far_as_it_came_and_asked_for_again() -> None:
    notebook = MemoryNotebook()
    arxiv = Arxivs(CUT_FEED, rss(ITEMS, day=TODAY))

    came, late = taken(source(arxiv, notebook=notebook).fetch(TODAY))

    assert ids(came) == [["2608.00001"]]
    assert late == "arXiv's feed broke off in the middle; it is asked again later."
    assert ids(taken(source(arxiv, notebook=notebook).fetch(TODAY))[0]) == [
        ["2608.00001", "2608.00002"]
    ]
    assert arxiv.conditions == ["", ""]


def test_a_feed_of_yesterday_that_breaks_off_is_not_noted_either() -> None:
    notebook = MemoryNotebook()
    cut = rss(ITEMS, day=YESTERDAY)[:-60]

    came, late = taken(source(Arxivs(cut), notebook=notebook).fetch(TODAY))

    assert (ids(came), "broke off" in late) == ([["2608.00001"]], True)
    assert notebook.written == []


def test_a_connection_that_ends_at_once_is_tried_again_later() -> None:
    for reply in (b"", httpx.Response(200, stream=Breaking(b"<rss"))):
        with pytest.raises(SourceUnavailable, match="broke off at once"):
            list(source(Arxivs(reply)).fetch(TODAY))


def test_a_connection_that_ends_in_the_middle_keeps_what_came() -> None:
    arxiv = Arxivs(httpx.Response(200, stream=Breaking(CUT_FEED)))

    came, late = taken(source(arxiv).fetch(TODAY))

    assert (ids(came), "broke off" in late) == ([["2608.00001"]], True)


def test_a_page_that_is_no_feed_is_unreadable() -> None:
    with pytest.raises(ListingUnreadable):
        list(source(Arxivs(b"<html><body>moss</body></html>")).fetch(TODAY))


def full(first: int) -> list[Item]:
    return [Item(number=number) for number in range(first, first + MOST)]


def test_what_a_full_feed_leaves_out_comes_from_the_feeds_of_fewer_categories() -> None:
    notebook = MemoryNotebook()
    arxiv = Arxivs(
        rss(full(1), day=TODAY),
        rss(full(1), day=TODAY),
        rss([Item(number=5000)], day=TODAY),
    )

    came, late = taken(source(arxiv, "cs.CL", "cs.AI", notebook=notebook).fetch(TODAY))

    assert arxiv.paths == ["/rss/cs.CL+cs.AI", "/rss/cs.CL", "/rss/cs.AI"]
    assert ([len(listing.entries) for listing in came], late) == ([MOST, MOST, 1], "")
    # A feed of one category can be full too: the catalogue has the rest tomorrow.
    assert "catalogue" in came[1].warnings[0].message
    assert notebook.written[-1] == "arXiv feed cs.CL+cs.AI"


def test_a_full_feed_is_not_noted_while_a_half_of_it_is_late() -> None:
    notebook = MemoryNotebook()
    arxiv = Arxivs(rss(full(1), day=TODAY), rss(OTHERS, day=TODAY), rss(OTHERS, day=YESTERDAY))

    _, late = taken(source(arxiv, "cs.CL", "cs.AI", notebook=notebook).fetch(TODAY))

    assert "not announced" in late
    assert "arXiv feed cs.CL+cs.AI" not in notebook.written


def test_days_before_are_asked_of_the_catalogue_by_archive() -> None:
    arxiv = Arxivs(page([Kept(number=1)], day=YESTERDAY), error("noRecordsMatch"))

    came, late = taken(source(arxiv, "cs.CL", "cs.AI", "hep-th").fetch(YESTERDAY))

    assert (ids(came), late) == ([["2608.00001"]], "")
    assert (came[0].kind, came[0].day) == (ListingKind.CATALOGUE, YESTERDAY)
    assert [asked["set"] for asked in arxiv.parameters] == ["cs", "physics:hep-th"]
    assert arxiv.parameters[0] == {
        "verb": "ListRecords",
        "metadataPrefix": "arXiv",
        "from": "2026-08-11",
        "until": "2026-08-11",
        "set": "cs",
    }


def test_pages_are_followed_and_what_stands_on_two_of_them_comes_once() -> None:
    arxiv = Arxivs(
        page([Kept(number=1), Kept(number=2)], day=YESTERDAY, before="a%3Db&c"),
        page([Kept(number=2), Kept(number=3, categories="hep-th")], day=YESTERDAY),
    )

    came, late = taken(source(arxiv).fetch(YESTERDAY))

    assert (ids(came), late) == ([["2608.00001", "2608.00002"], []], "")
    assert arxiv.parameters[1] == {"verb": "ListRecords", "resumptionToken": "a%3Db&c"}


def test_a_paper_of_another_primary_category_is_a_cross_list() -> None:
    arxiv = Arxivs(page([Kept(number=1, categories="math.GT cs.CL")], day=YESTERDAY))

    came, _ = taken(source(arxiv).fetch(YESTERDAY))

    assert came[0].entries[0].announcement is Announcement.CROSS


def test_a_list_whose_token_has_run_out_begins_anew_once() -> None:
    first = page([Kept(number=1)], day=YESTERDAY, before="next")
    arxiv = Arxivs(first, error("badResumptionToken"), first, page([Kept(number=2)], day=YESTERDAY))

    came, late = taken(source(arxiv).fetch(YESTERDAY))

    assert (ids(came), late) == ([["2608.00001"], [], ["2608.00002"]], "")


def test_a_token_that_runs_out_again_ends_the_fetch() -> None:
    first, expired = (
        page([Kept(number=1)], day=YESTERDAY, before="next"),
        error("badResumptionToken"),
    )
    arxiv = Arxivs(first, expired, first, expired)

    came, late = taken(source(arxiv).fetch(YESTERDAY))

    assert (ids(came), "lost its place" in late) == ([["2608.00001"], []], True)


def test_pages_that_lead_back_to_themselves_end_the_fetch() -> None:
    round_about = page([Kept(number=1)], day=YESTERDAY, before="again")

    _, late = taken(source(Arxivs(round_about, round_about)).fetch(YESTERDAY))

    assert "leads from a page back to it" in late


def test_an_error_of_the_catalogue_is_told() -> None:
    with pytest.raises(SourceRefused, match="no such set"):
        list(source(Arxivs(error("badArgument", "no such set"))).fetch(YESTERDAY))


def test_a_catalogue_that_breaks_off_keeps_what_came() -> None:
    whole = page([Kept(number=1), Kept(number=2)], day=YESTERDAY)

    came, late = taken(source(Arxivs(whole[:-100])).fetch(YESTERDAY))

    assert (ids(came), "broke off in the middle" in late) == ([["2608.00001"]], True)


@pytest.mark.parametrize("failing", [b"moss", b"<OAI"])
def test_a_catalogue_that_says_nothing_readable_is_unreadable(failing: bytes) -> None:
    with pytest.raises(ListingUnreadable):
        list(source(Arxivs(failing)).fetch(YESTERDAY))


@pytest.mark.parametrize(
    ("categories", "sets"),
    [
        (("cs.CL", "cs.AI", "stat.ML"), ("cs", "stat")),
        (("math", "math.GT", "math-ph"), ("math", "physics:math-ph")),
        (
            ("physics.optics", "cond-mat", "Astro-ph.GA"),
            ("physics:physics", "physics:cond-mat", "physics:astro-ph"),
        ),
        (("q-bio.NC", "eess.SY", "econ"), ("q-bio", "eess", "econ")),
    ],
)
def test_sets_are_those_of_the_archives(categories: tuple[str, ...], sets: tuple[str, ...]) -> None:
    assert sets_of(categories) == sets


def test_the_catalogue_announces_again_nothing_that_the_feed_has_announced() -> None:
    store = MemoryStore()
    feed = source(Arxivs(rss(ITEMS, day=YESTERDAY)), today=YESTERDAY)
    ingest(feed.fetch(YESTERDAY), YESTERDAY, store=store)
    kept = [Kept(number=1), Kept(number=2), Kept(number=3)]
    catalogue = source(Arxivs(page(kept, day=YESTERDAY)))

    intake = ingest(catalogue.fetch(YESTERDAY), YESTERDAY, store=store)

    assert (intake.papers, intake.new, intake.sightings) == (3, 1, 1)
