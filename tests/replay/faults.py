"""What goes wrong with an answer: each fault is sent instead of it, or of a part of it."""

import time
from collections.abc import Iterable, Iterator, Mapping

from tests.replay.server import Fault, Said
from tests.sources.http.server import NOTHING, Asked


def status(code: int, headers: Mapping[str, str] = NOTHING, body: bytes = b"") -> Fault:
    """Answer with another status."""

    def fault(_asked: Asked, _said: Said) -> Iterable[bytes]:
        yield Said(status=code, headers=headers, body=body).raw()

    return fault


def instead(body: bytes, headers: Mapping[str, str] = NOTHING) -> Fault:
    """Answer well, but with other words."""
    return status(200, headers, body)


def endless(piece: bytes = b" " * 65536) -> Fault:
    """Send *piece* again and again, without an end."""

    def fault(_asked: Asked, _said: Said) -> Iterator[bytes]:
        yield b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
        while True:
            yield b"%x\r\n%s\r\n" % (len(piece), piece)

    return fault


def dripping(_asked: Asked, said: Said) -> Iterable[bytes]:
    """Send the answer in pieces of a few bytes."""
    whole = said.raw()
    beginning = len(whole) - len(said.body)
    yield whole[:beginning]
    for place in range(beginning, len(whole), 5):
        time.sleep(0.001)
        yield whole[place : place + 5]


def broken_off(after: bytes) -> Fault:
    """Announce the whole answer, and hang up a little *after* those words of it."""

    def fault(_asked: Asked, said: Said) -> Iterable[bytes]:
        whole = said.raw()
        yield whole[: len(whole) - len(said.body)] + _cut(said.body, after)

    return fault


def cut_short(after: bytes) -> Fault:
    """Answer with a part, a little beyond those words, as if it were the whole."""

    def fault(_asked: Asked, said: Said) -> Iterable[bytes]:
        yield Said(headers=said.headers, body=_cut(said.body, after)).raw()

    return fault


def _cut(body: bytes, after: bytes) -> bytes:
    return body[: body.index(after) + len(after) + 10]


def misnamed(encoding: str) -> Fault:
    """Say the answer in another *encoding* than it names."""

    def fault(_asked: Asked, said: Said) -> Iterable[bytes]:
        body = said.body.decode().encode(encoding)
        yield Said(headers=said.headers, body=body).raw()

    return fault


def packed_wrongly(_asked: Asked, said: Said) -> Iterable[bytes]:
    """Say that the answer is packed, where it is not."""
    yield Said(headers={"Content-Encoding": "gzip"}, body=said.body).raw()


def closed(_asked: Asked, _said: Said) -> Iterable[bytes]:
    """Hang up without a word."""
    return ()


def redirected(target: str, code: int = 302) -> Fault:
    """Send whoever asks elsewhere."""
    return status(code, {"Location": target})


def bomb() -> bytes:
    """Return XML that would become a gigabyte, were its entities put in."""
    entities = "".join(f'<!ENTITY e{step} "{f"&e{step - 1};" * 10}">' for step in range(1, 10))
    return (
        f'<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY e0 "moss">{entities}]>'
        '<rss xmlns:arxiv="http://arxiv.org/schemas/atom" version="2.0">'
        "<channel><title>&e9;</title></channel></rss>"
    ).encode()
