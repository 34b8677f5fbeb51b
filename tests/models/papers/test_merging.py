import random
from dataclasses import replace
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from digest.models.papers import Entry, Origin, Paper, identity_keys, merge, new_paper
from tests.factories import make_entry, make_paper
from tests.models.papers.works import ENTRIES, SOURCES

TOLD = st.tuples(ENTRIES, SOURCES)


def merged(told: list[tuple[Entry, str]]) -> Paper:
    """Merge what was told, in that order, into a paper that says nothing."""
    paper = Paper(id="the paper", title="")
    for entry, source in told:
        paper = merge(paper, entry, source=source)
    return paper


@given(st.lists(TOLD, min_size=1, max_size=5), st.randoms(use_true_random=False))
def test_the_order_of_sources_does_not_matter(
    told: list[tuple[Entry, str]], chance: random.Random
) -> None:
    shuffled = list(told)
    chance.shuffle(shuffled)

    assert merged(shuffled) == merged(told)


@given(st.lists(TOLD, min_size=1, max_size=4), st.lists(TOLD, min_size=1, max_size=4))
def test_two_papers_that_are_one_make_what_their_records_make(
    mine: list[tuple[Entry, str]], theirs: list[tuple[Entry, str]]
) -> None:
    assert merge(merged(mine), merged(theirs)) == merged(mine + theirs)


@given(ENTRIES)
def test_a_new_paper_is_what_its_entry_says(entry: Entry) -> None:
    paper = new_paper(entry)

    assert (paper.title, paper.abstract, paper.authors) == (
        entry.title,
        entry.abstract,
        entry.authors,
    )
    assert paper.author_count == entry.author_count
    assert identity_keys(paper) == identity_keys(entry)
    assert new_paper(entry) == paper


def test_papers_without_a_key_keep_apart() -> None:
    assert new_paper(Entry(title="?")).id != new_paper(Entry(title="!")).id
    assert new_paper(Entry(title="?")).id == new_paper(Entry(title="?")).id


def test_one_title_by_two_people_is_two_papers() -> None:
    one = new_paper(make_entry("Moss", authors=("Ada Okafor",)))
    other = new_paper(make_entry("Moss", authors=("Kim Stone",)))

    assert one.id != other.id


def test_a_paper_with_an_arxiv_id_has_its_id_from_that_alone() -> None:
    one = new_paper(make_entry("Moss", arxiv_id="2601.00001"))
    other = new_paper(make_entry("Moss v2", arxiv_id="2601.00001v2", authors=()))

    assert one.id == other.id


@given(st.lists(TOLD, min_size=1, max_size=4))
def test_merging_loses_nothing_and_twice_is_once(told: list[tuple[Entry, str]]) -> None:
    paper = merged(told)

    for entry, source in told:
        assert merge(paper, entry, source=source) == paper
        assert set(identity_keys(entry)) <= set(identity_keys(paper))
        assert set(entry.institutions) <= set(paper.institutions)
        assert set(entry.keywords) <= set(paper.keywords)
        assert paper.has_code >= entry.has_code
        assert len(paper.authors) >= len(entry.authors)
        for field in ("title", "abstract", "summary", "arxiv_id", "doi", "code_url", "comment"):
            assert bool(getattr(paper, field)) >= bool(getattr(entry, field))


def test_what_is_said_by_who_knows_best_is_believed_and_it_says_who() -> None:
    page = make_entry("MOSS AS MEMORY", arxiv_id="2601.00001", abstract="Moss remembers rain ...")
    listed = make_entry("Moss as memory", arxiv_id="2601.00001", abstract="Moss remembers.")

    paper = merged([(listed, "arXiv"), (page, "saved pages")])

    assert (paper.title, paper.abstract) == ("Moss as memory", "Moss remembers.")
    assert Origin("title", "arXiv") in paper.origins


def test_a_later_version_replaces_what_the_earlier_one_said() -> None:
    first = make_entry("Moss as a memory", arxiv_id="2601.00001", version=1, withdrawn=False)
    second = make_entry("Moss as memory", arxiv_id="2601.00001", version=2, withdrawn=True)

    paper = merged([(second, "arXiv"), (first, "arXiv")])

    assert (paper.title, paper.version, paper.withdrawn) == ("Moss as memory", 2, True)
    assert Origin("title", "arXiv", 2) in paper.origins


def test_the_primary_category_comes_first_and_nobody_who_wrote_is_forgotten() -> None:
    ours = make_entry(
        categories=("cs.SD", "cs.CL"), primary_first=True, authors=("A. Okafor", "Bo Wu")
    )
    page = make_entry(categories=("cs.AI", "cs.SD"), authors=("Ada Okafor", "Jo Ek"))

    paper = merged([(page, "saved pages"), (ours, "arXiv")])

    assert paper.categories == ("cs.SD", "cs.AI", "cs.CL")
    assert paper.authors == ("A. Okafor", "Bo Wu")
    assert paper.also_named == ("Ada Okafor", "Jo Ek")


def test_merging_takes_the_fuller_of_each() -> None:
    paper = make_paper(
        "Moss",
        abstract="Moss remembers.",
        authors=("Ada Okafor",),
        published=date(2026, 3, 2),
        categories=("CL", "hep-th"),
    )
    entry = make_entry(
        "MOSS",
        abstract="Moss remembers rain.",
        authors=("Ada Okafor", "Bo Lindqvist"),
        author_count=9,
        published=date(2026, 3, 1),
        categories=("cs.CL",),
        code_url="https://github.com/okafor/moss",
    )

    assert merge(paper, entry) == replace(
        paper,
        title="Moss",
        abstract="Moss remembers rain.",
        authors=("Ada Okafor", "Bo Lindqvist"),
        author_count=9,
        published=date(2026, 3, 1),
        categories=("cs.CL", "hep-th"),
        has_code=True,
        code_url="https://github.com/okafor/moss",
        origins=tuple(Origin(name, "") for name in ("abstract", "authors", "code_url", "title")),
    )


def test_the_first_few_authors_are_no_count() -> None:
    paper = new_paper(make_entry(authors=("Ada Okafor", "Bo Lindqvist"), author_count=None))

    assert paper.author_count is None


def test_merging_with_an_empty_paper_changes_nothing() -> None:
    paper = make_paper()

    assert merge(paper, Paper(id="other", title="")) == paper
