"""Pages on disk and on standard input."""

import stat
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import BinaryIO

from digest.errors import ListingUnreadable, SourceUnavailable
from digest.models.papers import Listing
from digest.models.visits import Rhythm
from digest.sources.saved_page.page import SOURCE
from digest.sources.saved_page.parsing import parse

MAX_BYTES = 16 * 1024 * 1024
"""The largest page we read; the largest real one we know has 0.4 MB."""

STANDARD_INPUT = Path("-")
"""What stands for standard input among the files."""


class SavedPages:
    """Listings from *files*, one each, in order; `-` is read from *standard_input*."""

    name = SOURCE
    rhythm = Rhythm()

    def __init__(self, files: Sequence[Path], *, standard_input: BinaryIO | None = None) -> None:
        self._files = tuple(files)
        self._standard_input = standard_input

    def fetch(self, day: date) -> Iterator[Listing]:
        """Yield the listing in each file, dates without a year read as up to *day*.

        Raise ListingUnreadable or SourceUnavailable, with the name of the file, at the
        first that cannot be used.
        """
        for file in self._files:
            if file == STANDARD_INPUT and self._standard_input is not None:
                content, name = read_stream(self._standard_input), "standard input"
            else:
                content, name = read_page(file), str(file)
            try:
                listing = parse(content, day=day)
            except ListingUnreadable as problem:
                raise ListingUnreadable(f"{name}: {problem}") from problem
            yield listing


def read_page(path: Path) -> bytes:
    """Return what is in the file at *path*, refusing one above MAX_BYTES before reading it.

    Raise ListingUnreadable for what will never be a page, SourceUnavailable for a disk
    that fails.
    """
    try:
        status = path.stat()
        if stat.S_ISDIR(status.st_mode):
            raise ListingUnreadable(f"{path}: this is a folder; name the files in it.")
        if status.st_size > MAX_BYTES:
            raise ListingUnreadable(_too_large(str(path)))
        with path.open("rb") as stream:
            return read_stream(stream, name=str(path))
    except FileNotFoundError:
        raise ListingUnreadable(f"{path}: there is no such file; check its name.") from None
    except NotADirectoryError:
        raise ListingUnreadable(f"{path}: a part of this path is no folder; check it.") from None
    except PermissionError:
        raise ListingUnreadable(
            f"{path}: we may not read this file; change its permissions."
        ) from None
    except ValueError as error:
        raise ListingUnreadable(f"{path}: this is no name of a file ({error}).") from None
    except OSError as error:
        raise SourceUnavailable(
            f"{path}: it cannot be read now ({error.strerror}); try again later."
        ) from error


def read_stream(stream: BinaryIO, *, name: str = "standard input") -> bytes:
    """Return all of *stream*; raise ListingUnreadable where that is more than MAX_BYTES."""
    chunks: list[bytes] = []
    left = MAX_BYTES + 1
    while left > 0 and (chunk := stream.read(left)):
        chunks.append(chunk)
        left -= len(chunk)
    if left <= 0:
        raise ListingUnreadable(_too_large(name))
    return b"".join(chunks)


def _too_large(name: str) -> str:
    return (
        f"{name}: this is larger than {MAX_BYTES // 1024**2} MB, the most we read; "
        "save the listing alone, as text."
    )
