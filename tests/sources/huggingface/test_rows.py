from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.models.papers import Announcement
from tests.sources.huggingface import ANYTHING, make_row, messages, only, parsed

OPTIONAL = (
    "authors",
    "publishedAt",
    "submittedOnDailyAt",
    "submittedOnDailyBy",
    "summary",
    "upvotes",
    "discussionId",
    "projectPage",
    "githubRepo",
    "githubStars",
    "githubRepoAddedBy",
    "ai_summary",
    "ai_keywords",
    "ai_summary_model",
    "organization",
    "mediaUrls",
    "withdrawnAt",
)
OUTER = (
    "title",
    "summary",
    "publishedAt",
    "thumbnail",
    "mediaUrl",
    "mediaUrls",
    "numComments",
    "submittedBy",
    "isAuthorParticipating",
    "organization",
    "submitterOrganization",
    "upvoted",
)


def test_a_paper_is_known_by_its_arxiv_id_and_is_news() -> None:
    entry = only(make_row(7))

    assert (entry.arxiv_id, entry.version, entry.doi) == ("2611.00007", None, None)
    assert entry.announcement is Announcement.NEW


def test_an_id_that_is_not_of_arxiv_is_no_arxiv_id() -> None:
    assert only(make_row(id="whales-8")).arxiv_id is None


def test_line_breaks_become_spaces_and_tex_stays() -> None:
    entry = only(
        make_row(title="Whales\n  count  in $8$", summary="We\nlisten\tto \\emph{them}.\n")
    )

    assert (entry.title, entry.abstract) == ("Whales count in $8$", "We listen to \\emph{them}.")


def test_the_outer_title_and_abstract_stand_in_where_the_paper_has_none() -> None:
    entry = only(make_row(title=None, summary=" ", outer={"title": "Whales", "summary": "Clicks."}))

    assert (entry.title, entry.abstract) == ("Whales", "Clicks.")


def test_what_no_mail_or_database_can_hold_is_taken_out() -> None:
    entry = only(
        make_row(title="Whales\x00count\ud83d in\x1b\x85base\ufffe 8", ai_summary="a\x07b")
    )

    assert (entry.title, entry.summary) == ("Whales count in base 8", "a b")


def test_the_summary_and_the_keywords_are_those_of_the_site() -> None:
    entry = only(
        make_row(ai_summary="Whales\ncount.", ai_keywords=["clicks", " codes", "clicks", 3])
    )

    assert (entry.summary, entry.keywords) == ("Whales count.", ("clicks", "codes"))


def test_authors_who_are_hidden_are_neither_named_nor_counted() -> None:
    authors = [
        {"name": "Ada Okafor", "hidden": False},
        {"name": "Nobody", "hidden": True},
        {"name": "Bo\n Lindqvist"},
        {"name": ""},
        {"hidden": False},
        "Chiara Duarte",
    ]
    entry = only(make_row(authors=authors))

    assert (entry.authors, entry.author_count) == (("Ada Okafor", "Bo Lindqvist"), 2)


@pytest.mark.parametrize("authors", [None, [], {}, "Ada Okafor", [{"name": "X", "hidden": True}]])
def test_without_authors_nobody_knows_how_many_there_are(authors: Any) -> None:
    entry = only(make_row(authors=authors))

    assert (entry.authors, entry.author_count) == ((), None)


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("2026-11-18T00:00:00.000Z", date(2026, 11, 18)),
        ("2026-11-18T23:59:59Z", date(2026, 11, 18)),
        ("2026-11-18", date(2026, 11, 18)),
        ("2026-13-18T00:00:00.000Z", None),
        ("2026-W47-3", None),
        ("20261118", None),
        ("2026-11-181", None),
        ("soon", None),
        ("", None),
        (1793000000, None),
        (None, None),
    ],
)
def test_a_paper_came_out_on_the_day_of_its_inner_date(said: Any, meant: date | None) -> None:
    assert only(make_row(publishedAt=said)).published == meant


@pytest.mark.parametrize(
    ("changes", "institutions"),
    [
        ({"organization": {"name": "tidal", "fullname": "Tidal Institute"}}, ("Tidal Institute",)),
        ({"organization": {"name": "tidal", "fullname": None}}, ("tidal",)),
        ({"organization": {}}, ()),
        ({"organization": "Tidal"}, ()),
        ({"outer": {"organization": {"fullname": "Outer"}}}, ("Outer",)),
        ({"outer": {"submitterOrganization": {"fullname": "Span"}}}, ("Span",)),
        (
            {"organization": {"fullname": "Inner"}, "outer": {"organization": {"name": "outer"}}},
            ("outer",),
        ),
    ],
)
def test_the_organisation_is_the_institution_wherever_it_stands(
    changes: dict[str, Any], institutions: tuple[str, ...]
) -> None:
    assert only(make_row(**changes)).institutions == institutions


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("https://github.com/okafor/base-eight", "https://github.com/okafor/base-eight"),
        ("https://github.com/okafor/\nbase-eight\n", "https://github.com/okafor/base-eight"),
        (" http://code.example.org:8080/x?y=1#z ", "http://code.example.org:8080/x?y=1#z"),
        ("https://müller.example/ä", "https://müller.example/ä"),
        ("https://example.org", "https://example.org"),
    ],
)
def test_links_to_code_lose_their_line_breaks(said: str, meant: str) -> None:
    entry = only(make_row(githubRepo=said, projectPage=said))

    assert (entry.code_url, entry.project_url, entry.has_code) == (meant, meant, True)


@pytest.mark.parametrize(
    "said",
    [
        "javascript:alert(1)",
        "ftp://example.org/x",
        "okafor/base-eight",
        "https://",
        "https:///x",
        "https://github.com@evil.example/x",
        "https://a b.example/",
        "https://example.org/a b",
        'https://example.org/"onclick="x',
        "https://example.org/\x00",
        f"https://example.org/{'x' * 2000}",
        ["https://example.org"],
        7,
    ],
)
def test_what_is_no_web_address_is_left_out_with_a_warning(said: Any) -> None:
    listing = parsed(make_row(githubRepo=said, projectPage=said, outer={"thumbnail": said}))

    (entry,) = listing.entries
    assert (entry.code_url, entry.project_url, entry.thumbnail_url) == (None, None, None)
    assert not entry.has_code
    assert messages(listing) == [
        f"line 1: its {name} is no web address and was left out"
        for name in ("githubRepo", "projectPage", "thumbnail")
    ]


@pytest.mark.parametrize("said", [None, ""])
def test_no_address_is_no_news(said: str | None) -> None:
    listing = parsed(make_row(githubRepo=said, projectPage=said, outer={"thumbnail": said}))

    assert not listing.warnings


@pytest.mark.parametrize(
    ("abstract", "link"),
    [
        ("Our code is at github.com/okafor/base-eight.", "https://github.com/okafor/base-eight"),
        ("Code: https://clicks.example.net/src", "https://clicks.example.net/src"),
        ("See gitlab.inria.fr/okafor/clicks for code.", "https://gitlab.inria.fr/okafor/clicks"),
        ("anonymous.4open.science/r/clicks", "https://anonymous.4open.science/r/clicks"),
        ("We coded and/or decoded.", None),
    ],
)
def test_an_abstract_that_links_to_code_tells_of_it_where_the_site_does_not(
    abstract: str, link: str | None
) -> None:
    entry = only(make_row(summary=abstract))

    assert (entry.code_url, entry.has_code) == (link, link is not None)


def test_a_project_page_at_a_host_of_code_is_a_project_page() -> None:
    entry = only(make_row(projectPage="https://github.com/okafor/site"))

    assert entry.project_url == "https://github.com/okafor/site"
    assert (entry.code_url, entry.has_code) == (None, False)


def test_counts_are_where_they_belong() -> None:
    entry = only(make_row(upvotes=41, githubStars=7, outer={"numComments": 0}))

    assert (entry.upvotes, entry.stars, entry.comments) == (41, 7, 0)


@pytest.mark.parametrize("said", [-1, 2**63, 4.0, 1e400, True, "41", [41], {}])
def test_what_is_no_count_is_left_out_with_a_warning(said: Any) -> None:
    listing = parsed(make_row(upvotes=said, githubStars=said, outer={"numComments": said}))

    (entry,) = listing.entries
    assert (entry.upvotes, entry.stars, entry.comments) == (None, None, None)
    assert messages(listing) == [
        f"line 1: its {name} is no count and was left out"
        for name in ("upvotes", "numComments", "githubStars")
    ]


def test_the_largest_count_is_what_the_archive_can_hold() -> None:
    assert only(make_row(upvotes=2**63 - 1)).upvotes == 2**63 - 1


@pytest.mark.parametrize(
    ("inner", "outer", "submitter"),
    [
        ({"name": "ines", "user": "Ines"}, {"name": "ed"}, "ines"),
        (None, {"name": "ed", "fullname": "Ed Sato"}, "ed"),
        ({"name": None}, {"name": "ed"}, "ed"),
        (None, None, ""),
        ("ines", ["ed"], ""),
    ],
)
def test_who_put_it_on_the_list_is_named(inner: Any, outer: Any, submitter: str) -> None:
    row = make_row(submittedOnDailyBy=inner, outer={"submittedBy": outer})

    assert only(row).submitter == submitter


def test_a_paper_that_was_withdrawn_says_so() -> None:
    assert only(make_row(withdrawnAt="2026-11-20T07:00:00.000Z")).withdrawn is True


@pytest.mark.parametrize("said", [None, ""])
def test_no_list_says_of_a_paper_that_it_was_not_withdrawn(said: str | None) -> None:
    assert only(make_row(withdrawnAt=said)).withdrawn is None


@given(missing=st.sets(st.sampled_from(OPTIONAL)), around=st.sets(st.sampled_from(OUTER)))
def test_a_paper_with_an_id_and_a_title_is_read_whatever_else_is_missing(
    missing: set[str], around: set[str]
) -> None:
    row = make_row()
    row["paper"] = {name: value for name, value in row["paper"].items() if name not in missing}
    row = {name: value for name, value in row.items() if name not in around}

    listing = parsed(row)

    assert listing.entries[0].arxiv_id == "2611.00001"
    assert not listing.warnings


@given(
    inner=st.dictionaries(st.sampled_from(OPTIONAL), ANYTHING),
    outer=st.dictionaries(st.sampled_from(OUTER), ANYTHING),
)
def test_a_wrong_field_never_costs_its_row(inner: dict[str, Any], outer: dict[str, Any]) -> None:
    inner.pop("submittedOnDailyAt", None)

    entry = only(make_row(**inner, outer=outer))

    assert entry.title == "Whales count in base 1"
    for text in (entry.title, entry.abstract, entry.summary, entry.submitter, *entry.keywords):
        assert text == " ".join(text.split())
        assert "\0" not in text
        text.encode()
