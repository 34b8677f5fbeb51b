from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.models.papers import Paper
from digest.rendering.targets import Link, code_link, other_links, title_link
from tests.factories import make_paper


def paper(**facts: Any) -> Paper:
    return replace(make_paper(), **facts)


@pytest.mark.parametrize(
    ("facts", "url"),
    [
        ({"arxiv_id": "2511.00001"}, "https://arxiv.org/abs/2511.00001"),
        ({"arxiv_id": "2511.00001v3"}, "https://arxiv.org/abs/2511.00001"),
        ({"arxiv_id": "cs/0112017"}, "https://arxiv.org/abs/cs/0112017"),
        ({"arxiv_id": "2511.00001", "doi": "10.1000/x"}, "https://arxiv.org/abs/2511.00001"),
        ({"doi": "10.1000/a b"}, ""),
        ({"doi": '10.1000/a"<b>'}, "https://doi.org/10.1000/a%22%3Cb%3E"),
        ({"arxiv_id": "javascript:alert(1)"}, ""),
        ({"doi": "javascript:alert(1)"}, ""),
        ({"code_url": "https://github.com/a/b", "project_url": "https://a.example.org"}, ""),
        ({}, ""),
    ],
)
def test_a_title_leads_to_the_paper_or_nowhere(facts: dict[str, Any], url: str) -> None:
    assert title_link(paper(**facts))[0] == url


def test_a_button_says_where_it_leads() -> None:
    assert title_link(paper(arxiv_id="2511.00001"))[1] == "Read on arXiv"
    assert title_link(paper(doi="10.1000/x"))[1] == "Read the paper"


def test_the_pdf_and_the_project_are_linked() -> None:
    linked = other_links(paper(arxiv_id="2511.00001", project_url="http://Whales.Example.org/a"))

    assert linked == (
        Link(url="https://arxiv.org/pdf/2511.00001", label="PDF"),
        Link(url="https://whales.example.org/a", label="Project page"),
    )


@pytest.mark.parametrize(("stars", "label"), [(None, "Code"), (0, "Code"), (1, "Code, 1 star")])
def test_code_is_linked_with_its_stars(stars: int | None, label: str) -> None:
    link = code_link(paper(code_url="https://github.com/a/b"), stars)

    assert link == Link(url="https://github.com/a/b", label=label)


@pytest.mark.parametrize(
    "url",
    [
        None,
        "",
        "github.com/a/b",
        "ftp://github.com/a",
        "javascript:alert(1)",
        "data:text/html,x",
        "https://user@github.com/a",
        "https://github.com:8080/a",
        "https://github.com:nan/a",
        "https://127.0.0.1/a",
        "https://localhost/a",
        "https://[::1]/a",
        "https://gith\u0131b.com/a",
        "https://github.com/a b",
        "https://github.com/" + "a" * 600,
        "https://-bad-.example.org/",
    ],
)
def test_an_odd_address_is_no_link(url: str | None) -> None:
    assert code_link(paper(code_url=url), None) is None


@given(st.text(alphabet="https:/a.b\"<>&'\\ %?#=\n", max_size=60))
def test_whatever_is_linked_is_plain_https(rest: str) -> None:
    for url in (rest, f"https://github.com/{rest}"):
        if link := code_link(paper(code_url=url), None):
            assert urlsplit(link.url).scheme == "https"
            assert not set(link.url) & set("\"<> \\\n'") - {"'"}
