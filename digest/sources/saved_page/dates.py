"""Days as the pages write them: "Apr 17", or "Oct 10, 2023"."""

import re
from dataclasses import dataclass
from datetime import MINYEAR, date

from digest.sources.saved_page.page import Findings

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

_MONTH = (
    r"(?P<month>Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?"
    r"|Sept?(?:ember)?|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)\.?"
)
DATE = rf"{_MONTH}\s*(?P<day>\d{{1,2}})(?!\d)(?:\s*,\s*(?P<year>\d{{4}})(?!\d))?"
"""A day, its year behind a comma if it has one; the groups are month, day and year."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PageDate:
    """A day as a page writes it; *year* is None where the page leaves it out."""

    month: int
    day: int
    year: int | None = None

    def resolve(self, *, until: date) -> date | None:
        """Return the day it is, without a year the latest not after *until*.

        None for a day that never was, such as Feb 30.
        """
        if self.year is not None:
            return _real(self.year, self.month, self.day)
        # Leap years are at most eight years apart: 1896 and 1904, 2096 and 2104.
        for year in range(until.year, max(until.year - 9, MINYEAR - 1), -1):
            day = _real(year, self.month, self.day)
            if day is not None and day <= until:
                return day
        return None


def page_date(match: re.Match[str]) -> PageDate:
    """Return the date in *match* of a pattern that has DATE in it."""
    return PageDate(
        month=MONTHS.index(match["month"][:3]) + 1,
        day=int(match["day"]),
        year=int(match["year"]) if match["year"] else None,
    )


def dated(match: re.Match[str], line: int, *, until: date, findings: Findings) -> date | None:
    """Return the day in *match*, on *line*; None, with a warning, for one that never was."""
    day = page_date(match).resolve(until=until)
    if day is None:
        findings.warn(line, f"there is no such day as {match['month']} {match['day']}; left out.")
    return day


def _real(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
