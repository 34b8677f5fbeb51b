"""Where papers begin on an author's page: at lines of marks, read or odd."""

import re
from collections.abc import Sequence

from digest.sources.saved_page.dates import DATE
from digest.sources.saved_page.page import Line
from digest.sources.saved_page.people import is_surely_people
from digest.sources.saved_page.reading import LONGEST_TITLE, finished

# "CL" alone, or as arXiv has them: "cs.CL", "hep-th", "physics.acc-ph".
_CATEGORY = r"[A-Z]{2,4}|[a-z]+(?:-[a-z]+)+|(?:[a-z]+-)?[a-z]+\.[A-Za-z]+(?:-[a-z]+)?"
# "95.2LGMay 26Code": the page's score, the category, the day, and whether there is code.
_MARKS = re.compile(
    rf"(?P<score>\d{{1,3}}(?:\.\d+)?)?\s*(?P<category>{_CATEGORY})?\s*{DATE}\s*(?P<code>Code)?"
)
_LONGEST_MARKS = 60
# What may be marks with a typing error: few words and a number.
_ODD = re.compile(r"(?=.*\d)\S+(?: \S+){0,3}")
_LONGEST_ODD = 40
_LINES_OF_TITLE = 3
_MARKS_AND_TITLE = 2


def marks(text: str) -> re.Match[str] | None:
    """Return the marks on the line *text*, whose category is None where a day stands alone."""
    return _MARKS.fullmatch(text) if len(text) <= _LONGEST_MARKS else None


def are_plain(text: str) -> bool:
    """Return whether *text* is marks with a category, which nothing else looks like."""
    match = marks(text)
    return match is not None and match["category"] is not None


def starts(lines: Sequence[Line]) -> list[int]:
    """Return the places of the marks on *lines*.

    A day without a category is one where a title, authors and an abstract follow.
    """
    return [
        at
        for at, line in enumerate(lines)
        if are_plain(line.text) or (marks(line.text) and _is_above_a_paper(lines, at))
    ]


def _is_above_a_paper(lines: Sequence[Line], at: int) -> bool:
    before = lines[at - 1].text if at else ""
    if before and not finished(before):
        return False
    below = [line for line in lines[at + 1 : at + 2 * _LINES_OF_TITLE + 4] if line.text]
    names = _people_below(below, 0)
    return names is not None and names + 1 < len(below) and not marks(below[names + 1].text)


def _people_below(lines: Sequence[Line], title: int) -> int | None:
    """Return the place of the authors right below the *title*, which may have some lines."""
    for at in range(title, min(title + _LINES_OF_TITLE + 1, len(lines))):
        if at > title and is_surely_people(lines[at].text):
            return at
        if len(lines[at].text) > LONGEST_TITLE or are_plain(lines[at].text):
            return None
    return None


def stray(runs: Sequence[Sequence[Line]]) -> tuple[int, int] | None:
    """Return where in *runs*, an abstract, another paper begins whose marks cannot be read.

    That is the place of the run and of the line in it. Three signs tell: odd marks above a
    title, authors right below a run that can be a title, or authors one or two lines below
    the end of a sentence.
    """
    lines = [line for run in runs for line in run]
    firsts = {run[0].number for run in runs}
    at = 0
    for place, run in enumerate(runs):
        for inner in range(len(run)):
            if _begins_another(lines, at, firsts):
                return place, inner
            at += 1
    return None


def _begins_another(lines: Sequence[Line], at: int, firsts: set[int]) -> bool:
    """Return whether another paper begins at *at*; *firsts* are the numbers below a gap."""
    names = _people_below(lines, at)
    opens = at > 0 and lines[at].number in firsts
    if _are_odd(lines, at):
        above = lines[at - 1].text if at else ""
        follows = not above or finished(above) or len(above) > LONGEST_TITLE
        return opens or (follows and _people_below(lines, at + 1) is not None)
    if names is None or at == 0:
        return False
    if opens:
        return lines[names].number in firsts and not any(
            line.number in firsts for line in lines[at + 1 : names]
        )
    return (
        names <= at + _MARKS_AND_TITLE
        and not {line.number for line in lines[at : names + 1]} & firsts
        and finished(lines[at - 1].text)
        and "," in lines[names].text
        and not _goes_on(lines, names)
    )


def _are_odd(lines: Sequence[Line], at: int) -> bool:
    text = lines[at].text
    return (
        len(text) <= _LONGEST_ODD
        and _ODD.fullmatch(text) is not None
        and not finished(text)
        and at + 1 < len(lines)
        and not _goes_on(lines, at)
    )


def _goes_on(lines: Sequence[Line], at: int) -> bool:
    """Return whether the line below *at* is missing, or goes on in the same sentence."""
    return at + 1 >= len(lines) or lines[at + 1].text[:1].islower()
