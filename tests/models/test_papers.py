import unicodedata
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.models.papers import (
    Entry,
    ListingWarning,
    Paper,
    bare_arxiv_id,
    identity_keys,
    merge,
    new_paper,
    same_work,
    title_key,
)
from tests.factories import make_entry, make_paper

NAMES = st.sampled_from(["Ada Okafor", "Bo Lindqvist", "Cees van der Berg", "Jürgen Rive"])
ENTRIES = st.builds(
    Entry,
    title=st.text(max_size=20),
    abstract=st.text(max_size=20),
    summary=st.text(max_size=5),
    authors=st.lists(NAMES, unique=True).map(tuple),
    author_count=st.none() | st.integers(1, 500),
    published=st.none() | st.dates(),
    categories=st.lists(st.sampled_from(["CL", "cs.CL", "hep-th", "LG"]), unique=True).map(tuple),
    institutions=st.lists(st.sampled_from(["mila", "tide-lab"]), unique=True).map(tuple),
    arxiv_id=st.none() | st.sampled_from(["2601.00001", "2601.00002v2"]),
    doi=st.none() | st.sampled_from(["10.1000/a", "10.1000/b"]),
    has_code=st.booleans(),
    code_url=st.none() | st.just("https://github.com/okafor/whale-code"),
    upvotes=st.none() | st.integers(0, 99),
)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (r"S$^{3}$: Snails", "S³: snails"),
        ("On-device  moss\nmodels", "On Device Moss Models"),
        (r"G\"odel, again", "Gödel, again"),
        ("Gödel", "Go\u0308del"),
        ("Snail-$φ$", "Snail-φ"),
        ("ﬁne moss: A Study", "Fine moss - a study"),
        ("STRASSE", "Straße"),
    ],
)
def test_two_printings_of_a_title_share_a_key(one: str, other: str) -> None:
    assert title_key(one) == title_key(other) != ""


@pytest.mark.parametrize(
    ("one", "other"), [("Moss I", "Moss II"), ("Part 1", "Part 2"), ("モス", "コケ")]
)
def test_two_titles_have_two_keys(one: str, other: str) -> None:
    assert title_key(one) != title_key(other)


@given(st.text())
def test_a_key_is_its_own_key_and_forgets_form_and_space(title: str) -> None:
    key = title_key(title)
    assert title_key(key) == key
    if "\\" not in title and "$" not in title:
        assert title_key(unicodedata.normalize("NFC", title)) == key
        assert title_key(f" {title.replace(' ', '  ')}!") == key


@pytest.mark.parametrize(
    ("text", "bare"),
    [
        ("2601.00001", "2601.00001"),
        ("2601.00001v12", "2601.00001"),
        ("arXiv:2601.00001v1 [cs.CL]", "2601.00001"),
        ("https://arxiv.org/abs/2601.00001?context=cs", "2601.00001"),
        ("https://arxiv.org/pdf/2601.00001v2.pdf#page=3", "2601.00001"),
        ("see (arXiv:2601.00001).", "2601.00001"),
        ("2601.00001, 2601.00002", "2601.00001"),
        ("0704.0001", "0704.0001"),
        ("hep-th/9901001v3", "hep-th/9901001"),
        ("https://arxiv.org/abs/hep-th/9901001", "hep-th/9901001"),
        ("math.GT/0309136", "math/0309136"),
        ("math/0309136", "math/0309136"),
        ("https://doi.org/10.48550/arXiv.2601.00001", "2601.00001"),
        ("10.1145/3292500.3330701", None),
        ("2699.00001", None),
        ("12601.00001", None),
        ("2601.000012", None),
        ("moss", None),
        ("", None),
    ],
)
def test_an_arxiv_id_is_found_without_its_version(text: str, bare: str | None) -> None:
    assert bare_arxiv_id(text) == bare


@given(st.integers(7, 99), st.integers(1, 12), st.integers(0, 99999), st.integers(0, 30))
def test_every_arxiv_id_is_found_bare_and_in_links(
    year: int, month: int, number: int, version: int
) -> None:
    bare = f"{year:02}{month:02}.{number:05}"
    written = f"{bare}v{version}" if version else bare
    for text in (written, f"arXiv:{written}", f"https://arxiv.org/abs/{written}"):
        assert bare_arxiv_id(text) == bare


def test_the_surest_key_comes_first() -> None:
    entry = make_entry("Moss", arxiv_id="2601.00001v2", doi="https://doi.org/10.1000/A")

    assert identity_keys(entry) == ("arxiv:2601.00001", "doi:10.1000/a", "title:moss")


def test_a_doi_of_arxiv_is_an_arxiv_id() -> None:
    entry = make_entry("Moss", doi="10.48550/arXiv.2601.00001")

    assert identity_keys(entry) == ("arxiv:2601.00001", "title:moss")
    assert same_work(entry, make_entry("Moss, revised", arxiv_id="2601.00001v3"))
    assert same_work(entry, make_entry("Moss", doi="10.1000/a"))


def test_a_title_without_letters_is_no_key() -> None:
    assert identity_keys(make_entry("?!")) == ()


@pytest.mark.parametrize(
    ("changes", "same"),
    [
        ({}, True),
        ({"authors": ()}, True),
        ({"authors": ("A. Okafor",)}, True),
        ({"authors": ("Ada Okafor Jr.",)}, True),
        ({"authors": ("Kim Stone",)}, False),
        ({"title": "Another"}, False),
        ({"title": "Another", "arxiv_id": "2601.00001v7"}, True),
        ({"arxiv_id": "2601.00002"}, False),
        ({"doi": "10.1000/x"}, True),
        ({"authors": ("Kim Stone",), "arxiv_id": "2601.00001"}, True),
    ],
)
def test_what_makes_two_records_one_work(changes: dict[str, Any], same: bool) -> None:  # noqa: FBT001 - a column of the table
    one = make_entry("Moss as memory", arxiv_id="2601.00001")
    other = make_entry(**{"title": "Moss as Memory"} | changes)

    assert same_work(one, other) is same
    assert same_work(other, one) is same


@given(ENTRIES, ENTRIES)
def test_sameness_is_mutual_and_everything_with_a_key_is_itself(one: Entry, other: Entry) -> None:
    assert same_work(one, other) == same_work(other, one)
    if identity_keys(one):
        assert same_work(one, one)


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


@given(ENTRIES, ENTRIES)
def test_merging_loses_nothing_and_twice_is_once(first: Entry, second: Entry) -> None:
    paper = new_paper(first)
    merged = merge(paper, second)

    assert merge(merged, second) == merged
    assert merge(merged, first) == merged
    assert merged.id == paper.id
    assert len(merged.abstract) == max(len(first.abstract), len(second.abstract))
    assert set(merged.authors) >= set(first.authors) | set(second.authors)
    assert set(merged.institutions) == set(first.institutions) | set(second.institutions)
    assert merged.has_code >= (first.has_code or second.has_code)
    for field in ("title", "summary", "arxiv_id", "doi", "code_url"):
        assert getattr(merged, field) == (getattr(first, field) or getattr(second, field))


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
        abstract="Moss remembers rain.",
        authors=("Ada Okafor", "Bo Lindqvist"),
        author_count=9,
        published=date(2026, 3, 1),
        categories=("hep-th", "cs.CL"),
        has_code=True,
        code_url="https://github.com/okafor/moss",
    )


def test_the_first_few_authors_are_no_count() -> None:
    paper = new_paper(make_entry(authors=("Ada Okafor", "Bo Lindqvist"), author_count=None))

    assert paper.author_count is None


def test_merging_with_an_empty_paper_changes_nothing() -> None:
    paper = make_paper()

    assert merge(paper, Paper(id="other", title="")) == paper


def test_a_warning_says_its_line() -> None:
    assert str(ListingWarning(line=7, message="no day.")) == "line 7: no day."
