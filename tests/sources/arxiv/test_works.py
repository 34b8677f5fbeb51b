from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.sources.arxiv.works import day_of, first_doi, month_ends, version_of, withdrawn


@pytest.mark.parametrize(
    ("identifier", "version"),
    [
        ("oai:arXiv.org:2608.00101v1", 1),
        ("http://arxiv.org/abs/hep-th/9901001v12", 12),
        ("2608.00101", None),
        ("2608.00101v0", None),
        ("2608.00101v99999", None),
        ("", None),
    ],
)
def test_an_id_may_name_a_version(identifier: str, version: int | None) -> None:
    assert version_of(identifier) == version


@pytest.mark.parametrize(
    ("arxiv_id", "ends"),
    [
        ("2402.00001", date(2024, 2, 29)),
        ("0704.0156", date(2007, 4, 30)),
        ("hep-th/9901001", date(1999, 1, 31)),
        ("math.GT/0309136", date(2003, 9, 30)),
        ("hep-th/9913001", None),
        ("moss", None),
    ],
)
def test_an_id_tells_its_month(arxiv_id: str, ends: date | None) -> None:
    assert month_ends(arxiv_id) == ends


@pytest.mark.parametrize(
    ("text", "doi"),
    [
        ("10.1000/a", "10.1000/a"),
        ("10.1000/a;10.1000/b", "10.1000/a"),
        ("10.1000/a, 10.1000/b", "10.1000/a"),
        ("10.1000/a 10.1000/b", "10.1000/a"),
        (
            "10.1002/(SICI)1097(199806)49:8<693::AID;ASI4>3.0",
            "10.1002/(SICI)1097(199806)49:8<693::AID;ASI4>3.0",
        ),
        ("", None),
        (" ; ", None),
    ],
)
def test_the_first_doi_is_taken(text: str, doi: str | None) -> None:
    assert first_doi(text) == doi


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-08-12", date(2026, 8, 12)),
        ("2026-08-12T23:30:00-04:00", date(2026, 8, 13)),
        ("2026-08-12T10:00:00Z", date(2026, 8, 12)),
        ("0001-01-01T00:00:00+09:00", None),
        ("yesterday", None),
        ("", None),
    ],
)
def test_a_day_is_that_of_utc(text: str, day: date | None) -> None:
    assert day_of(text) == day


@pytest.mark.parametrize(
    "abstract",
    [
        "This paper has been withdrawn.",
        "This paper has been withdrawn by the authors due to an error in Eq. (3).",
        "The paper is temporarily withdrawn",
        "This submission has been withdrawn by arXiv administrators.",
        "This manuscript was withdrawn because it rained.",
        "We listen to whales. This article has now been withdrawn.",
    ],
)
def test_an_abstract_may_say_that_the_paper_is_withdrawn(abstract: str) -> None:
    assert withdrawn(abstract) is True


@pytest.mark.parametrize(
    "comment",
    ["Withdrawn", "withdrawn by the author", "v2, withdrawn due to rain", "Paper withdrawn"],
)
def test_a_comment_may_say_so_in_fewer_words(comment: str) -> None:
    assert withdrawn("Moss grows.", comment) is True


@pytest.mark.parametrize(
    "abstract",
    [
        "In 2004 the drug was withdrawn from the market by its maker.",
        "We study withdrawn papers: which paper has been cited after it was withdrawn?",
        "Water is withdrawn by roots.",
        "",
    ],
)
def test_other_things_are_withdrawn_too(abstract: str) -> None:
    assert withdrawn(abstract, "12 pages") is None


@given(st.text(), st.text())
def test_nothing_is_too_strange_to_be_read(one: str, other: str) -> None:
    assert withdrawn(one, other) in (True, None)
    assert first_doi(one) != ""
    version_of(one)
    month_ends(one)
    day_of(one)
