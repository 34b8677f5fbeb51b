"""XML from a stranger: opened without entities, network or surprise, whole pieces only."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

from lxml import etree

from digest.errors import ListingUnreadable

Element: TypeAlias = etree._Element  # noqa: SLF001 - lxml gives its class no other name


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """An XML document with those of its *pieces* that are whole.

    *end* is the line on which it breaks off, None where it does not.
    """

    root: Element
    pieces: tuple[Element, ...]
    end: int | None = None


_WEB_PAGE = re.compile(rb"\s*<(?:!doctype\s+html|html)\b", re.IGNORECASE)


def open_document(content: bytes, *tags: str) -> Document:
    """Return *content*, its pieces being the elements of one of *tags* that were closed.

    A pull parser tells of each element as it is closed: whatever breaks the document off
    leaves no half one. Raise ListingUnreadable where there is no XML, where it declares
    entities, or where its bytes are not in the encoding it names.
    """
    if b"\0" not in content:
        content = content.translate(None, _CONTROL)
    if _WEB_PAGE.match(content):
        raise ListingUnreadable("arXiv sent a web page and no listing; ask it again later.")
    if _DECLARATION.search(content.replace(b"\0", b"")):
        raise ListingUnreadable("This XML declares entities, as no listing does; it was not read.")
    parser = etree.XMLPullParser(
        events=("start", "end"),
        resolve_entities=False,
        no_network=True,
        huge_tree=False,
        load_dtd=False,
        remove_comments=True,
        remove_pis=True,
    )
    end = None
    try:
        parser.feed(content)
        parser.close()
    except etree.XMLSyntaxError as problem:
        if problem.code in _ENCODING:  # type: ignore[attr-defined]  # the stubs leave it out
            raise ListingUnreadable(
                "This XML is not in the encoding it names; fetch it anew."
            ) from problem
        end = problem.lineno or 1
    root, pieces = _read(parser, tags)
    if root is None or root.getroottree().docinfo.internalDTD is not None:
        raise ListingUnreadable("This is no XML that we read; fetch it anew.")
    return Document(root=root, pieces=tuple(pieces), end=end)


def _read(
    parser: etree.XMLPullParser, tags: tuple[str, ...]
) -> tuple[Element | None, list[Element]]:
    root = None
    pieces = []
    # Its type allows for events that were not asked for.
    events: Iterator[Any] = parser.read_events()
    for event, element in events:
        if root is None:
            root = element
        if event == "end" and element.tag in tags:
            pieces.append(element)
    return root, pieces


# Authors paste them, XML forbids them, and one would cost the rest of a day.
_CONTROL = bytes(set(range(32)) - {0, *b"\t\n\r"})
# An XML declaration may name an encoding of two bytes a letter: those are looked at without zeros.
_DECLARATION = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_ENCODING = frozenset(
    {
        etree.ErrorTypes.ERR_INVALID_ENCODING,
        etree.ErrorTypes.ERR_UNKNOWN_ENCODING,
        etree.ErrorTypes.ERR_UNSUPPORTED_ENCODING,
        etree.ErrorTypes.I18N_CONV_FAILED,
    }
)


def text(parent: Element, name: str) -> str:
    """Return the text of the first child of that *name* on one line, "" where it has none."""
    child = parent.find(name)
    return "" if child is None else _all_text(child)


def texts(parent: Element, name: str) -> tuple[str, ...]:
    """Return the texts of all elements below *parent* at that path, the empty ones left out."""
    return tuple(filter(None, map(_all_text, parent.findall(name))))


def _all_text(element: Element) -> str:
    return flat("".join(map(str, element.itertext())))


def flat(words: str) -> str:
    """Return *words* with every space and line break between two of them as one space."""
    return " ".join(words.split())


def line_of(element: Element) -> int:
    """Return the line, from 1, on which *element* begins."""
    line: Any = element.sourceline  # the stubs do not say what it is
    return int(line or 1)
