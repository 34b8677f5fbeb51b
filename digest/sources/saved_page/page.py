"""A page as lines of text, and the findings on the way."""

import codecs
import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from digest.errors import ListingUnreadable
from digest.models.papers import ListingWarning

SOURCE = "saved pages"
"""What listings from saved pages say they come from."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of a page, without space around it; *number* counts from 1."""

    number: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A page in lines, the last of which is not empty, and what was wrong with its bytes."""

    lines: tuple[Line, ...]
    warnings: tuple[ListingWarning, ...] = ()


@dataclass(slots=True)
class Findings:
    """Warnings, as they are found."""

    found: list[ListingWarning] = field(default_factory=list)

    def warn(self, line: int, message: str) -> None:
        """Add that *message* is to be said of *line*."""
        self.found.append(ListingWarning(line=line, message=message))

    def plain(self, text: str, line: int) -> str:
        """Return *text* without control characters, with a warning where it had any."""
        if _CONTROL.search(text) is None:
            return text.replace("\t", " ") if "\t" in text else text
        self.warn(line, "control characters were taken out of the text.")
        return _CONTROL.sub("", _SPACING_CONTROL.sub(" ", text)).strip()

    def in_order(self) -> tuple[ListingWarning, ...]:
        """Return the warnings by line."""
        return tuple(sorted(self.found, key=lambda warning: warning.line))


_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029]")
_SPACING_CONTROL = re.compile(r"[\t\x0b\x0c\x1c-\x1f\x85\u2028\u2029]")


def open_page(content: bytes) -> Page:
    """Return *content* as lines; raise ListingUnreadable where it is no text."""
    if not content.strip():
        raise ListingUnreadable("This file is empty; save the page again.")
    text, warnings = _decoded(content)
    _refuse_foreign(text)
    lines = [
        Line(number=number, text="" if _NOTHING.fullmatch(line) else line.strip())
        for number, line in enumerate(_LINE_END.split(text), start=1)
    ]
    while lines and not lines[-1].text:
        lines.pop()
    if not lines:
        raise ListingUnreadable("This file is empty; save the page again.")
    return Page(lines=tuple(lines), warnings=tuple(warnings))


_NOTHING = re.compile(r"[\s\x00-\x1f\x7f-\x9f]*")
_LINE_END = re.compile(r"\r\n|\r|\n")


def _decoded(content: bytes) -> tuple[str, list[ListingWarning]]:
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            text = content[len(mark) :].decode(encoding, "replace")
            return text, _replaced(text)
    if b"\x00" in content:
        raise ListingUnreadable("This is a binary file; save the page as text.")
    try:
        return content.removeprefix(codecs.BOM_UTF8).decode(), []
    except UnicodeDecodeError:
        return _decoded_by_line(content.removeprefix(codecs.BOM_UTF8))


# The marks of UTF-32 begin with those of UTF-16.
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


def _replaced(text: str) -> list[ListingWarning]:
    return [
        ListingWarning(line=number, message="a character could not be read; the file is damaged.")
        for number, line in enumerate(_LINE_END.split(text), start=1)
        if "\ufffd" in line
    ]


def _decoded_by_line(content: bytes) -> tuple[str, list[ListingWarning]]:
    """Return *content* with each line read as UTF-8, else as Windows-1252, and say where."""
    parts: list[str] = []
    warnings: list[ListingWarning] = []
    number = 1
    *_, last = pieces = _BYTE_LINE_END.split(content)
    for part in pieces:
        try:
            parts.append(part.decode())
        except UnicodeDecodeError as error:
            if part is last and error.reason == "unexpected end of data":
                parts.append(part[: error.start].decode())
                message = "this line ends in half a character; the file was cut off here."
            else:
                parts.append(part.decode("cp1252", "replace"))
                message = "this line is not UTF-8 and was read as Windows-1252; check its accents."
            warnings.append(ListingWarning(line=number, message=message))
        number += _BYTE_LINE_END.fullmatch(part) is not None
    return "".join(parts), warnings


_BYTE_LINE_END = re.compile(rb"(\r\n|\r|\n)")


def _refuse_foreign(text: str) -> None:
    """Raise ListingUnreadable for a binary file, or a page that was not saved as text."""
    if "\x00" in text or len(_BINARY.findall(text)) * 20 > len(text):
        raise ListingUnreadable("This is a binary file; save the page as text.")
    beginning = text[:1000].lstrip().lower()
    for sign, what in _FORMATS:
        if beginning.startswith(sign):
            raise ListingUnreadable(f"This is {what}; save the page as text.")
    if len(_TAG.findall(text)) >= _TAGS_OF_HTML:
        raise ListingUnreadable("This is HTML; save the page as text.")


_BINARY = re.compile(r"[\x00-\x08\x0e-\x1f\x7f\ufffd]")
_FORMATS = (
    ("<!doctype", "HTML"),
    ("<html", "HTML"),
    ("<head", "HTML"),
    ("<body", "HTML"),
    ("<?xml", "XML"),
    ("from: <saved by", "a web archive"),
    ("mime-version:", "a web archive"),
    ("%pdf-", "a PDF file"),
    ("{\\rtf", "an RTF file"),
)
_TAG = re.compile(r"</(?:html|body|head|div|span|a|p|h[1-6])>", re.IGNORECASE)
_TAGS_OF_HTML = 10


def blocks(lines: Iterable[Line]) -> list[tuple[Line, ...]]:
    """Return *lines* in runs without an empty one."""
    runs: list[tuple[Line, ...]] = []
    run: list[Line] = []
    for line in lines:
        if line.text:
            run.append(line)
        elif run:
            runs.append(tuple(run))
            run = []
    if run:
        runs.append(tuple(run))
    return runs
