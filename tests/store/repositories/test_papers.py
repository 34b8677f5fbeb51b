"""Every implementation of `Papers`, held to one contract."""

from dataclasses import replace
from datetime import date, timedelta
from hashlib import sha256

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from digest.models.papers import Origin, Paper, Sighting, identity_keys
from digest.ports import Store, Work
from tests.factories import DAY, make_paper, make_sighting

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
        keywords=("bioacoustics", "clicks"),
        submitter="Ada Okafor",
        thumbnail_url="https://whales.example/small.png",
        comment="12 pages",
        journal="J. Whales 7",
        version=3,
        withdrawn=False,
        also_named=("Cy Young",),
        known_as=("arxiv:2611.01234", "doi:10.1000/abc", "title:whalescount"),
        origins=(Origin("abstract", "arXiv", 3), Origin("summary", "saved pages", 0)),
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
    older = make_paper("Whales", id="b", arxiv_id="2611.00001", known_as=())
    keep(store, older)
    keep(store, younger, make_paper("Newts", id="c"))

    with store.read() as work:
        assert work.papers.sharing(["title:whales"]) == [older, younger]
        assert work.papers.sharing(["arxiv:2611.00001", "doi:none"]) == [older]
        assert work.papers.sharing(["arxiv:2611.00001", "title:newts"])[0] == older


def test_a_paper_kept_again_has_its_new_keys_too_and_its_old_age(store: Store) -> None:
    first, second = make_paper("Whales", id="a"), make_paper("Newts", id="b")
    keep(store, first, second)
    renamed = replace(first, title="Dolphins", known_as=("doi:10.1/x", "title:dolphins"))
    keep(store, renamed)

    with store.read() as work:
        for key in ("doi:10.1/x", "title:dolphins", "title:whales"):
            assert work.papers.sharing([key]) == [renamed]
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


def test_papers_listed_in_some_days_come_in_order_of_id(store: Store) -> None:
    papers = [make_paper(f"Paper {letter}", id=letter) for letter in ("B", "a", "c", "D")]
    days = (DAY, YESTERDAY, YESTERDAY - timedelta(days=1), DAY + timedelta(days=1))
    seen = [make_sighting(p, listed_on=day) for p, day in zip(papers, days, strict=True)]
    keep(store, *papers, seen=(*seen, replace(seen[0], listed_on=YESTERDAY)))

    with store.read() as work:
        assert work.papers.listed(YESTERDAY, DAY) == papers[:2]
        assert work.papers.listed(DAY, YESTERDAY) == []


@pytest.mark.parametrize("code", [0x0, 0xD800, 0xDFFF], ids=["NUL", "high", "low"])
def test_what_no_database_keeps_becomes_a_replacement_letter(store: Store, code: int) -> None:
    letter = chr(code)
    paper = make_paper(
        f"Whales{letter}",
        id="a",
        abstract=f"{letter}a{letter}",
        authors=(f"Ada{letter}", "Bo"),
        doi=f"10.1/{letter}" + "x" * 300,
        known_as=(),
        origins=(Origin("title", f"feed{letter}"),),
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
        origins=(Origin("title", "feed\ufffd"),),
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
        withdrawn=st.none() | st.booleans(),
        also_named=st.lists(TEXTS, max_size=3).map(tuple),
        origins=st.lists(st.builds(Origin, TEXTS, TEXTS, st.integers(0, 99)), max_size=3).map(
            tuple
        ),
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


def test_pages_go_through_all_papers_in_order_of_id(store: Store) -> None:
    papers = {letter: make_paper(f"Paper {letter}", id=letter) for letter in "cBa"}
    keep(store, *papers.values())

    with store.read() as work:
        assert work.papers.page(after="", limit=2) == [papers["B"], papers["a"]]
        assert work.papers.page(after="a", limit=2) == [papers["c"]]
        assert work.papers.page(after="c", limit=2) == []


FOUND = {
    "clicks": make_paper(
        "Clicks of whales", id="1", authors=("Ødegård, Bo",), abstract="Auf der Straße."
    ),
    "newts": make_paper("100% of newts", id="2", authors=("Cy Young",), abstract="They CLICK_too."),
    "arxiv": make_paper(
        "Squid",
        id="3",
        authors=("Ada Okafor",),
        abstract="In naïve ink, 10 times.",
        known_as=("arxiv:2611.01234", "doi:10.1000/abc(2)", "title:squid"),
        also_named=("Dee Long",),
    ),
}


@pytest.mark.parametrize(
    ("words", "names"),
    [
        (["click"], ["newts", "clicks"]),
        (["CLICK", "whale"], ["clicks"]),
        (["whales", "newts"], []),
        (["ØDEGÅRD"], ["clicks"]),
        (["STRASSE"], ["clicks"]),
        (["straẞe"], ["clicks"]),
        (["okafor", "ink"], ["arxiv"]),
        (["long"], ["arxiv"]),
        (["NAÏVE"], ["arxiv"]),
        (["%"], ["newts"]),
        (["_"], ["newts"]),
        (["k_t"], ["newts"]),
        (["\\"], []),
        (["2611.01234"], ["arxiv"]),
        (["arXiv:2611.01234v2", "squid"], ["arxiv"]),
        (["https://doi.org/10.1000/ABC(2)"], ["arxiv"]),
        (["2611.0123"], []),
        (["10"], ["arxiv", "newts"]),
        (["1000"], []),
        (["whales\x00"], []),
        (["x" * 60_000], []),
        ([], ["arxiv", "newts", "clicks"]),
    ],
)
def test_a_search_finds_every_word_newest_first(
    store: Store, words: list[str], names: list[str]
) -> None:
    keep(store, *FOUND.values())

    with store.read() as work:
        assert work.papers.search(words, limit=9) == [FOUND[name] for name in names]
        assert work.papers.search(words, limit=1) == [FOUND[name] for name in names[:1]]


def test_a_search_goes_through_what_a_paper_says_now(store: Store) -> None:
    keep(store, make_paper("Whales", id="a"))
    renamed = make_paper("Dolphins", id="a")
    keep(store, renamed)

    with store.read() as work:
        assert work.papers.search(["whales count"], limit=9) == []
        assert work.papers.search(["dolphins"], limit=9) == [renamed]


def test_papers_of_arxiv_without_categories_lack_details(store: Store) -> None:
    lacking = [make_paper(f"Lacking {n}", id=str(n), arxiv_id=f"2611.0000{n}") for n in (2, 1, 3)]
    told = make_paper("Told", id="4", arxiv_id="2611.00004", categories=("cs.CL",))
    elsewhere, old = make_paper("Elsewhere", id="5"), replace(lacking[0], id="6")
    unseen = replace(lacking[0], id="7")
    seen = [make_sighting(paper) for paper in (*lacking, told, elsewhere)]
    seen += [make_sighting(lacking[0], source="b"), make_sighting(old, listed_on=YESTERDAY)]
    keep(store, *lacking, told, elsewhere, old, unseen, seen=tuple(seen))

    with store.read() as work:
        assert work.papers.lacking_details(DAY, limit=9) == _newest_first(work, lacking)
        assert work.papers.lacking_details(DAY, limit=1) == _newest_first(work, lacking)[:1]
        assert old in work.papers.lacking_details(YESTERDAY, limit=9)
        assert work.papers.lacking_details(DAY + timedelta(days=1), limit=9) == []


def _newest_first(work: Work, papers: list[Paper]) -> list[Paper]:
    return [paper for paper in work.papers.archive(99) if paper in papers]
