"""The body of an answer, as far as it comes: never larger or slower than agreed."""

import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import httpx

from digest.errors import SourceUnavailable
from digest.sources.http.manners import Manners


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What a host said.

    *url* is where the answer came from, without its query, which may carry a key. The names
    of *headers* are in lower case. Where *whole* is False, the connection ended before the
    body did.
    """

    url: str
    status: int
    headers: Mapping[str, str]
    content: bytes
    whole: bool = True


class NothingCame(Exception):
    """The connection ended before the first byte of a body."""


def read(
    response: httpx.Response,
    manners: Manners,
    *,
    seconds_left: Callable[[], float],
) -> Reply:
    """Return *response* with its body; raise SourceUnavailable, or NothingCame.

    *seconds_left* says how much of the deadline is left.
    """
    body = bytearray()
    unpacked = _Unpacked(response)
    whole = True
    try:
        for piece in unpacked.pieces():
            body += piece
            _refuse_too_much(response, manners, len(body), seconds_left())
        whole = unpacked.ended
    except httpx.TimeoutException as error:
        raise SourceUnavailable(
            f"{response.url.host} fell silent in the middle of its answer."
        ) from error
    except (httpx.RemoteProtocolError, httpx.NetworkError):
        whole = False
    except zlib.error as error:
        if not body:
            raise SourceUnavailable(
                f"The answer of {response.url.host} cannot be unpacked."
            ) from error
        whole = False
    if not body and not whole:
        raise NothingCame
    return Reply(
        url=str(response.url.copy_with(query=None, fragment=None)),
        status=response.status_code,
        headers=dict(response.headers),
        content=bytes(body),
        whole=whole,
    )


def _refuse_too_much(
    response: httpx.Response, manners: Manners, size: int, seconds_left: float
) -> None:
    host = response.url.host
    if size > manners.largest:
        raise SourceUnavailable(
            f"The answer of {host} is larger than {manners.largest / 2**20:g} MiB and was "
            "not read to its end."
        )
    if seconds_left < 0:
        raise SourceUnavailable(
            f"{host} took longer than {manners.deadline.total_seconds():,.0f} seconds to answer."
        )


# httpx unpacks by itself, but each network read as a whole, however large it becomes, any
# layers of it, and without noticing that a gzip stream has no end.
class _Unpacked:
    """The body of a response, unpacked in pieces of a size that we choose."""

    def __init__(self, response: httpx.Response) -> None:
        self._response = response
        self._gzip = zlib.decompressobj(wbits=_GZIP)
        self._packed = response.headers.get("content-encoding", "identity").strip().lower()
        self._came = False

    @property
    def ended(self) -> bool:
        """Whether all that was packed has been unpacked, as far as one can tell."""
        return self._packed not in _GZIPPED or not self._came or self._gzip.eof

    def pieces(self) -> Iterator[bytes]:
        """Yield the body in pieces of a bounded size."""
        if self._response.is_stream_consumed:
            # A transport that had it all at once has unpacked it too.
            self._packed = "identity"
            yield self._response.content
        elif self._packed in _GZIPPED:
            for chunk in self._response.iter_raw():
                yield from self._from_gzip(chunk)
        elif self._packed in {"", "identity"}:
            yield from self._response.iter_raw()
        else:
            raise SourceUnavailable(
                f"{self._response.url.host} packed its answer in a way we did not ask for."
            )

    def _from_gzip(self, chunk: bytes) -> Iterator[bytes]:
        self._came = self._came or bool(chunk)
        # What a full piece leaves inside comes out with the next bytes: the end at the latest.
        while chunk:
            if self._gzip.eof:
                if not chunk.startswith(_GZIP_MAGIC):
                    return  # padding, which gzip passes over too
                # Several files packed one by one are one file to gzip.
                self._gzip = zlib.decompressobj(wbits=_GZIP)
            yield self._gzip.decompress(chunk, PIECE)
            chunk = self._gzip.unconsumed_tail or self._gzip.unused_data


PIECE = 2**20
"""Bytes unpacked at once."""

_GZIP_MAGIC = b"\x1f"
_GZIP = zlib.MAX_WBITS | 16
_GZIPPED = frozenset({"gzip", "x-gzip"})
