"""Every implementation of `Papers`, held to one contract."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from hashlib import sha256

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from digest.errors import StoreError
from digest.models.papers import AuthorFigures, Paper, Sighting, identity_keys
from digest.ports import Store
from tests.factories import DAY, NOON, make_paper, make_sighting

YESTERDAY = DAY - timedelta(days=1)


def keep(store: Store, *papers: Paper, seen: tuple[Sighting, ...] = ()) -> None:
    with store.begin() as work:
        work.papers.keep(papers)
        work.papers.see(seen)


def test_a_paper_comes_back_as_it_was_kept(store: Store) -> None:
    paper = make_paper(
        "Whales count in base eight",
        abstract="Clicks, 33.3\\% of them; naïve “quotes” and 🐋.",
        summary="Eight symbols.",
        author_count=7,
        published=date(2026, 11, 1),
        categories=("cs.CL", "q-bio.NC"),
        institutions=("Sea Institute",),
        arxiv_id="2611.01234",
        doi="10.1000/ABC",
        has_code=True,
        code_url="https://code.example/whales",
        project_url="https://whales.example",
    )
    keep(store, paper, make_paper("Another"))

    with store.read() as work:
        assert work.papers.get([paper.id, "unknown"]) == {paper.id: paper}
        assert work.papers.count() == 2


def test_nothing_asked_is_nothing_found(store: Store) -> None:
    keep(store, make_paper())

    with store.read() as work:
        assert work.papers.get([]) == {}
        assert work.papers.sharing([]) == []
        assert work.papers.sightings([], until=DAY) == []


def test_papers_that_share_a_key_are_found_oldest_first(store: Store) -> None:
    younger = make_paper("Whales!", id="a", authors=("Cy Young",))
    older = make_paper("Whales", id="b", arxiv_id="2611.00001")
    keep(store, older)
    keep(store, younger, make_paper("Newts", id="c"))

    with store.read() as work:
        assert work.papers.sharing(["title:whales"]) == [older, younger]
        assert work.papers.sharing(["arxiv:2611.00001", "doi:none"]) == [older]
        assert work.papers.sharing(["arxiv:2611.00001", "title:newts"])[0] == older


def test_a_paper_kept_again_has_its_new_keys_and_its_old_age(store: Store) -> None:
    first, second = make_paper("Whales", id="a"), make_paper("Newts", id="b")
    keep(store, first, second)
    renamed = replace(first, title="Dolphins", doi="10.1/x")
    keep(store, renamed)

    with store.read() as work:
        assert work.papers.sharing(identity_keys(renamed)) == [renamed]
        assert work.papers.sharing(["title:whales"]) == []
        assert work.papers.archive(10) == [second, renamed]
        assert work.papers.count() == 2


def test_of_a_paper_kept_twice_in_one_go_the_last_stands(store: Store) -> None:
    first = make_paper("Whales", id="a")
    last = replace(first, summary="Later.")
    keep(store, first, make_paper("Newts", id="b"), last)

    with store.read() as work:
        assert work.papers.get(["a"]) == {"a": last}


def test_the_archive_is_newest_first_and_limited(store: Store) -> None:
    papers = [make_paper(f"Paper {letter}", id=letter) for letter in "dacb"]
    for paper in papers:
        keep(store, paper)

    with store.read() as work:
        assert [paper.id for paper in work.papers.archive(3)] == ["b", "c", "a"]
        assert work.papers.archive(0) == []


def test_one_sighting_is_counted_once(store: Store) -> None:
    paper = make_paper()
    seen = make_sighting(paper, upvotes=4)
    later = replace(seen, seen_at=NOON + timedelta(hours=1), upvotes=9)
    keep(store, paper)

    with store.begin() as work:
        assert work.papers.see([seen, later, seen]) == 2
        assert work.papers.see([seen]) == 0
    with store.read() as work:
        assert work.papers.sightings([paper.id], until=DAY) == [seen, later]


def test_sightings_are_oldest_first_and_end_with_the_day_asked_for(store: Store) -> None:
    one, two = make_paper("One", id="one"), make_paper("Two", id="two")
    sightings = (
        make_sighting(two, seen_at=NOON, listed_on=YESTERDAY),
        make_sighting(one, seen_at=NOON, listed_on=DAY, source="b"),
        make_sighting(one, seen_at=NOON, listed_on=DAY, source="a"),
        make_sighting(one, seen_at=NOON - timedelta(days=3), listed_on=DAY),
        make_sighting(two, seen_at=NOON, listed_on=DAY + timedelta(days=1)),
    )
    keep(store, one, two, seen=sightings)

    with store.read() as work:
        found = work.papers.sightings(["one", "two"], until=DAY)
    assert found == [sightings[3], sightings[0], sightings[2], sightings[1]]


def test_papers_listed_in_some_days_come_in_order_of_id(store: Store) -> None:
    papers = [make_paper(f"Paper {letter}", id=letter) for letter in ("B", "a", "c", "D")]
    days = (DAY, YESTERDAY, YESTERDAY - timedelta(days=1), DAY + timedelta(days=1))
    seen = [make_sighting(p, listed_on=day) for p, day in zip(papers, days, strict=True)]
    keep(store, *papers, seen=(*seen, replace(seen[0], listed_on=YESTERDAY)))

    with store.read() as work:
        assert work.papers.listed(YESTERDAY, DAY) == papers[:2]
        assert work.papers.listed(DAY, YESTERDAY) == []


def test_a_moment_comes_back_in_utc(store: Store) -> None:
    paper = make_paper()
    bombay = datetime(2026, 11, 20, 3, 15, 30, 123456, timezone(timedelta(hours=5, minutes=30)))
    keep(store, paper, seen=(make_sighting(paper, seen_at=bombay),))

    with store.read() as work:
        (found,) = work.papers.sightings([paper.id], until=DAY)
    assert found.seen_at == bombay
    assert found.seen_at.utcoffset() == timedelta(0)
    assert (found.seen_at.astimezone(UTC).day, found.seen_at.microsecond) == (19, 123456)


def test_a_moment_without_a_zone_is_refused(store: Store) -> None:
    paper = make_paper()
    naive = make_sighting(paper, seen_at=NOON.replace(tzinfo=None))
    keep(store, paper)

    with pytest.raises(Exception, match="no time zone"), store.begin() as work:
        work.papers.see([naive])
    with store.read() as work:
        assert work.papers.sightings([paper.id], until=DAY) == []


def test_a_sighting_of_an_unknown_paper_is_refused(store: Store) -> None:
    with pytest.raises(StoreError), store.begin() as work:
        work.papers.see([make_sighting(make_paper())])


@pytest.mark.parametrize("code", [0x0, 0xD800, 0xDFFF], ids=["NUL", "high", "low"])
def test_what_no_database_keeps_becomes_a_replacement_letter(store: Store, code: int) -> None:
    letter = chr(code)
    paper = make_paper(
        f"Whales{letter}",
        id="a",
        abstract=f"{letter}a{letter}",
        authors=(f"Ada{letter}", "Bo"),
        doi=f"10.1/{letter}" + "x" * 300,
    )
    keep(store, paper)

    with store.read() as work:
        (found,) = work.papers.sharing(["title:whales"])
        for kept in (paper, found):
            (key,) = (key for key in identity_keys(kept) if key.startswith("doi:"))
            assert work.papers.sharing([key]) == [found]
    assert found == replace(
        paper,
        title="Whales\ufffd",
        abstract="\ufffda\ufffd",
        authors=("Ada\ufffd", "Bo"),
        doi="10.1/\ufffd" + "x" * 300,
    )


def test_a_title_too_long_for_an_index_is_found_all_the_same(store: Store) -> None:
    # Without repetitions, for PostgreSQL would press those small enough.
    title = "".join(sha256(bytes([number])).hexdigest() for number in range(200))
    paper, other = make_paper(title, id="a"), make_paper(f"{title[:-1]}x", id="b")
    keep(store, paper, other)

    with store.read() as work:
        assert work.papers.sharing(identity_keys(paper)) == [paper]


def test_ten_thousand_papers_are_no_trouble(store: Store) -> None:
    papers = [make_paper(f"Paper {number}", id=f"{number:05}") for number in range(10_000)]
    with store.begin() as work:
        work.papers.keep(papers)
        assert work.papers.see(make_sighting(paper) for paper in papers) == 10_000

    with store.read() as work:
        assert len(work.papers.get([paper.id for paper in papers])) == 10_000
        assert work.papers.listed(DAY, DAY) == papers
        keys = [key for paper in papers for key in identity_keys(paper)]
        assert work.papers.sharing(keys) == papers
        assert len(work.papers.sightings([paper.id for paper in papers], until=DAY)) == 10_000


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


TEXTS = st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), max_size=30)


@given(
    paper=st.builds(
        Paper,
        id=st.just("a"),
        title=TEXTS,
        abstract=TEXTS,
        authors=st.lists(TEXTS, max_size=3).map(tuple),
        author_count=st.none() | st.integers(min_value=0, max_value=2**62),
        published=st.none() | st.dates(),
        categories=st.lists(TEXTS, max_size=3).map(tuple),
        doi=st.none() | TEXTS,
        has_code=st.booleans(),
    )
)
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_any_paper_comes_back(store: Store, paper: Paper) -> None:
    keep(store, paper)

    with store.read() as work:
        assert work.papers.get(["a"]) == {"a": paper}
        assert work.papers.count() == 1
        for key in identity_keys(paper):
            assert work.papers.sharing([key]) == [paper]


def test_a_second_page_of_a_day_fills_in_what_the_first_did_not_say(store: Store) -> None:
    paper = make_paper()
    keep(store, paper)
    first, second = make_sighting(paper, score=81.5), make_sighting(paper, upvotes=7, score=3.0)

    with store.begin() as work:
        assert work.papers.see([first]) == 1
        assert work.papers.see([second]) == 0

    with store.read() as work:
        [sighting] = work.papers.sightings([paper.id], until=DAY)
    assert (sighting.upvotes, sighting.score, sighting.stars) == (7, 81.5, None)
