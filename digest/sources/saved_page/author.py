"""An author's page: figures, then per paper a line of marks, a title, authors, an abstract."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from digest.models.papers import AuthorFigures, Entry, Listing, ListingKind
from digest.sources.code_links import code_link
from digest.sources.mojibake import mend
from digest.sources.saved_page.dates import dated
from digest.sources.saved_page.marks import are_plain, marks, starts, stray
from digest.sources.saved_page.page import SOURCE, Findings, Line, Page, blocks
from digest.sources.saved_page.people import (
    ends_in_others,
    is_people,
    is_surely_people,
    people,
)
from digest.sources.saved_page.reading import Block, below, joined, report, report_cut, shown

_HEADING = re.compile(r"(?P<count>\d[\d,]*)\s+Papers?")
_FIGURES = {
    "h_index": re.compile(r"h-index\s*(\d+)", re.IGNORECASE),
    "paper_count": re.compile(r"(\d[\d,]*)\s*papers?", re.IGNORECASE),
    "citations": re.compile(r"(\d[\d,]*)\s*citations?", re.IGNORECASE),
    "novelty": re.compile(r"Novelty\s*(\d+(?:\.\d+)?)\s*%", re.IGNORECASE),
    "ai_score": re.compile(r"AI Score\s*(\d+(?:\.\d+)?)", re.IGNORECASE),
}
_FIELD = re.compile(r"[A-Za-z][A-Za-z.-]{0,19}")
_HIGHEST = 100


def recognised(page: Page) -> bool:
    """Return whether *page* has a paper's line of marks, or most figures of an author."""
    figures = 0
    for line in page.lines:
        if are_plain(line.text):
            return True
        figures += any(pattern.fullmatch(line.text) for pattern in _FIGURES.values())
    return figures >= len(_FIGURES) - 2


def read(page: Page, *, day: date) -> Listing:
    """Return the listing on *page*; a day without a year is the latest up to *day*."""
    findings = Findings(list(page.warnings))
    begins = starts(page.lines)
    head = page.lines[: begins[0] if begins else len(page.lines)]
    figures, promised = _figures(head, findings)
    ends = [*begins[1:], len(page.lines)] if begins else []
    entries = [
        entry
        for start, end in zip(begins, ends, strict=True)
        if (
            entry := _entry(
                page.lines[start:end], day=day, last=end == len(page.lines), findings=findings
            )
        )
    ]
    if promised is not None and promised.count != len(entries):
        findings.warn(
            promised.line,
            f"the page says {promised.count} papers, {len(entries)} were found; it may be cut off.",
        )
    return Listing(
        kind=ListingKind.AUTHOR,
        source=SOURCE,
        day=None,
        entries=tuple(entries),
        author=figures,
        warnings=findings.in_order(),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Promise:
    """How many papers the page says it has, and on which line."""

    count: int
    line: int


def _figures(head: Sequence[Line], findings: Findings) -> tuple[AuthorFigures, _Promise | None]:
    """Return what the *head* of the page says of the author, and how many papers follow."""
    found: dict[str, int | float] = {}
    name = field = None
    promised = None
    for line in head:
        if not line.text:
            continue
        figure = _figure(line.text)
        heading = _HEADING.fullmatch(line.text)
        if heading and (figure is None or "paper_count" in found or not found):
            promised = _Promise(count=_number(heading["count"]), line=line.number)
        elif figure is not None and figure[0] not in found:
            found[figure[0]] = figure[1]
            if figure[0] == "paper_count" and promised is None:
                promised = _Promise(count=int(figure[1]), line=line.number)
        elif name is None:
            name = findings.plain(mend(line.text), line.number)
        elif field is None and not found and _FIELD.fullmatch(line.text):
            field = line.text
        else:
            findings.warn(line.number, f"{shown(line.text)} was not understood; left out.")
    if name is None:
        findings.warn(1, "the page does not begin with the name of an author.")
    return _author(name or "", field, found, findings), promised


def _figure(text: str) -> tuple[str, int | float] | None:
    for label, pattern in _FIGURES.items():
        if match := pattern.fullmatch(text):
            is_share = label in ("novelty", "ai_score")
            return label, float(match[1]) if is_share else _number(match[1])
    return None


def _number(text: str) -> int:
    return int(text.replace(",", ""))


def _author(
    name: str, field: str | None, found: dict[str, int | float], findings: Findings
) -> AuthorFigures:
    shares = {label: found.get(label) for label in ("novelty", "ai_score")}
    for label, value in shares.items():
        if value is not None and value > _HIGHEST:
            findings.warn(1, f"{label.replace('_', ' ')} {value:g} is above 100; left out.")
            shares[label] = None
    counts = {
        label: int(found[label]) if label in found else None
        for label in ("h_index", "paper_count", "citations")
    }
    return AuthorFigures(
        name=name,
        field=field,
        h_index=counts["h_index"],
        paper_count=counts["paper_count"],
        citations=counts["citations"],
        novelty=shares["novelty"],
        ai_score=shares["ai_score"],
    )


def _entry(lines: Sequence[Line], *, day: date, last: bool, findings: Findings) -> Entry | None:
    """Return the paper on *lines*, of which the first has its marks; None without a title."""
    found = marks(lines[0].text)
    assert found is not None, "a paper begins where marks are"  # noqa: S101
    runs = _runs(lines[1:])
    if not runs or (last and len(runs) == 1):
        cut = "; the page is cut off here." if last else "; left out."
        findings.warn(lines[0].number, f"nothing follows {shown(lines[0].text)}{cut}")
        return None
    title, *rest = runs
    heading = findings.plain(joined(title).text, title[0].number)
    listed, rest = _split_people(rest)
    if listed is None:
        findings.warn(title[0].number, f"{shown(heading)} has no line of authors.")
    abstract = _abstract(joined(title), rest, last=last, findings=findings)
    names, is_whole, institutions = people(listed, findings)
    return Entry(
        title=heading,
        abstract=abstract,
        authors=names,
        author_count=len(names) if is_whole else None,
        published=dated(found, lines[0].number, until=day, findings=findings),
        categories=(found["category"],) if found["category"] else (),
        institutions=institutions,
        has_code=found["code"] is not None,
        code_url=code_link(abstract),
        score=_score(found["score"], lines[0].number, findings),
        line=title[0].number,
    )


def _abstract(
    title: Block, runs: Sequence[tuple[Line, ...]], *, last: bool, findings: Findings
) -> str:
    """Return what *runs* below the authors say, without what does not belong there."""
    runs = _without_stray(runs, findings)
    if not runs:
        findings.warn(title.line, f"{shown(title.text)} has no abstract.")
        return ""
    if ends_in_others(runs[0][0].text):
        findings.warn(
            runs[0][0].number,
            "this abstract begins with a list of authors; check its title and authors.",
        )
    reading = below(title, [joined(run) for run in runs])
    if len(reading.lone) > 1:
        _report_stray(reading.lone[0].line, findings)
        reading = replace(reading, lone=())
    report(reading, last=runs[-1][-1].number, findings=findings)
    [draft] = reading.drafts
    if last:
        report_cut(draft.text, draft.abstract[-1].line, findings=findings)
    return findings.plain(draft.text, draft.abstract[0].line)


def _without_stray(
    runs: Sequence[tuple[Line, ...]], findings: Findings
) -> Sequence[tuple[Line, ...]]:
    """Return *runs* up to where another paper begins whose marks are odd, and say so."""
    place = stray(runs)
    if place is None:
        return runs
    at, inner = place
    _report_stray(runs[at][inner].number, findings)
    return [*runs[:at], runs[at][:inner]] if inner else runs[:at]


def _report_stray(line: int, findings: Findings) -> None:
    findings.warn(line, "this looks like another paper whose marks cannot be read; left out.")


def _score(text: str | None, line: int, findings: Findings) -> float | None:
    if text is None:
        return None
    if float(text) > _HIGHEST:
        findings.warn(line, f"the score {text} is above 100; left out.")
        return None
    return float(text)


def _runs(lines: Sequence[Line]) -> list[tuple[Line, ...]]:
    """Return title, authors and abstract, or what there is of them, where they are marked.

    Empty lines stand between them; a title with nothing between it and the authors ends
    before the line that looks like those. A line of a title may look like them too, so it
    is one where authors follow.
    """
    runs = blocks(lines)
    if not runs:
        return runs
    first = runs[0]
    has_people = len(runs[1:]) > 1 and is_surely_people(runs[1][0].text)
    if has_people and not first[-1].text.endswith(","):
        return runs
    for at in range(1, len(first)):
        if is_people(first[at].text) and not _is_title(first, at):
            return [first[:at], first[at:], *runs[1:]]
    return runs


def _is_title(lines: Sequence[Line], at: int) -> bool:
    """Return whether the line at *at* looks like one name, and the authors follow it."""
    return (
        at + 1 < len(lines)
        and "," not in lines[at].text
        and not ends_in_others(lines[at].text)
        and is_surely_people(lines[at + 1].text)
    )


def _split_people(runs: list[tuple[Line, ...]]) -> tuple[Line | None, list[tuple[Line, ...]]]:
    """Return the line of authors that *runs* begin with, None without one, and the rest."""
    if not runs:
        return None, runs
    first, *rest = runs
    whole = joined(first)
    if len(first) > 1 and is_people(first[0].text) and not _goes_on(first[0], first[1]):
        return first[0], [first[1:], *rest]
    if is_people(whole.text) or (rest and not _is_prose(whole.text)):
        return Line(number=whole.line, text=whole.text), rest
    return None, runs


def _goes_on(first: Line, second: Line) -> bool:
    """Return whether a list of names that begins on *first* has its end on *second*."""
    return first.text.endswith(",") or (
        not ends_in_others(first.text) and is_surely_people(second.text)
    )


def _is_prose(text: str) -> bool:
    return len(text) > _LONGEST_PEOPLE or text.endswith((".", "!", "?"))


_LONGEST_PEOPLE = 300
