"""Column types that mean the same on SQLite and PostgreSQL."""

import hashlib
import re
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, DateTime, Dialect, Integer, SmallInteger, Text
from sqlalchemy.types import TypeDecorator, TypeEngine

Serial = BigInteger().with_variant(Integer(), "sqlite")
"""A number the database gives; SQLite gives them to INTEGER alone."""

# PostgreSQL has no NUL in its texts, and neither database a half of a surrogate pair. One
# such letter in one title must not cost a listing.
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def storable(text: str) -> str:
    """Return *text* with U+FFFD for each letter that no database keeps."""
    return _UNSTORABLE.sub("\ufffd", text)


def indexable(key: str) -> str:
    """Return *key*, or a digest of one too long: PostgreSQL indexes at most 2,704 bytes."""
    key = storable(key)
    if len(key) <= _LONGEST_KEY:
        return key
    kind, _, _ = key.partition(":")
    digest = hashlib.sha256(key.encode()).hexdigest()
    return f"{kind[:16]}#{digest}"


_LONGEST_KEY = 200


class Words(TypeDecorator[str]):
    """Text, ordered by code point in both databases."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[str]:
        """Return the type *dialect* has for it."""
        return Text(collation="C" if dialect.name == "postgresql" else None)

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002 # SQLAlchemy's signature
        """Return *value* as it can be kept, enumerations as their plain value."""
        return None if value is None else storable(str(value))


class Instant(TypeDecorator[datetime]):
    """A moment: aware on the way in, in UTC on the way out."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 # SQLAlchemy's signature
        """Return *value* in UTC; raise ValueError where it has no time zone."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value} has no time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 # SQLAlchemy's signature
        """Return *value* in UTC; SQLite gives it back without a zone."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Weekdays(TypeDecorator[tuple[int, ...]]):
    """Days of the week from 0 for Monday, as a number with a bit for each: Monday is 1."""

    impl = SmallInteger
    cache_ok = True

    def process_bind_param(self, value: tuple[int, ...] | None, dialect: Dialect) -> int | None:  # noqa: ARG002 # SQLAlchemy's signature
        """Return the number that *value* is kept as."""
        return None if value is None else sum(1 << day for day in value)

    def process_result_value(self, value: int | None, dialect: Dialect) -> tuple[int, ...] | None:  # noqa: ARG002 # SQLAlchemy's signature
        """Return the days of the number *value*, in order."""
        return None if value is None else tuple(day for day in range(7) if value >> day & 1)


class Document(TypeDecorator[Any]):
    """A JSON value, with its texts as a database can keep them."""

    impl = JSON
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:  # noqa: ANN401, ARG002 # SQLAlchemy's signature
        """Return *value* as it can be kept."""
        return _storable(value)


def _storable(value: object) -> object:
    match value:
        case str():
            return storable(str(value))
        case dict():
            return {storable(str(key)): _storable(each) for key, each in value.items()}
        case list() | tuple():
            return [_storable(each) for each in value]
        case _:
            return value
