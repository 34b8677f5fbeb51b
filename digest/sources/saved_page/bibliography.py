"""A bibliography: the author's name, then title, authors and abstract of each paper.

Nothing marks where a paper begins but its line of authors, "Last, First, Last, First".
"""

from digest.models.papers import AuthorFigures, Entry, Listing, ListingKind
from digest.sources.code_links import code_link
from digest.sources.saved_page.names import full_name, looks_like_names, pairs, parts, turned
from digest.sources.saved_page.page import SOURCE, Findings, Line, Page
from digest.sources.saved_page.reading import below, joined, report, report_cut, shown


def recognised(page: Page) -> bool:
    """Return whether *page* begins with a "Last, First" whom a later line of authors names."""
    lines = [line.text for line in page.lines if line.text]
    owner = parts(lines[0])
    if len(owner) != 2 or not looks_like_names(lines[0]):  # noqa: PLR2004 - last and first
        return False
    return any(looks_like_names(line) and _names(line, owner) for line in lines[2:])


def _names(line: str, owner: list[str]) -> bool:
    pieces = parts(line)
    return any(pieces[at : at + 2] == owner for at in range(len(pieces) - 1))


def read(page: Page) -> Listing:
    """Return the listing on *page*, on which there are no days."""
    findings = Findings(list(page.warnings))
    head, *lines = [line for line in page.lines if line.text]
    owner = parts(head.text)
    anchors = _author_lines(lines, owner)
    known = {
        pair
        for at in anchors
        if len(pieces := parts(lines[at].text)) % 2 == 0
        for pair in pairs(pieces)
    } | {(owner[0], owner[1])}
    entries = []
    for line in lines[: anchors[0] - 1]:
        findings.warn(line.number, f"{shown(line.text)} belongs to no paper; left out.")
    for number, at in enumerate(anchors):
        last = number + 1 == len(anchors)
        end = len(lines) if last else anchors[number + 1] - 1
        entries.append(_entry(lines[at - 1 : end], known, last=last, findings=findings))
    return Listing(
        kind=ListingKind.BIBLIOGRAPHY,
        source=SOURCE,
        day=None,
        entries=tuple(entries),
        author=AuthorFigures(name=findings.plain(full_name(*owner), head.number)),
        warnings=findings.in_order(),
    )


def _author_lines(lines: list[Line], owner: list[str]) -> list[int]:
    """Return where in *lines* the authors of each paper stand.

    A title can look like names too: of two such lines in a row the second is the authors,
    and where a title or an abstract would be missing only the page's *owner* makes it sure.
    """
    found: list[int] = []
    for at, line in enumerate(lines):
        if at == 0 or not looks_like_names(line.text):
            continue
        is_sure = _names(line.text, owner)
        if found and at - found[-1] == 1 and not _names(lines[found[-1]].text, owner):
            found[-1] = at
        elif not found or at - found[-1] >= _LINES_OF_A_PAPER or (is_sure and at - found[-1] > 1):
            found.append(at)
    return found


_LINES_OF_A_PAPER = 3


def _entry(
    lines: list[Line], known: set[tuple[str, str]], *, last: bool, findings: Findings
) -> Entry:
    """Return the paper whose title, authors and abstract are *lines*."""
    title, names, *rest = lines
    pieces = [findings.plain(piece, names.number) for piece in parts(names.text)]
    if len(pieces) % 2:
        findings.warn(
            names.number,
            "an odd number of names, where each should be 'Last, First'; one stands alone.",
        )
    authors = tuple(turned(pieces, known=known))
    abstract = _abstract(title, rest, last=last, findings=findings)
    return Entry(
        title=findings.plain(title.text, title.number),
        abstract=abstract,
        authors=authors,
        author_count=len(authors),
        code_url=code_link(abstract),
        line=title.number,
    )


def _abstract(title: Line, lines: list[Line], *, last: bool, findings: Findings) -> str:
    """Return what *lines* below the authors say, without what does not belong there."""
    if not lines:
        cut = "; the page may be cut off here." if last else "."
        findings.warn(title.number, f"{shown(title.text)} has no abstract{cut}")
        return ""
    reading = below(joined([title]), [joined([line]) for line in lines])
    report(reading, last=lines[-1].number, findings=findings)
    [draft] = reading.drafts
    if last and not reading.lone:
        report_cut(draft.text, draft.abstract[-1].line, findings=findings)
    return findings.plain(draft.text, draft.abstract[0].line)
