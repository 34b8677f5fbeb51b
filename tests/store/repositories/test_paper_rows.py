"""No field of a paper is forgotten on the way into its row, or back."""

from dataclasses import fields

from sqlalchemy import create_engine

from digest.models.papers import Origin, Paper
from digest.store.repositories.paper_rows import paper, record, selected
from digest.store.tables import papers
from tests.factories import DAY, make_paper

FULL = Paper(
    id="whales",
    title="Whales",
    abstract="Clicks of the Straße.",
    summary="Eight.",
    authors=("Ada Okafor",),
    author_count=7,
    published=DAY,
    categories=("cs.CL",),
    institutions=("Sea Institute",),
    arxiv_id="2611.01234",
    doi="10.1/x",
    has_code=True,
    code_url="https://code.example",
    project_url="https://whales.example",
    keywords=("sound",),
    submitter="Bo Lindqvist",
    thumbnail_url="https://whales.example/small.png",
    comment="12 pages",
    journal="J. Whales",
    version=2,
    withdrawn=True,
    also_named=("Cy Young",),
    known_as=("arxiv:2611.01234",),
    origins=(Origin("title", "arXiv", 2),),
)


def test_every_field_has_its_column() -> None:
    names = {field.name for field in fields(Paper)}

    assert set(record(FULL)) == names | {"search_text"}
    assert set(papers.c.keys()) == names | {"search_text", "number", "authors_asked_at"}


def test_every_field_comes_back(url: str) -> None:
    bare = make_paper("Newts", id="newts")
    empty = [field.name for field in fields(Paper) if not getattr(FULL, field.name)]
    assert empty == []

    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(papers.insert(), [record(FULL), record(bare)])
        rows = connection.execute(selected().order_by(papers.c.number)).all()
    engine.dispose()
    assert [paper(row) for row in rows] == [FULL, bare]


def test_a_search_goes_through_title_all_names_and_abstract_without_case() -> None:
    assert record(FULL)["search_text"] == "whales\nada okafor\ncy young\nclicks of the strasse."
