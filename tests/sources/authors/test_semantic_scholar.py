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
from digest.sources.authors import SemanticScholar
from digest.sources.http import Client, Reply
from tests.factories import make_paper
from tests.sources.authors import (
    JSON,
    KEY,
    LAMPS,
    MOTHS,
    NAMELESS,
    STONES,
    answer,
    asking,
    papers,
)

URL = "https://scholar.example"


def directory(
    reply: Callable[[httpx.Request], httpx.Response], *, key: str = ""
) -> SemanticScholar:
    return SemanticScholar(asking(reply), url=URL, key=key)


def answering(content: Any, status: int = 200, *, key: str = "") -> SemanticScholar:
    body = content if isinstance(content, bytes) else json.dumps(content).encode()
    return directory(lambda _: httpx.Response(status, content=body), key=key)


def test_authors_come_with_figures_and_a_name_of_nobody_without() -> None:
    source: AuthorDirectory = answering(answer("semantic_scholar"))

    assert source.name == "Semantic Scholar"
    assert list(source.look_up([MOTHS, STONES, LAMPS])) == [
        Byline(
            paper_id="moths",
            authors=(
                AuthorFigures(
                    name="Ida Falter",
                    identity="s2:1741101",
                    h_index=12,
                    paper_count=40,
                    citations=900,
                ),
                AuthorFigures(name="Tom Motte"),
            ),
        ),
        Byline(
            paper_id="lamps",
            authors=(
                AuthorFigures(
                    name="Ada Okafor",
                    identity="s2:1741102",
                    h_index=0,
                    paper_count=1,
                    citations=0,
                ),
            ),
        ),
    ]


def test_papers_are_asked_for_by_arxiv_id_else_by_doi_in_one_question() -> None:
    asked = []

    def reply(request: httpx.Request) -> httpx.Response:
        asked.append(
            (
                request.method,
                request.url.path,
                dict(request.url.params),
                json.loads(request.content),
            )
        )
        assert request.headers["x-api-key"] == KEY
        return httpx.Response(200, json=[None, None])

    both = make_paper("Both", id="both", arxiv_id="2611.00001", doi="10.5555/b", known_as=())
    assert list(directory(reply, key=KEY).look_up([both, NAMELESS, LAMPS])) == []
    assert asked == [
        (
            "POST",
            "/graph/v1/paper/batch",
            {
                "fields": "externalIds,authors.authorId,authors.name,authors.hIndex,"
                "authors.paperCount,authors.citationCount"
            },
            {"ids": ["ARXIV:2611.00001", "DOI:10.5555/quiet.17"]},
        )
    ]


def test_nothing_is_asked_where_no_paper_has_an_id_and_no_key_is_sent_where_there_is_none() -> None:
    assert list(directory(lambda _: pytest.fail("asked")).look_up([NAMELESS])) == []

    def reply(request: httpx.Request) -> httpx.Response:
        assert "x-api-key" not in request.headers
        return httpx.Response(200, json=[None])

    assert list(directory(reply).look_up([MOTHS])) == []


def test_five_hundred_papers_are_asked_for_at_a_time_and_what_came_stays() -> None:
    sizes = []

    def reply(request: httpx.Request) -> httpx.Response:
        ids = json.loads(request.content)["ids"]
        sizes.append(len(ids))
        if len(sizes) == 3:
            return httpx.Response(200, content=b"<html>")
        author = {"authorId": "1", "name": "A", "hIndex": 1}
        return httpx.Response(
            200, json=[{"externalIds": {"ArXiv": name[6:]}, "authors": [author]} for name in ids]
        )

    bylines = directory(reply).look_up(papers(1001))
    for number in range(1000):
        assert next(iter(bylines)).paper_id == str(number)
    with pytest.raises(ListingUnreadable):
        next(iter(bylines))
    assert sizes == [500, 500, 1]


@pytest.mark.parametrize(
    ("status", "key", "message"),
    [
        (401, KEY, "Semantic Scholar did not take our key; check its key"),
        (403, KEY, "Semantic Scholar did not take our key; check its key"),
        (403, "", "Semantic Scholar does not answer us without a key"),
        (400, KEY, "Semantic Scholar did not take our question"),
        (200, KEY, "Semantic Scholar did not take our question"),
    ],
)
def test_a_refusal_says_what_to_do(status: int, key: str, message: str) -> None:
    source = answering({"message": f"Forbidden {KEY}"}, status, key=key)

    with pytest.raises(SourceRefused, match=message) as caught:
        list(source.look_up([MOTHS]))
    assert KEY not in str(caught.value)


def test_that_not_one_paper_is_known_is_no_error() -> None:
    source = answering({"error": "No valid paper ids given"}, 400)

    assert list(source.look_up([MOTHS])) == []


def test_too_many_questions_are_asked_again_later() -> None:
    with pytest.raises(SourceUnavailable):
        list(answering({"message": "Too Many Requests"}, 429).look_up([MOTHS]))


def test_half_an_answer_is_asked_for_again(monkeypatch: pytest.MonkeyPatch) -> None:
    reply = Reply(url=URL, status=200, headers={}, content=b"[nu", whole=False)
    monkeypatch.setattr(Client, "post", lambda *_, **__: reply)

    with pytest.raises(SourceUnavailable, match="Semantic Scholar broke off"):
        list(answering([]).look_up([MOTHS]))


@pytest.mark.parametrize(
    "content", [b"", b"{", b"{}", b"[]", b"null", b"7", b"\xff", b"[" * 100_000, [None] * 2]
)
def test_an_answer_of_another_shape_is_unreadable(content: Any) -> None:
    with pytest.raises(ListingUnreadable, match="answered in a form that we do not know"):
        list(answering(content).look_up([MOTHS]))


@pytest.mark.parametrize(
    "row",
    [
        {},
        [],
        "moths",
        {"authors": None},
        {"authors": []},
        {"authors": [None, 7, {}, {"name": None}, {"name": " "}]},
        {"externalIds": {"ArXiv": "2611.09999"}, "authors": [{"name": "Another Paper"}]},
    ],
)
def test_a_row_that_is_of_no_use_is_passed_over_and_the_next_is_read(row: Any) -> None:
    good = {"externalIds": None, "authors": [{"authorId": 7, "name": "Ada Okafor", "hIndex": 3}]}

    (byline,) = answering([row, good]).look_up([MOTHS, LAMPS])

    assert byline == Byline(paper_id="lamps", authors=(AuthorFigures(name="Ada Okafor"),))


@pytest.mark.parametrize("figure", [-1, 2**31, 10**30, True, "12", 1.5, None])
def test_a_figure_that_nobody_can_have_is_none(figure: Any) -> None:
    author = {"authorId": "1", "name": "A", "hIndex": figure, "paperCount": 2**31 - 1}

    (byline,) = answering([{"authors": [author]}]).look_up([MOTHS])

    assert (byline.authors[0].h_index, byline.authors[0].paper_count) == (None, 2**31 - 1)


def test_a_name_that_nothing_could_store_is_put_right() -> None:
    (byline,) = answering([{"authors": [{"name": "Ad\ud800a\0Okafor\n"}]}]).look_up([MOTHS])

    assert byline.authors[0].name == "Ada Okafor"


@given(JSON)
def test_arbitrary_json_is_bylines_or_an_error_that_we_know(content: Any) -> None:
    for whole in (content, [content], [{"authors": content}], [{"authors": [content]}]):
        try:
            bylines = list(answering(whole).look_up([MOTHS]))
        except SourceError:
            continue
        for byline in bylines:
            assert byline.authors
            for author in byline.authors:
                assert author.name.encode()
                assert all(
                    figure is None or 0 <= figure < 2**31
                    for figure in (author.h_index, author.paper_count, author.citations)
                )


def test_the_key_is_in_no_log(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)

    list(answering([None], key=KEY).look_up([MOTHS]))

    assert KEY not in caplog.text


def test_a_real_answer_is_read(real_input: Path) -> None:
    rows = json.loads((real_input / "payloads/s2/paper_batch_2026-10_trim.json").read_text())
    asked = [
        make_paper(name, id=name, arxiv_id=name, known_as=())
        for name in ("2609.27095", "2609.39403")
    ]

    bylines = list(answering(rows).look_up(asked))

    assert [len(byline.authors) for byline in bylines] == [3, 4]
    assert bylines[0].authors[0] == AuthorFigures(
        name="Bo Ai", identity="s2:2352099808", h_index=5, paper_count=11, citations=129
    )
    assert bylines[1].authors[1] == AuthorFigures(name="Yu-Fan Ren")


def test_other_real_answers_are_of_another_shape(real_input: Path) -> None:
    for name in ("Author_Turing", "Paper_Turing_trim", "search_transformer_2026"):
        content = (real_input / f"payloads/s2/{name}.json").read_bytes()
        with pytest.raises(ListingUnreadable):
            list(answering(content).look_up([MOTHS]))
