"""Authors: their latest figures, and which papers they wrote."""

from dataclasses import replace
from datetime import timedelta

import pytest

from digest.errors import StoreError
from digest.models.papers import AuthorFigures, Byline
from digest.ports import Store
from tests.factories import DAY, NOON, make_paper, make_sighting

ADA = AuthorFigures(name="Ada Okafor", identity="openalex:A1", h_index=16, citations=900)
BO = AuthorFigures(name="Bo Lindqvist", identity="openalex:A2", h_index=3)
CY = AuthorFigures(name="Cy Young")


def test_the_latest_figures_of_an_author_count(store: Store) -> None:
    young = AuthorFigures(name="Ada Okafor", field="Acoustics", h_index=9, citations=120)
    old = replace(young, h_index=16, novelty=50.0, ai_score=62.5, paper_count=42)
    long_name = AuthorFigures(name="Bo " * 2_000)
    with store.begin() as work:
        work.papers.keep_author(old, seen_at=NOON)
        work.papers.keep_author(long_name, seen_at=NOON)
    with store.begin() as work:
        work.papers.keep_author(young, seen_at=NOON - timedelta(days=1))

    with store.read() as work:
        assert work.papers.authors() == {old.name: old, long_name.name: long_name}


def test_of_two_figures_seen_at_one_moment_the_last_stands(store: Store) -> None:
    with store.begin() as work:
        work.papers.keep_author(AuthorFigures(name="Ada", h_index=1), seen_at=NOON)
        work.papers.keep_author(AuthorFigures(name="Ada", h_index=2), seen_at=NOON)

    with store.read() as work:
        assert work.papers.authors()["Ada"].h_index == 2


def test_authors_of_one_name_are_told_apart_by_their_identity(store: Store) -> None:
    namesake = replace(ADA, identity="openalex:A9", h_index=1)
    nameless = replace(ADA, identity="", h_index=2)
    with store.begin() as work:
        for figures in (ADA, namesake, nameless):
            work.papers.keep_author(figures, seen_at=NOON)
        renamed = replace(namesake, name="A. Okafor", h_index=7)
        work.papers.keep_author(renamed, seen_at=NOON + timedelta(days=1))

    with store.read() as work:
        assert work.papers.authors() == {
            "openalex:A1": ADA,
            "openalex:A9": renamed,
            "Ada Okafor": nameless,
        }


def test_a_byline_has_the_latest_figures_under_the_names_it_was_told_with(store: Store) -> None:
    one, two = make_paper("One", id="one"), make_paper("Two", id="two")
    short = replace(ADA, name="A. Okafor", h_index=17)
    with store.begin() as work:
        work.papers.keep([one, two])
        first = Byline(paper_id="one", authors=(BO, ADA, CY, BO))
        work.papers.keep_bylines([first], seen_at=NOON)
        second = Byline(paper_id="two", authors=(short,))
        work.papers.keep_bylines([second], seen_at=NOON + timedelta(days=1))

    with store.read() as work:
        later = replace(short, name="Ada Okafor")
        assert work.papers.byline("one") == Byline(paper_id="one", authors=(BO, later, CY, BO))
        assert work.papers.byline("two") == second
        assert work.papers.byline("unknown") is None
        assert work.papers.authors()["openalex:A1"] == short


def test_a_byline_takes_the_place_of_the_one_before_unless_it_tells_nothing(store: Store) -> None:
    paper = make_paper(id="a")
    with store.begin() as work:
        work.papers.keep([paper])
        work.papers.keep_bylines([Byline(paper_id="a", authors=(ADA, BO, CY))], seen_at=NOON)
        later = [Byline(paper_id="a", authors=(CY,)), Byline(paper_id="a", authors=(CY, ADA))]
        work.papers.keep_bylines(later, seen_at=NOON)
        work.papers.keep_bylines([Byline(paper_id="a", authors=())], seen_at=NOON)

    with store.read() as work:
        assert work.papers.byline("a") == later[1]
        assert len(work.papers.authors()) == 3


def test_a_byline_of_an_unknown_paper_is_refused(store: Store) -> None:
    with pytest.raises(StoreError), store.begin() as work:
        work.papers.keep_bylines([Byline(paper_id="x", authors=(ADA,))], seen_at=NOON)
    with store.read() as work:
        assert work.papers.authors() == {}


def test_papers_whose_authors_nobody_looked_up_come_by_upvotes(store: Store) -> None:
    papers = [make_paper(f"Paper {letter}", id=letter) for letter in "abcdef"]
    a, b, c, d, e, _ = papers
    yesterday = DAY - timedelta(days=1)
    with store.begin() as work:
        work.papers.keep(papers)
        work.papers.see(
            [
                make_sighting(a),
                make_sighting(b, upvotes=3),
                make_sighting(b, upvotes=2, seen_at=NOON + timedelta(hours=1)),
                make_sighting(c, upvotes=12),
                make_sighting(d, upvotes=0),
                make_sighting(d, upvotes=7, listed_on=yesterday),
                make_sighting(e, upvotes=99, listed_on=yesterday),
            ]
        )

    with store.read() as work:
        lacking = work.papers.lacking_authors
        assert lacking(DAY, asked_before=NOON, limit=9) == [c, d, b, a]
        assert lacking(DAY, asked_before=NOON, limit=2) == [c, d]
        assert lacking(yesterday, asked_before=NOON, limit=1) == [e]


def test_a_paper_is_asked_about_again_when_that_was_long_ago(store: Store) -> None:
    one, two = make_paper("One", id="one"), make_paper("Two", id="two")
    with store.begin() as work:
        work.papers.keep([one, two])
        work.papers.see([make_sighting(one), make_sighting(two)])
        work.papers.asked_authors(["one", "unknown"], asked_at=NOON)
        work.papers.asked_authors([], asked_at=NOON)
        work.papers.keep([replace(one, summary="More.")])

    with store.read() as work:
        lacking = work.papers.lacking_authors
        assert lacking(DAY, asked_before=NOON, limit=9) == [two]
        later = NOON + timedelta(microseconds=1)
        assert [paper.id for paper in lacking(DAY, asked_before=later, limit=9)] == ["one", "two"]
