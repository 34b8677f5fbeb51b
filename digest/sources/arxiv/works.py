"""What every format of arXiv says of a work, in the same few shapes."""

import re
from calendar import monthrange
from datetime import UTC, date, datetime

from digest.models.papers import bare_arxiv_id


def version_of(identifier: str) -> int | None:
    """Return the version in an id such as "2601.00001v3", None where it names none."""
    match = _VERSION.search(identifier)
    return int(match[1]) if match else None


_VERSION = re.compile(r"\dv([1-9]\d{0,3})$", re.ASCII)


def month_ends(arxiv_id: str) -> date | None:
    """Return the last day of the month in which that id was given, None if it is no id."""
    match = _MONTH.match(bare_arxiv_id(arxiv_id) or "")
    if match is None:
        return None
    year, month = int(match["year"]), int(match["month"])
    # Ids began in August 1991.
    year += 1900 if year > _NINETIES else 2000
    if not 1 <= month <= _DECEMBER:
        return None
    return date(year, month, monthrange(year, month)[1])


_MONTH = re.compile(r"(?:[a-z-]+/)?(?P<year>\d\d)(?P<month>\d\d)", re.ASCII)
_NINETIES, _DECEMBER = 90, 12


def first_doi(text: str) -> str | None:
    """Return the first of the DOIs in *text*: arXiv joins a paper's several ones by anything."""
    return _BETWEEN_DOIS.split(text.strip(), maxsplit=1)[0].strip(" ;,") or None


_BETWEEN_DOIS = re.compile(r"\s+|[;,](?=10\.\d)", re.ASCII)


def day_of(text: str) -> date | None:
    """Return the day, in UTC, of an ISO date or time, None where it is neither."""
    try:
        moment = datetime.fromisoformat(text)
        return (moment.astimezone(UTC) if moment.tzinfo else moment).date()
    except (ValueError, OverflowError):
        return None


def withdrawn(abstract: str, comment: str = "") -> bool | None:
    """Return True where a paper is said to be withdrawn, else None: arXiv has no mark for it.

    Either text says so in the words that arXiv and authors use; that a drug or a law was
    withdrawn is no such word.
    """
    said = _OF_ITSELF.search(abstract) or _OF_ITSELF.search(comment) or _NOTE.search(comment)
    return True if said else None


_OF_ITSELF = re.compile(
    r"""
    ^ \W* (?: the \s | this \s | our \s )? (?: \w+ \s ){0,2}?
    (?: paper | article | manuscript | submission | preprint | work | note | report | version
      | letter | thesis )
    \s (?: (?: has | have | is | was | being | been | now | hereby | temporarily ) \s ){0,4}
    withdrawn \b
    | \b this \s (?: arxiv \s )?
    (?: paper | article | manuscript | submission | preprint ) \s
    (?: has | is | was ) \s (?: (?: been | now | hereby | temporarily ) \s ){0,3} withdrawn \b
    """,
    re.VERBOSE | re.IGNORECASE,
)
_NOTE = re.compile(
    r"^\W*(?:temporarily )?withdrawn\b|\bwithdrawn (?:by|due|because|from arxiv)\b", re.IGNORECASE
)
