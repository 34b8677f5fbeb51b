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


def drip(pause: float) -> Fault:
    """Send the answer byte by byte, with seconds of *pause* between two."""

    def fault(_asked: Asked, said: Said) -> Iterator[bytes]:
        whole = said.raw()
        beginning = len(whole) - len(said.body)
        yield whole[:beginning]
        for place in range(beginning, len(whole)):
            time.sleep(pause)
            yield whole[place : place + 1]

    return fault


def truncated(at: int) -> Fault:
    """Announce the whole answer and stop after *at* bytes; before the end, where negative."""

    def fault(_asked: Asked, said: Said) -> Iterable[bytes]:
        whole = said.raw()
        yield whole[: len(whole) - len(said.body)] + said.body[:at]

    return fault


def misnamed(encoding: str) -> Fault:
    """Say the answer in another *encoding* than it names."""

    def fault(_asked: Asked, said: Said) -> Iterable[bytes]:
        body = said.body.decode().encode(encoding, errors="replace")
        yield Said(headers=said.headers, body=body).raw()

    return fault


def packed_wrongly() -> Fault:
    """Say that it is packed, where it is not."""

    def fault(_asked: Asked, said: Said) -> Iterable[bytes]:
        yield Said(headers={"Content-Encoding": "gzip"}, body=said.body).raw()

    return fault


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
