import gzip
import random
import tracemalloc
from collections.abc import Iterator
from datetime import timedelta

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.errors import SourceUnavailable
from digest.sources.http import Manners, Reply
from digest.sources.http.reading import PIECE, NothingCame, read

ROOMY = Manners(name="roomy", pause=timedelta(0))
PACKED = {"Content-Encoding": "gzip"}


class Pieces(httpx.SyncByteStream):
    """A body that comes in pieces, as from a network."""

    def __init__(self, *pieces: bytes) -> None:
        self._pieces = pieces

    def __iter__(self) -> Iterator[bytes]:
        yield from self._pieces


def reading(*pieces: bytes, manners: Manners = ROOMY) -> Reply:
    response = httpx.Response(
        200,
        headers=PACKED,
        stream=Pieces(*pieces),
        request=httpx.Request("GET", "https://papers.example.org/list"),
    )
    return read(response, manners, seconds_left=lambda: 1.0)


# Zeros leave much inside the unpacker when a piece is full; noise leaves nothing.
@pytest.mark.parametrize("size", [0, 1, PIECE - 1, PIECE, PIECE + 1, 3 * PIECE, 5 * PIECE + 17])
@pytest.mark.parametrize("noise", [False, True])
def test_a_packed_body_of_any_size_comes_out_as_it_was(size: int, *, noise: bool) -> None:
    chance = random.Random(size)  # noqa: S311 - noise that is the same each time
    body = chance.randbytes(size) if noise else bytes(size)
    packed = gzip.compress(body, compresslevel=9)
    reply = reading(packed)
    assert (reply.content, reply.whole) == (body, True)


@given(st.lists(st.binary(max_size=300), min_size=1, max_size=4), st.integers(1, 50), st.data())
def test_it_does_not_matter_how_a_packed_body_is_cut_into_pieces(
    bodies: list[bytes], size: int, data: st.DataObject
) -> None:
    padding = bytes(data.draw(st.integers(0, 9)))
    packed = b"".join(map(gzip.compress, bodies)) + padding
    reply = reading(*(packed[at : at + size] for at in range(0, len(packed), size)))
    assert (reply.content, reply.whole) == (b"".join(bodies), True)


@given(st.binary(max_size=200), st.integers(1, 40))
def test_a_packed_body_without_its_end_is_never_whole(body: bytes, missing: int) -> None:
    packed = gzip.compress(body)
    try:
        reply = reading(packed[: max(1, len(packed) - missing)])
    except NothingCame:
        return
    assert not reply.whole
    assert body.startswith(reply.content)


@given(st.lists(st.binary(max_size=60)))
def test_whatever_comes_is_read_or_unavailable(pieces: list[bytes]) -> None:
    try:
        reading(*pieces)
    except (SourceUnavailable, NothingCame):
        return


def test_a_bomb_does_not_fill_the_memory() -> None:
    bomb = gzip.compress(bytes(60_000_000))
    small = Manners(name="small", pause=timedelta(0), largest=PIECE)
    tracemalloc.start()
    try:
        with pytest.raises(SourceUnavailable, match="larger than 1 MiB"):
            reading(bomb, manners=small)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < 10 * PIECE


def test_what_breaks_while_it_is_unpacked_keeps_what_came_before() -> None:
    packed = gzip.compress(b"x" * 100)
    broken = gzip.compress(b"y" * 100)[:-8] + bytes(8)
    reply = reading(packed, broken)
    assert (reply.content[:100], reply.whole) == (b"x" * 100, False)
