"""A file is recognised by how it begins, whatever it is called."""

from datetime import UTC, date, datetime
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.errors import ListingUnreadable, SourceError
from digest.models.papers import Announcement, ListingKind
from digest.sources.saved_file import read_file, recognise

DATA = Path(__file__).parent.parent / "data"
DAY = date(2026, 11, 20)
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
NOTHING = BytesIO()


@pytest.mark.parametrize(
    ("file", "source", "kind"),
    [
        ("huggingface/2026-08-20.json", "Hugging Face", ListingKind.DAILY),
        ("huggingface/2026-08-20.html", "Hugging Face", ListingKind.DAILY),
        ("huggingface/2024-05-27.json", "Hugging Face", ListingKind.DAILY),
        ("arxiv/feed.xml", "arXiv", ListingKind.FEED),
        ("arxiv/feed_atom.xml", "arXiv", ListingKind.FEED),
        ("arxiv/oai.xml", "arXiv", ListingKind.CATALOGUE),
        ("arxiv/oai_raw.xml", "arXiv", ListingKind.CATALOGUE),
        ("feeds/rss2.xml", "saved pages", ListingKind.CATALOGUE),
        ("feeds/atom.xml", "saved pages", ListingKind.CATALOGUE),
        ("feeds/rdf.xml", "saved pages", ListingKind.CATALOGUE),
        ("pages/author.txt", "saved pages", ListingKind.AUTHOR),
        ("pages/bibliography.txt", "saved pages", ListingKind.BIBLIOGRAPHY),
        ("pages/dated.txt", "saved pages", ListingKind.DAILY),
    ],
)
def test_each_kind_of_file_is_recognised(file: str, source: str, kind: ListingKind) -> None:
    [listing] = read_file(DATA / file, NOTHING, day=DAY)

    assert (listing.source, listing.kind) == (source, kind)
    assert listing.entries
    assert listing.seen_at is None


def test_the_papers_of_a_saved_answer_of_the_api_are_new_papers() -> None:
    [listing] = read_file(DATA / "arxiv" / "api.xml", NOTHING, day=DAY)

    assert listing.source == "arXiv"
    assert {entry.announcement for entry in listing.entries} == {Announcement.NEW}


@pytest.mark.parametrize(
    "file", ["huggingface/2026-08-20.json", "arxiv/feed.xml", "arxiv/api.xml", "feeds/rss2.xml"]
)
def test_when_it_was_read_is_kept_where_it_is_known(file: str) -> None:
    [listing] = read_file(DATA / file, NOTHING, day=DAY, seen_at=NOON)

    assert listing.seen_at == NOON


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_a_feed_in_another_encoding_is_a_feed(encoding: str) -> None:
    text = (DATA / "feeds" / "rss2.xml").read_text(encoding="utf-8").partition("?>")[2].lstrip()

    assert recognise(text.encode(encoding), day=DAY).entries


def test_standard_input_is_read_for_a_dash() -> None:
    content = (DATA / "huggingface" / "2026-08-20.json").read_bytes()

    [listing] = read_file(Path("-"), BytesIO(content), day=DAY)

    assert listing.source == "Hugging Face"


def test_an_error_names_the_file(tmp_path: Path) -> None:
    broken = tmp_path / "broken.json"
    broken.write_text('[{"paper": ', encoding="utf-8")

    with pytest.raises(ListingUnreadable, match=r"broken\.json: "):
        read_file(broken, NOTHING, day=DAY)
    with pytest.raises(ListingUnreadable, match="standard input: "):
        read_file(Path("-"), BytesIO(b"[1"), day=DAY)
    with pytest.raises(SourceError, match=r"missing\.txt"):
        read_file(tmp_path / "missing.txt", NOTHING, day=DAY)


def test_a_feed_of_arxiv_of_old_is_said_to_be_one() -> None:
    with pytest.raises(ListingUnreadable, match=r"feed_rdf\.xml: .*2024"):
        read_file(DATA / "arxiv" / "feed_rdf.xml", NOTHING, day=DAY)


def test_a_saved_error_of_arxiv_is_an_error_with_the_name_of_the_file() -> None:
    for name in ("api_error.xml", "feed_error.xml"):
        with pytest.raises(SourceError, match=f"{name}: "):
            read_file(DATA / "arxiv" / name, NOTHING, day=DAY)


@settings(deadline=None)
@given(
    st.binary()
    | st.sampled_from(["[", "{", "<rss>", "<feed ", "<OAI-PMH", "<html"]).flatmap(
        lambda start: st.binary().map(lambda rest: start.encode() + rest)
    )
)
def test_any_bytes_are_a_listing_or_refused_in_one_sentence(content: bytes) -> None:
    try:
        recognise(content, day=DAY)
    except SourceError as refused:
        sentence = str(refused)
    else:
        return
    assert "\n" not in sentence
