"""What servers really do, over real sockets."""

import gzip
import socket
import ssl
import subprocess
from collections.abc import Iterator
from datetime import timedelta
from itertools import count
from pathlib import Path
from shutil import which

import httpx
import pytest

from digest.errors import SourceUnavailable
from digest.sources.http import Manners
from tests.sources.http.asking import SERVICE, URL, asking
from tests.sources.http.server import Asked, answer, serving

SMALL = Manners(name="small", pause=timedelta(0), largest=2**17)
CHUNKED = answer(headers={"Transfer-Encoding": "chunked"}).replace(b"Content-Length: 0\r\n", b"")


def chunk(body: bytes) -> bytes:
    return f"{len(body):x}\r\n".encode() + body + b"\r\n"


def endless(_: Asked) -> Iterator[bytes]:
    yield CHUNKED
    while True:
        yield chunk(b"x" * 10_000)


def test_an_endless_body_is_given_up() -> None:
    with serving(endless) as server, asking() as scene:
        with pytest.raises(SourceUnavailable, match=r"localhost is larger than 0\.125 MiB"):
            scene.client.get(server.url, manners=SMALL)
        assert len(server.requests()) == 1


def test_a_slow_drip_is_given_up() -> None:
    def drip(_: Asked) -> Iterator[bytes]:
        yield CHUNKED
        while True:
            yield chunk(b"x")

    seconds = count(step=7.0)
    with serving(drip) as server, asking(monotonic=lambda: next(seconds)) as scene:
        with pytest.raises(SourceUnavailable, match="localhost took longer than 60 seconds"):
            scene.client.get(server.url, manners=SERVICE)
        assert len(server.requests()) == 1


def test_who_falls_silent_half_way_is_given_up() -> None:
    brief = Manners(name="brief", pause=timedelta(0), deadline=timedelta(seconds=0.2))

    def stall(_: Asked) -> Iterator[bytes]:
        yield answer(body=b"half", headers={"Content-Length": "8"})
        waiting.recv(1)

    waiting, ending = socket.socketpair()
    with waiting, ending, serving(stall) as server, asking() as scene:
        with pytest.raises(SourceUnavailable, match="localhost fell silent in the middle"):
            scene.client.get(server.url, manners=brief)
        ending.close()


def test_who_says_nothing_is_asked_again_and_given_up() -> None:
    brief = Manners(name="brief", pause=timedelta(0), deadline=timedelta(seconds=0.2))
    with (
        socket.create_server(("127.0.0.1", 0)) as deaf,
        asking() as scene,
        pytest.raises(SourceUnavailable, match="localhost did not answer in time"),
    ):
        scene.client.get(f"http://localhost:{deaf.getsockname()[1]}", manners=brief)
    assert scene.slept == [2.0, 4.0]


@pytest.mark.parametrize(
    "cut",
    [
        answer(body=b"half a li", headers={"Content-Length": "18"}),
        CHUNKED + chunk(b"half a li"),
        CHUNKED + chunk(b"half a li") + b"20\r\n",
    ],
)
def test_a_body_that_is_cut_is_not_whole(cut: bytes) -> None:
    with serving(cut) as server, asking() as scene:
        reply = scene.client.get(server.url, manners=SERVICE)
        assert (reply.content, reply.whole) == (b"half a li", False)
        assert len(server.requests()) == 1


def test_a_body_of_which_nothing_came_is_asked_for_again() -> None:
    cut = answer(headers={"Content-Length": "18"})
    with serving(cut, answer(body=b"here")) as server, asking() as scene:
        assert scene.client.get(server.url, manners=SERVICE).content == b"here"


def test_a_connection_without_an_answer_is_tried_again() -> None:
    with serving(b"", b"SSH-2.0-what\r\n", answer(body=b"here")) as server, asking() as scene:
        assert scene.client.get(server.url, manners=SERVICE).content == b"here"


def test_a_packed_body_that_is_cut_keeps_what_was_unpacked() -> None:
    packed = gzip.compress(bytes(range(256)) * 400, compresslevel=0)
    cut = answer(body=packed[:50_000], headers={"Content-Encoding": "gzip"})
    with serving(cut) as server, asking() as scene:
        reply = scene.client.get(server.url, manners=SERVICE)
    assert not reply.whole
    assert reply.content
    assert (bytes(range(256)) * 400).startswith(reply.content)


def test_a_bomb_is_not_unpacked() -> None:
    bomb = answer(body=gzip.compress(bytes(50_000_000)), headers={"Content-Encoding": "gzip"})
    with serving(bomb) as server, asking() as scene:
        with pytest.raises(SourceUnavailable, match="larger than"):
            scene.client.get(server.url, manners=SMALL)
        assert len(server.requests()) == 1


def test_what_is_not_packed_as_it_says_cannot_be_unpacked() -> None:
    broken = answer(body=b"not packed at all", headers={"Content-Encoding": "gzip"})
    with (
        serving(broken) as server,
        asking() as scene,
        pytest.raises(SourceUnavailable, match="cannot be unpacked"),
    ):
        scene.client.get(server.url, manners=SERVICE)


@pytest.mark.parametrize("packing", ["br", "zstd", "gzip, gzip", "deflate"])
def test_only_what_we_asked_for_is_unpacked(packing: str) -> None:
    odd = answer(body=b"????", headers={"Content-Encoding": packing})
    with (
        serving(odd) as server,
        asking() as scene,
        pytest.raises(SourceUnavailable, match="did not ask for"),
    ):
        scene.client.get(server.url, manners=SERVICE)


def test_a_refused_connection_is_tried_again_and_given_up() -> None:
    with socket.create_server(("127.0.0.1", 0)) as closing:
        port = closing.getsockname()[1]
    with asking() as scene:
        with pytest.raises(SourceUnavailable, match=r"^127\.0\.0\.1 takes no connections now\.$"):
            scene.client.get(f"http://127.0.0.1:{port}/", manners=SERVICE)
        assert scene.slept == [2.0, 4.0]


def test_a_name_that_nobody_knows_is_said_to_be_so() -> None:
    def unknown(_: httpx.Request) -> httpx.Response:
        cause = socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        raise httpx.ConnectError("…") from cause

    with (
        asking(httpx.MockTransport(unknown)) as scene,
        pytest.raises(
            SourceUnavailable, match=r"^papers\.example\.org cannot be found \(no network\?\)\.$"
        ),
    ):
        scene.client.get(URL, manners=SERVICE)


@pytest.fixture
def self_signed(tmp_path: Path) -> ssl.SSLContext:
    """A certificate that nobody vouches for."""
    openssl = which("openssl")
    if openssl is None:
        pytest.skip("needs openssl, to make a certificate")
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    command = [openssl, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"]
    names = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"]
    subprocess.run(
        [*command, *names, "-keyout", str(key), "-out", str(certificate)],
        check=True,
        capture_output=True,
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    return context


def test_a_certificate_that_nobody_vouches_for_is_not_trusted(self_signed: ssl.SSLContext) -> None:
    with serving(answer(), tls=self_signed) as server, asking() as scene:
        with pytest.raises(
            SourceUnavailable, match="The certificate of localhost cannot be trusted: self"
        ):
            scene.client.get(server.url, manners=SERVICE)
        assert server.requests() == []
        assert scene.slept == []


def test_a_server_without_tls_is_no_safe_connection() -> None:
    with (
        serving(answer()) as server,
        asking() as scene,
        pytest.raises(SourceUnavailable, match="No safe connection to localhost came about"),
    ):
        scene.client.get(server.url.replace("http:", "https:"), manners=SERVICE)
