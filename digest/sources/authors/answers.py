"""What a directory of authors answered, read without trust in its shape."""

import json
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, TypeGuard, TypeVar

from digest.errors import ListingUnreadable, SourceError, SourceRefused, SourceUnavailable
from digest.sources.http import Reply

KEY_REFUSED = (401, 403)
"""How a service says that it does not take a key, or none."""

_Item = TypeVar("_Item")


def content_of(reply: Reply, *, name: str) -> Any:  # noqa: ANN401 - JSON can be anything
    """Return the JSON in *reply* of the directory *name*; raise SourceError where it has none."""
    if not reply.whole:
        raise SourceUnavailable(f"{name} broke off in the middle of its answer; ask again later.")
    try:
        return json.loads(reply.content)
    except (ValueError, RecursionError):
        raise unreadable(name) from None


def refused(*, name: str, has_key: bool) -> SourceRefused:
    """Return the error of a directory that answered with one of KEY_REFUSED."""
    if has_key:
        return SourceRefused(f"{name} did not take our key; check its key in the settings.")
    return SourceRefused(f"{name} does not answer us without a key; get one and set it.")


def unreadable(name: str) -> SourceError:
    """Return the error of a directory whose answer has a shape that we do not know."""
    return ListingUnreadable(
        f"{name} answered in a form that we do not know; look for a newer version of this program."
    )


def is_row(value: object) -> TypeGuard[Mapping[str, Any]]:
    """Return whether *value* is a JSON object."""
    return isinstance(value, dict)


def count(row: Mapping[str, Any], field: str) -> int | None:
    """Return the count in *field*, None where there is none that anybody could have."""
    value = row.get(field)
    if isinstance(value, bool) or not isinstance(value, int):
        return None
    return value if 0 <= value <= _MOST else None


def text(row: Mapping[str, Any], field: str) -> str:
    """Return the words in *field* with single spaces, "" where there are none."""
    value = row.get(field)
    if not isinstance(value, str):
        return ""
    # JSON can hold half a character, and no mail or database can.
    return " ".join(value.encode(errors="ignore").decode().replace("\0", " ").split())


def batches(items: Sequence[_Item], size: int) -> Iterator[list[_Item]]:
    """Yield *items* in lists of at most *size*."""
    rest = iter(items)
    while batch := list(islice(rest, size)):
        yield batch


# More citations than all papers have together are a mistake.
_MOST = 2**31 - 1
