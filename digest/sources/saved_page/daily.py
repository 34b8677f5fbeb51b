"""A page of daily papers: a banner, the day, then papers, dated or not, spaced or not."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from digest.errors import ListingUnreadable
from digest.models.papers import Entry, Listing, ListingKind
from digest.sources.code_links import code_link
from digest.sources.saved_page.dates import DATE, dated
from digest.sources.saved_page.page import SOURCE, Findings, Line, Page, blocks
from digest.sources.saved_page.reading import (
    Block,
    Draft,
    Reading,
    cheapest,
    joined,
    report,
    report_cut,
    shown,
)

_INVITATION = re.compile(r"Get trending papers in your email inbox.{0,20}", re.IGNORECASE)
_SIGNATURE = re.compile(r"by\s*AK and the research community", re.IGNORECASE)
_NAMEPLATE = re.compile(r"new|Subscribe|Daily Papers", re.IGNORECASE)
# A title can begin with "Subscribers", but then it is not glued to the button.
_GLUED = re.compile(r"Subscribe(?!(?:[dr]|rs|rs['’])\b)(?=\S)", re.IGNORECASE)
_HEADING = re.compile(DATE)

_COUNT = re.compile(r"[•·*-]?\s*(?P<count>\d[\d,]*)\s+authors?\b\s*(?P<rest>.*)")
_DOT = re.compile(r"[·•]")
_DAY = re.compile(rf"(?:[·•]\s*)?{DATE}(?:\s+(?P<upvotes>\d[\d,]*(?:\.\d+)?)(?P<thousand>k)?)?")
_CUT_MARK = re.compile(r"[•·]\s*(?:\d+\s*[a-z]{0,7})?")

_ANOTHER_PAPER = 6
_CLEAR_ABSTRACT = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class _Content:
    """A page without its banner; *heading* is what it says of its day, on *heading_line*."""

    lines: tuple[Line, ...]
    has_banner: bool
    heading: re.Match[str] | None = None
    heading_line: int = 0


def recognised(page: Page) -> bool:
    """Return whether *page* has the banner of daily papers, or marks of their authors."""
    content = _without_banner(page)
    return content.has_banner or any(_is_count(line) for line in content.lines)


def recognised_by_day(page: Page) -> bool:
    """Return whether *page* has no banner, but a day above what is plainly papers."""
    content = _without_banner(page)
    if content.heading is None:
        return False
    reading = _reading(content.lines)
    return (
        bool(reading.drafts)
        and reading.price == 0
        and (max(len(draft.text) for draft in reading.drafts) > _CLEAR_ABSTRACT)
    )


def _is_count(line: Line) -> bool:
    match = _COUNT.fullmatch(line.text)
    return match is not None and (not match["rest"] or _DAY.fullmatch(match["rest"]) is not None)


def _without_banner(page: Page) -> _Content:
    """Return what follows the banner, and the banner repeated further down left out."""
    heading: re.Match[str] | None = None
    heading_line = 0
    has_banner = invited = False
    kept: list[Line] = []
    for line in page.lines:
        text = line.text
        if invited and not kept and (glue := _GLUED.match(text)):
            text = text[glue.end() :].lstrip()
            invited = False
        if _INVITATION.fullmatch(text) or _SIGNATURE.fullmatch(text):
            has_banner, invited = True, not _SIGNATURE.fullmatch(text)
        elif _NAMEPLATE.fullmatch(text) and (not kept or invited):
            invited = False
        elif not kept and heading is None and (heading := _HEADING.fullmatch(text)):
            heading_line = line.number
        elif kept or text:
            kept.append(replace(line, text=text))
            invited = invited and not text
    return _Content(
        lines=tuple(kept), has_banner=has_banner, heading=heading, heading_line=heading_line
    )


def read(page: Page, *, day: date) -> Listing:
    """Return the listing on *page*; a day without a year is the latest up to *day*.

    A paper's day is measured by the heading's. Raise ListingUnreadable where there is no
    paper.
    """
    findings = Findings(list(page.warnings))
    content = _without_banner(page)
    heading = content.heading and dated(
        content.heading, content.heading_line, until=day, findings=findings
    )
    lines = _without_days(content.lines, findings)
    entries = _entries(lines, until=heading or day, findings=findings)
    if not entries:
        raise ListingUnreadable(
            "This page of daily papers has no paper on it; save it again when it has loaded."
        )
    return Listing(
        kind=ListingKind.DAILY,
        source=SOURCE,
        day=heading,
        entries=tuple(entries),
        warnings=findings.in_order(),
    )


def _without_days(lines: Sequence[Line], findings: Findings) -> list[Line]:
    """Return *lines* without further headings: days that follow no mark of authors."""
    kept: list[Line] = []
    marked = False
    for line in lines:
        if _HEADING.fullmatch(line.text) and not marked:
            findings.warn(line.number, f"{shown(line.text)} looks like a second day; left out.")
            continue
        if line.text:
            marked = _is_count(line) or (marked and _DOT.fullmatch(line.text) is not None)
        kept.append(line)
    return kept


@dataclass(frozen=True, slots=True, kw_only=True)
class _Marks:
    """What stands below a paper: authors, day and upvotes; *end* is the index after it."""

    author_count: int
    published: date | None
    upvotes: int | None
    end: int


def _entries(lines: Sequence[Line], *, until: date, findings: Findings) -> list[Entry]:
    entries: list[Entry] = []
    last = lines[-1].number if lines else 0
    start = at = 0
    is_dated = any(_is_count(line) for line in lines)
    while at < len(lines):
        if not _is_count(lines[at]):
            at += 1
            continue
        marks = _marks(lines, at, until=until, findings=findings)
        entries += _marked(lines[start:at], marks, lines[at].number, findings)
        start = at = marks.end
    rest = [line for line in lines[start:] if not (is_dated and _CUT_MARK.fullmatch(line.text))]
    reading = _reading(rest)
    report(reading, last=last, findings=findings)
    for draft in reading.drafts:
        if is_dated:
            findings.warn(
                draft.title.line,
                f"{shown(draft.title.text)} has no authors and day below it; "
                "the page may be cut off.",
            )
        entries.append(_entry(draft, findings))
    if reading.drafts and not is_dated and not reading.lone:
        tail = reading.drafts[-1].abstract[-1]
        report_cut(tail.text, tail.line, findings=findings)
    return entries


def _reading(lines: Sequence[Line], *, another: int = 0) -> Reading:
    """Return the cheaper of two ways to read: a block a run of lines, or a block a line."""
    runs = cheapest([joined(run) for run in blocks(lines)], another=another)
    single = cheapest(
        [Block(line=line.number, text=line.text) for line in lines if line.text], another=another
    )
    return min((runs, single), key=lambda reading: (not reading.drafts, reading.price))


def _marks(lines: Sequence[Line], at: int, *, until: date, findings: Findings) -> _Marks:
    """Return the marks that begin at *at* with a count of authors."""
    count = _COUNT.fullmatch(lines[at].text)
    assert count is not None, "marks begin with a count"  # noqa: S101
    author_count = int(count["count"].replace(",", ""))
    end = at + 1
    place = at
    day = _DAY.fullmatch(count["rest"]) if count["rest"] else None
    while day is None and end < len(lines):
        text = lines[end].text
        if text and not _DOT.fullmatch(text):
            day = _DAY.fullmatch(text)
            if day is None:
                break
            place = end
        end += 1
    if day is None:
        findings.warn(lines[at].number, "no day stands below this count of authors.")
        return _Marks(author_count=author_count, published=None, upvotes=None, end=end)
    published, upvotes = _published(day, lines[place].number, until=until, findings=findings)
    return _Marks(author_count=author_count, published=published, upvotes=upvotes, end=end)


def _published(
    match: re.Match[str], line: int, *, until: date, findings: Findings
) -> tuple[date | None, int | None]:
    """Return the day in *match* and the upvotes beside it.

    A year has a comma before it and upvotes have none, and from a thousand on they are
    written "1.2k". "Jan 4 2025" is neither: read as upvotes it could carry a paper to the
    top of every mail, so it is read as a year, and said.
    """
    votes = match["upvotes"]
    if votes is None:
        return dated(match, line, until=until, findings=findings), None
    if match["year"] is None and not match["thousand"] and _YEAR.fullmatch(votes):
        findings.warn(line, f"{shown(match[0])}: {votes} was read as the year, not as upvotes.")
        with_year = _HEADING.fullmatch(f"{match['month']} {match['day']}, {votes}")
        assert with_year is not None, "the same day with a comma"  # noqa: S101
        return dated(with_year, line, until=until, findings=findings), None
    count = float(votes.replace(",", "")) * (_THOUSAND if match["thousand"] else 1)
    return dated(match, line, until=until, findings=findings), round(count)


_YEAR = re.compile(r"199\d|20\d\d")
_THOUSAND = 1000


def _marked(lines: Sequence[Line], marks: _Marks, line: int, findings: Findings) -> list[Entry]:
    """Return the paper on *lines* with its *marks*, which stand on *line* below it.

    Where there is more than one paper, those above have lost their marks.
    """
    runs = blocks(lines)
    if not runs:
        findings.warn(line, "no paper stands above this count of authors; left out.")
        return []
    reading = _reading(lines, another=_ANOTHER_PAPER)
    if not reading.drafts:
        title, *abstract = [joined(run) for run in runs]
        draft = Draft(title=title, abstract=tuple(abstract))
        reading = replace(reading, drafts=(draft,), lone=())
        if not abstract:
            findings.warn(title.line, f"{shown(title.text)} has no abstract.")
    report(reading, last=line, findings=findings)
    *unmarked, owner = reading.drafts
    for draft in unmarked:
        findings.warn(
            draft.title.line, f"{shown(draft.title.text)} has no authors and day below it."
        )
    return [
        *(_entry(draft, findings) for draft in unmarked),
        replace(
            _entry(owner, findings),
            author_count=marks.author_count,
            published=marks.published,
            upvotes=marks.upvotes,
        ),
    ]


def _entry(draft: Draft, findings: Findings) -> Entry:
    abstract = " ".join(findings.plain(block.text, block.line) for block in draft.abstract)
    return Entry(
        title=findings.plain(draft.title.text, draft.title.line),
        abstract=abstract,
        code_url=code_link(abstract),
        line=draft.title.line,
    )
