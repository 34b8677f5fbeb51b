import unicodedata
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.models.papers import (
    Entry,
    bare_arxiv_id,
    identity_keys,
    merge,
    new_paper,
    same_work,
    title_key,
)
from tests.factories import make_entry
from tests.models.papers.works import ENTRIES


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


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("10.1101/2026.01.01.1", "10.1038/s1", True),
        ("10.64898/2026.01.01.1", "10.1038/s1", True),
        ("10.1101/2026.01.01.1", "10.64898/2026.01.01.1", False),
        ("10.1038/s1", "10.1038/s2", False),
        ("https://doi.org/10.1038/S1", "10.1038/s1", True),
    ],
)
def test_a_preprint_and_its_publication_are_one_work(one: str, other: str, same: bool) -> None:  # noqa: FBT001 - a column of the table
    preprint, published = make_entry("Moss", doi=one), make_entry("Moss", doi=other)

    assert same_work(preprint, published) is same
    assert same_work(published, preprint) is same


def test_a_paper_is_known_by_every_record_it_was_recognised_by() -> None:
    paper = new_paper(make_entry("Moss", arxiv_id="2601.00001"))
    paper = merge(paper, make_entry("Moss, revised", arxiv_id="2601.00001v2", doi="10.1038/s1"))

    assert same_work(paper, make_entry("Moss"))
    assert same_work(paper, make_entry("Moss, revised"))
    assert same_work(paper, make_entry("Moss, in print", doi="10.1038/s1"))
    assert not same_work(paper, make_entry("Moss, in print"))
