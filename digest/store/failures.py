"""What a database's complaint means, in one sentence that says what to do.

No sentence holds a password, a statement or its values; those stay in the cause.
"""

import sqlite3

from sqlalchemy import URL
from sqlalchemy.exc import DBAPIError

from digest.errors import StoreError, StoreMissing, StoreUnavailable

Meaning = tuple[type[StoreError], str]
"""The type of an error and its sentence, with places for {place} and {why}."""


def named(url: URL) -> str:
    """Return how a sentence calls the database of *url*: its file, or server and name."""
    if url.get_backend_name() == "sqlite":
        return url.database or ""
    server = f"{url.host or 'localhost'}:{url.port}" if url.port else url.host or "localhost"
    return f"{url.database or url.username} on {server}"


def missing(place: str) -> StoreMissing:
    """Return the error for a database that is not there, or has no tables."""
    return StoreMissing(_MISSING[1].format(place=place))


def explained(error: DBAPIError, url: URL, *, reading: bool = False) -> StoreError:
    """Return what *error* of the database of *url* means to us; *reading*: in `Store.read()`."""
    if isinstance(error.orig, sqlite3.Error):
        (kind, sentence), why = _sqlite(error.orig, reading=reading)
    else:
        (kind, sentence), why = _postgresql(error, url, reading=reading)
    return kind(sentence.format(place=named(url), why=why))


_MISSING: Meaning = (
    StoreMissing,
    "There is no database at {place} yet; run `digest db upgrade`.",
)
_LOCKED: Meaning = (
    StoreUnavailable,
    "The database {place} is locked by somebody else; try again.",
)
_FULL: Meaning = (
    StoreUnavailable,
    "There is no room left for the database {place}; free some and try again.",
)
_READ_ONLY: Meaning = (
    StoreUnavailable,
    "The database {place} cannot be written; check who may write there and try again.",
)
_CLOSED_TO_US: Meaning = (
    StoreUnavailable,
    "The database {place} cannot be opened; check who may read and write there and try again.",
)
_BROKEN_DISK: Meaning = (
    StoreUnavailable,
    "The disk failed under the database {place} ({why}); check the disk.",
)
_DAMAGED: Meaning = (
    StoreError,
    "{place} is no database, or a damaged one; restore it from a backup.",
)
_UNREACHABLE: Meaning = (
    StoreUnavailable,
    "The database {place} cannot be reached ({why}); check that its server runs and try again.",
)
_INTERRUPTED: Meaning = (
    StoreUnavailable,
    "The server of the database {place} ended the work ({why}); try again.",
)
_ONLY_READS: Meaning = (
    StoreError,
    "This block only reads; open it with begin() to write.",
)
_CONTRADICTION: Meaning = (
    StoreError,
    "A record contradicts what the database {place} holds; nothing of its block was kept.",
)
_REFUSED: Meaning = (
    StoreError,
    "The database {place} refused the work ({why}); nothing of its block was kept.",
)

_SQLITE = {
    sqlite3.SQLITE_BUSY: _LOCKED,
    sqlite3.SQLITE_LOCKED: _LOCKED,
    sqlite3.SQLITE_FULL: _FULL,
    sqlite3.SQLITE_READONLY: _READ_ONLY,
    sqlite3.SQLITE_CANTOPEN: _CLOSED_TO_US,
    sqlite3.SQLITE_PERM: _CLOSED_TO_US,
    sqlite3.SQLITE_AUTH: _CLOSED_TO_US,
    sqlite3.SQLITE_IOERR: _BROKEN_DISK,
    sqlite3.SQLITE_NOTADB: _DAMAGED,
    sqlite3.SQLITE_CORRUPT: _DAMAGED,
    sqlite3.SQLITE_CONSTRAINT: _CONTRADICTION,
}
"""By primary result code: https://www.sqlite.org/rescode.html"""

_POSTGRESQL = {
    "08": _INTERRUPTED,
    "23": _CONTRADICTION,
    "25006": _READ_ONLY,
    "25P03": _INTERRUPTED,
    "28": _CLOSED_TO_US,
    "40": _LOCKED,
    "42501": _CLOSED_TO_US,
    "42P01": _MISSING,
    "53": _INTERRUPTED,
    "53100": _FULL,
    "55P03": _LOCKED,
    "57": _INTERRUPTED,
}
"""By code, or by class: https://www.postgresql.org/docs/current/errcodes-appendix.html"""


def _sqlite(error: sqlite3.Error, *, reading: bool) -> tuple[Meaning, str]:
    # The driver's own errors, as of a closed connection, carry no code.
    code: int = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR)
    why: str = getattr(error, "sqlite_errorname", type(error).__name__)
    if reading and code == sqlite3.SQLITE_READONLY:
        return _ONLY_READS, why
    if code == sqlite3.SQLITE_ERROR and "no such table" in str(error):
        return _MISSING, why
    return _SQLITE.get(code & 0xFF, _REFUSED), why


def _postgresql(error: DBAPIError, url: URL, *, reading: bool) -> tuple[Meaning, str]:
    code: str | None = getattr(error.orig, "sqlstate", None)
    if code is None:
        return _UNREACHABLE, _reason(error, url)
    if reading and code == "25006":
        return _ONLY_READS, code
    return _POSTGRESQL.get(code) or _POSTGRESQL.get(code[:2]) or _REFUSED, f"code {code}"


def _reason(error: DBAPIError, url: URL) -> str:
    """Return the last line of what libpq says of a connection that failed."""
    lines = str(error.orig).strip().splitlines() or [type(error.orig).__name__]
    reason = lines[-1].strip()
    for password in (url.password, url.query.get("password")):
        if password:
            reason = reason.replace(str(password), "***")
    return reason
