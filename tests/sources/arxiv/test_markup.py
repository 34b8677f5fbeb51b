import pytest

from digest.errors import ListingUnreadable
from digest.sources.arxiv.markup import open_document, text, texts

BOMB = b"""<?xml version="1.0"?>
<!DOCTYPE rss [<!ENTITY a "moss"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">
<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">]>
<rss><item><title>&c;</title></item></rss>"""
STEALTHY = b'<?xml version="1.0"?><!DOCTYPE rss SYSTEM "http://example.org/moss.dtd"><rss/>'


@pytest.mark.parametrize(
    "bomb",
    [
        BOMB,
        STEALTHY,
        BOMB.replace(b"<?xml", b"\xef\xbb\xbf<?xml"),
        BOMB.decode().replace('"1.0"', '"1.0" encoding="UTF-16"').encode("utf-16"),
        BOMB.decode().encode("utf-16-be"),
        b"<!-- <rss> -->" + BOMB.partition(b"?>")[2].lstrip(),
    ],
)
def test_xml_that_declares_entities_is_refused_unread(bomb: bytes) -> None:
    with pytest.raises(ListingUnreadable, match="entities"):
        open_document(bomb, "item")


@pytest.mark.parametrize("content", [b"", b"\x00\x01", b"moss", b"{}", b"<", b"\xff\xfe"])
def test_what_is_no_xml_is_unreadable(content: bytes) -> None:
    with pytest.raises(ListingUnreadable):
        open_document(content, "item")


def test_pieces_are_whole_and_the_line_of_the_break_is_known() -> None:
    document = open_document(b"<rss>\n<item>a</item>\n<item>b</ite", "item")

    assert [piece.text for piece in document.pieces] == ["a"]
    assert document.end == 3


def test_a_whole_document_has_no_end_and_its_words_stand_on_one_line() -> None:
    document = open_document(
        b"<rss><item><t> a\n <!-- no --><b>b</b>&amp;lt;</t><t/><t>c</t></item></rss>", "item"
    )

    assert document.end is None
    assert text(document.pieces[0], "t") == "a b&lt;"
    assert texts(document.pieces[0], "t") == ("a b&lt;", "c")
    assert text(document.pieces[0], "none") == ""


@pytest.mark.parametrize("encoding", ["UTF-8", "ISO-8859-1", "windows-1252", "UTF-16"])
def test_the_encoding_is_the_one_that_is_named(encoding: str) -> None:
    content = f'<?xml version="1.0" encoding="{encoding}"?><rss><item>Öst</item></rss>'

    document = open_document(content.encode(encoding), "item")

    assert document.pieces[0].text == "Öst"


@pytest.mark.parametrize("named", ["UTF-8", "US-ASCII", "klingon"])
def test_bytes_in_another_encoding_than_the_named_are_unreadable(named: str) -> None:
    content = f'<?xml version="1.0" encoding="{named}"?><rss><item>Öst</item></rss>'

    with pytest.raises(ListingUnreadable, match="encoding"):
        open_document(content.encode("latin-1"), "item")


def test_a_control_character_costs_nobody_else_anything() -> None:
    document = open_document(b"<rss><item>a\x0b\x02</item>\n<item>b</item></rss>", "item")

    assert [piece.text for piece in document.pieces] == ["a", "b"]
    assert document.end is None


def test_a_character_that_xml_cannot_name_ends_a_document() -> None:
    document = open_document(b"<rss><item>a</item>\n<item>&#11;</item></rss>", "item")

    assert ([piece.text for piece in document.pieces], document.end) == (["a"], 2)


@pytest.mark.parametrize("page", [b"<!DOCTYPE html><p>Away", b"\n <HTML lang='en'>", b"<html>"])
def test_a_web_page_is_told_as_one(page: bytes) -> None:
    with pytest.raises(ListingUnreadable, match="a web page and no listing"):
        open_document(page, "item")
