import json
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import given

from digest.errors import ListingUnreadable, SourceError, SourceRefused, SourceUnavailable
from digest.models.papers import AuthorFigures, Byline
from digest.ports import AuthorDirectory
from digest.sources.authors import OpenAlex
from tests.factories import make_paper
from tests.sources.authors import JSON, KEY, LAMPS, MOTHS, NAMELESS, answer, asking, papers

URL = "https://openalex.example/"


def directory(reply: Callable[[httpx.Request], httpx.Response], *, key: str = "") -> OpenAlex:
    return OpenAlex(asking(reply), url=URL, key=key)


def answering(works: Any, authors: Any, *, key: str = "") -> OpenAlex:
    bodies = {
        path: content if isinstance(content, bytes) else json.dumps(content).encode()
        for path, content in (("/works", works), ("/authors", authors))
    }
    return directory(lambda request: httpx.Response(200, content=bodies[request.url.path]), key=key)


def work(*people: Any, doi: str = "10.48550/arxiv.2611.04001") -> dict[str, Any]:
    return {"doi": f"https://doi.org/{doi}", "authorships": [{"author": one} for one in people]}


def person(number: int, name: str = "Ida Falter") -> dict[str, Any]:
    return {"id": f"https://openalex.org/A{number}", "display_name": name}


def test_authors_come_with_figures_and_a_fragment_without_an_h_index() -> None:
    source: AuthorDirectory = answering(answer("openalex_works"), answer("openalex_authors"))

    assert source.name == "OpenAlex"
    assert {byline.paper_id: byline for byline in source.look_up([MOTHS, NAMELESS, LAMPS])} == {
        "moths": Byline(
            paper_id="moths",
            authors=(
                AuthorFigures(
                    name="Ida Falter",
                    identity="openalex:A5000000001",
                    h_index=12,
                    paper_count=40,
                    citations=900,
                ),
                AuthorFigures(name="Tom Motte"),
                AuthorFigures(
                    name="Lea Nacht", identity="openalex:A5000000002", paper_count=1, citations=0
                ),
                AuthorFigures(name="Ben Gone", identity="openalex:A5000000009"),
            ),
        ),
        "lamps": Byline(
            paper_id="lamps",
            authors=(
                AuthorFigures(
                    name="Ada Okafor",
                    identity="openalex:A5000000003",
                    h_index=0,
                    paper_count=5,
                    citations=0,
                ),
            ),
        ),
    }


def test_papers_are_asked_for_by_every_doi_and_then_their_authors() -> None:
    asked = []

    def reply(request: httpx.Request) -> httpx.Response:
        asked.append((request.url.path, dict(request.url.params)))
        name = "openalex_works" if request.url.path == "/works" else "openalex_authors"
        return httpx.Response(200, json=answer(name))

    both = make_paper("Both", id="both", arxiv_id="2611.04001", doi="10.5555/b", known_as=())
    (byline, _) = directory(reply).look_up([both, LAMPS])

    assert byline.paper_id in ("both", "lamps")
    prefix = "https://doi.org/"
    assert asked == [
        (
            "/works",
            {
                "filter": f"doi:{prefix}10.48550/arxiv.2611.04001|{prefix}10.5555/b"
                f"|{prefix}10.5555/quiet.17",
                "select": "id,doi,authorships",
                "per-page": "50",
            },
        ),
        (
            "/authors",
            {
                "filter": "openalex:A5000000001|A5000000002|A5000000003|A5000000009",
                "select": "id,display_name,summary_stats,works_count,cited_by_count",
                "per-page": "50",
            },
        ),
    ]


def test_a_doi_that_would_mean_something_to_the_filter_is_left_out() -> None:
    source = directory(lambda _: pytest.fail("asked"))
    odd = [
        make_paper("Odd", doi=doi, known_as=())
        for doi in ("10.1/a|b", "10.1/a,b", "10.1/" + "a" * 99)
    ]

    assert list(source.look_up([*odd, NAMELESS])) == []


def test_fifty_are_asked_for_at_a_time_and_nobody_twice() -> None:
    asked: list[tuple[str, int]] = []
    numbers: list[str] = []

    def reply(request: httpx.Request) -> httpx.Response:
        _, _, names = request.url.params["filter"].partition(":")
        wanted = names.split("|")
        asked.append((request.url.path, len(wanted)))
        if request.url.path == "/authors":
            numbers.extend(wanted)
            rows = [{**person(int(one[1:])), "works_count": 9} for one in wanted]
            return httpx.Response(200, json={"results": rows})
        rows = [
            work(person(1), person(1000 + int(doi[-5:])), doi=doi.removeprefix("https://doi.org/"))
            for doi in wanted
        ]
        return httpx.Response(200, json={"results": rows})

    bylines = list(directory(reply).look_up(papers(60)))

    assert [byline.paper_id for byline in bylines] == [str(number) for number in range(60)]
    assert all(author.paper_count == 9 for byline in bylines for author in byline.authors)
    assert asked == [
        ("/works", 50),
        ("/authors", 50),
        ("/authors", 1),
        ("/works", 10),
        ("/authors", 10),
    ]
    assert len(numbers) == len(set(numbers)) == 61


def test_a_key_is_sent_and_is_in_no_log(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    keys = []

    def reply(request: httpx.Request) -> httpx.Response:
        keys.append(request.url.params.get("api_key"))
        return httpx.Response(200, json={"results": []})

    list(directory(reply, key=KEY).look_up([MOTHS]))
    list(directory(reply).look_up([MOTHS]))

    assert keys == [KEY, None]
    assert KEY not in caplog.text


@pytest.mark.parametrize(
    ("status", "key", "error", "message"),
    [
        (401, KEY, SourceRefused, "OpenAlex did not take our key; check its key"),
        (403, KEY, SourceRefused, "OpenAlex did not take our key; check its key"),
        (401, "", SourceRefused, "OpenAlex does not answer us without a key"),
        (400, KEY, SourceRefused, "does not answer /works"),
        (429, KEY, SourceUnavailable, "was asked too often"),
    ],
)
def test_a_refusal_says_what_to_do(
    status: int, key: str, error: type[SourceError], message: str
) -> None:
    body = {"error": "no", "message": f"not with {KEY}"}

    with pytest.raises(error, match=message) as caught:
        list(directory(lambda _: httpx.Response(status, json=body), key=key).look_up([MOTHS]))
    assert KEY not in str(caught.value)


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"null", {}, {"results": {}}, b"\xff"])
def test_an_answer_of_another_shape_is_unreadable(content: Any) -> None:
    with pytest.raises(ListingUnreadable, match="OpenAlex answered in a form"):
        list(answering(content, {"results": []}).look_up([MOTHS]))
    with pytest.raises(ListingUnreadable, match="OpenAlex answered in a form"):
        list(answering({"results": [work(person(1))]}, content).look_up([MOTHS]))


@pytest.mark.parametrize(
    "row",
    [
        None,
        {},
        {"doi": None, "authorships": []},
        work(),
        work(person(2), doi="10.5555/never.asked"),
        {"doi": "https://doi.org/10.48550/arxiv.2611.04001", "authorships": [None, {}, 7]},
    ],
)
def test_a_row_that_is_of_no_use_is_passed_over_and_the_next_is_read(row: Any) -> None:
    works = {"results": [row, work(person(1)), work(person(3, "A Second Record"))]}

    (byline,) = answering(works, {"results": [None, {"id": 7}, {"id": "x"}]}).look_up([MOTHS])

    assert byline.authors == (AuthorFigures(name="Ida Falter", identity="openalex:A1"),)


@pytest.mark.parametrize("figure", [-1, 2**31, 10**30, True, "12", None])
def test_a_figure_that_nobody_can_have_is_none(figure: Any) -> None:
    row = {**person(1, ""), "works_count": 7, "cited_by_count": figure}
    row["summary_stats"] = {"h_index": figure}

    (byline,) = answering({"results": [work(person(1))]}, {"results": [row]}).look_up([MOTHS])

    assert byline.authors == (
        AuthorFigures(name="Ida Falter", identity="openalex:A1", paper_count=7),
    )


@given(JSON, JSON)
def test_arbitrary_json_is_bylines_or_an_error_that_we_know(works: Any, authors: Any) -> None:
    for one, other in (
        (works, authors),
        ({"results": [works]}, {"results": [authors]}),
        ({"results": [work(works)]}, {"results": [authors]}),
        ({"results": [work(person(1))]}, {"results": [person(1) | {"summary_stats": authors}]}),
    ):
        try:
            bylines = list(answering(one, other).look_up([MOTHS]))
        except SourceError:
            continue
        assert all(author.name.encode() for byline in bylines for author in byline.authors)


def test_real_answers_are_read(real_input: Path) -> None:
    folder = real_input / "payloads/openalex"
    authors = json.loads((folder / "authors_2026-10_trim.json").read_text())
    for name in ("works_2_select_2026", "works_3_full_2026"):
        works = json.loads((folder / f"{name}.json").read_text())
        dois = [row["doi"].removeprefix("https://doi.org/") for row in works["results"]]
        asked = [make_paper(doi, id=doi, doi=doi, known_as=()) for doi in dois]
        # The one author that was recorded stands for the first of the first paper.
        works["results"][0]["authorships"][0]["author"]["id"] = "https://openalex.org/A5059110895"

        bylines = list(answering(works, authors).look_up(asked))

        assert [byline.paper_id for byline in bylines] == dois
        assert [len(byline.authors) for byline in bylines] == [
            len(row["authorships"]) for row in works["results"]
        ]
        assert bylines[0].authors[0] == AuthorFigures(
            name="Scott Reed",
            identity="openalex:A5059110895",
            h_index=25,
            paper_count=40,
            citations=85709,
        )
        assert bylines[0].authors[1].identity.startswith("openalex:A50")
