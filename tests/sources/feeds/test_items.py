from datetime import date

import pytest

from digest.models.papers import Announcement, Entry, ListingKind
from digest.sources.feeds.items import LONGEST
from tests.sources.feeds import DAY, NOON, feed, only, parsed, rss

# Each format, value by value


def test_a_journal_in_rss_has_papers_with_plain_titles_authors_and_dois() -> None:
    listing = parsed(feed("rss2"))

    assert (listing.kind, listing.source, listing.day, listing.seen_at) == (
        ListingKind.CATALOGUE,
        "Quiet",
        DAY,
        NOON,
    )
    assert listing.entries[:2] == (
        Entry(
            title="E. coli in the dark: H2O when $a < b$",
            abstract="We keep bacteria in the dark. They & we wait.",
            authors=("Ada Okafor", "Jörg Lind"),
            published=date(2026, 11, 19),
            doi="10.5555/quiet.2026.17",
            keywords=("Microbiology", "Darkness, long"),
            journal="Journal of Quiet Studies",
        ),
        Entry(
            title="A lamp that forgets",
            abstract="Lamps forget. We measure how fast.",
            authors=("Jane Doe", "John Roe", "Max Moe Jr."),
            published=date(2026, 11, 18),
            doi="10.5555/quiet.2026.18",
            journal="Annals of Lamps",
        ),
    )


def test_an_item_without_a_title_is_left_out_and_one_without_ids_keeps_its_link() -> None:
    listing = parsed(feed("rss2"))

    assert [str(warning) for warning in listing.warnings] == [
        "line 3: an item without a title was left out"
    ]
    assert listing.entries[2] == Entry(
        title="Notes on our workshop",
        abstract="No paper has this one.",
        project_url="https://quiet.example/notes/7",
    )


def test_what_came_out_more_than_thirty_days_ago_is_not_announced() -> None:
    def of_the_old_one(day: date) -> Announcement:
        return parsed(feed("rss2"), day).entries[3].announcement

    assert of_the_old_one(date(2026, 11, 19)) is Announcement.NEW
    assert of_the_old_one(date(2026, 11, 20)) is Announcement.UPDATE


def test_a_preprint_server_in_rdf_names_no_journal_and_people_surname_first() -> None:
    assert parsed(feed("rdf")).entries == (
        Entry(
            title="Lichens keep a calendar.",
            abstract="Lichens grow slowly. We show that they know when.",
            authors=("N. MOSER", "P.-L. Van den Berg", "R. J. O'Hara", "K. Stein Jr."),
            published=date(2026, 11, 17),
            doi="10.64898/2026.11.02.700001",
        ),
        Entry(
            title="Granite, a short history",
            authors=("X. Li",),
            published=date(2026, 11, 18),
            doi="10.1101/2026.11.03.700002",
        ),
    )


def test_an_atom_feed_has_papers_of_arxiv_and_what_is_only_replaced_is_no_news() -> None:
    assert parsed(feed("atom")).entries == (
        Entry(
            title=r"Moths read $\alpha$ from the moon",
            abstract="The moon is a lamp. Moths know.",
            authors=("Ida Falter", "Tom Motte"),
            published=date(2026, 11, 20),
            arxiv_id="2611.04001",
            keywords=("moths",),
        ),
        Entry(
            title="Moths, again",
            abstract="Once more.",
            published=date(2026, 11, 20),
            arxiv_id="2610.01234",
            announcement=Announcement.UPDATE,
        ),
        Entry(
            title="Wings & things",
            abstract="Wings are things.",
            authors=("Ida Falter", "Tom Motte"),
            published=date(2026, 11, 19),
            project_url="https://moths.example/posts/3",
        ),
    )


# What publishers put where


@pytest.mark.parametrize(
    ("link", "doi"),
    [
        ("https://doi.org/10.1000/182", "10.1000/182"),
        ("https://a.example/article?id=10.1371/journal.pone.0000001&amp;x=1", None),
        ("https://a.example/doi/10.1002/abc.1?af=R", "10.1002/abc.1"),
        ("https://a.example/articles/10.3389/fquiet.2026.00001/full", "10.3389/fquiet.2026.00001"),
        (
            "https://a.example/abs/10.1016/S0140-6736(20)30183-5",
            "10.1016/S0140-6736(20)30183-5",
        ),
        ("https://a.example/doi/10.1002%2Fabc.2", "10.1002/abc.2"),
        ("https://a.example/content/10.1101/2026.01.01.1v12.full.pdf", "10.1101/2026.01.01.1"),
        ("https://a.example/pages/10.html", ""),
    ],
)
def test_a_doi_is_found_in_a_link(link: str, doi: str | None) -> None:
    entry = only(rss(f"<title>A paper</title><link>{link}</link>"))

    assert entry.doi == ("10.1371/journal.pone.0000001" if doi is None else doi or None)
    assert (entry.project_url is None) is (entry.doi is not None)


@pytest.mark.parametrize(
    "link",
    ["https://arxiv.org/abs/2611.04001v3", "https://doi.org/10.48550/arXiv.2611.04001"],
)
def test_an_arxiv_id_is_found_in_a_link(link: str) -> None:
    assert only(rss(f"<title>A paper</title><link>{link}</link>")).arxiv_id == "2611.04001"


@pytest.mark.parametrize("link", ["javascript:alert(1)", "ftp://a.example/x", "/here", "http://["])
def test_a_link_that_no_browser_should_follow_is_no_link(link: str) -> None:
    assert only(rss(f"<title>A paper</title><link>{link}</link>")).project_url is None


def test_a_date_of_publication_in_place_of_an_abstract_is_none() -> None:
    entry = only(
        rss(
            "<title>A paper</title><description>&lt;p&gt;Publication date: March 2026&lt;/p&gt;"
            "&lt;p&gt;&lt;b&gt;Source:&lt;/b&gt; Journal of Stones, Volume 5&lt;/p&gt;"
            "&lt;p&gt;Author(s): Ada Okafor, Bo Lind&lt;/p&gt;</description>"
        )
    )

    assert (entry.abstract, entry.journal) == ("", "Journal of Stones")
    assert entry.authors == ("Ada Okafor", "Bo Lind")


def test_the_date_of_publication_before_an_abstract_is_no_part_of_it() -> None:
    entry = only(
        rss(
            "<title>A paper</title><description>&lt;p&gt;Stones, Published online: 05 March 2026;"
            " &lt;a href='x'&gt;doi:10.1038/s1&lt;/a&gt;&lt;/p&gt;Stones sleep.</description>"
        )
    )

    assert entry.abstract == "Stones sleep."


def test_a_whole_article_is_cut_to_the_length_of_an_abstract() -> None:
    entry = only(rss(f"<title>A paper</title><description>{'word ' * 9000}</description>"))

    assert LONGEST - 10 < len(entry.abstract) <= LONGEST + 2
    assert entry.abstract.endswith("word …")


@pytest.mark.parametrize("title", ["Search results for moths", "Latest news", "bioRxiv"])
def test_the_title_of_a_search_or_of_a_preprint_server_is_no_journal(title: str) -> None:
    content = rss(
        "<title>A paper</title><link>https://doi.org/10.5555/1</link>", channel=""
    ).replace(b"<title>Quiet</title>", f"<title>{title}</title>".encode())

    assert only(content).journal == ""
