import httpx
import pytest

from digest.errors import SourceRefused, SourceUnavailable
from tests.sources.http.asking import SERVICE, asking
from tests.sources.http.server import answer, serving


def moved(location: str, status: int = 302) -> bytes:
    return answer(status, headers={"Location": location})


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_on_the_same_host_is_followed_with_its_key(status: int) -> None:
    with serving(moved("/new?a=1", status), answer(body=b"here")) as server, asking() as scene:
        reply = scene.client.get(
            f"{server.url}/old", manners=SERVICE, headers={"X-API-Key": "s3cret"}
        )
    assert (reply.url, reply.content) == (f"{server.url}/new", b"here")
    first, second = server.requests()
    assert second.target == "/new?a=1"
    assert first.headers["x-api-key"] == second.headers["x-api-key"] == "s3cret"


def test_each_step_has_its_own_turn() -> None:
    with serving(moved("/new"), answer()) as server:
        pause = SERVICE.pause
        with asking(pause=pause) as scene:
            scene.client.get(server.url, manners=SERVICE)
            assert scene.slept == [pause.total_seconds()]


def test_five_redirects_are_enough() -> None:
    hops = [moved(f"/{number}") for number in range(5)]
    with serving(*hops, answer(body=b"here")) as server, asking() as scene:
        assert scene.client.get(server.url, manners=SERVICE).content == b"here"


def test_a_loop_of_redirects_is_left() -> None:
    with serving(moved("/again")) as server, asking() as scene:
        with pytest.raises(SourceRefused, match="localhost sends us from one page to the next"):
            scene.client.get(server.url, manners=SERVICE)
        assert len(server.requests()) == 6


def test_another_host_is_not_followed() -> None:
    with serving(answer(body=b"not ours")) as other:
        there = other.url.replace("localhost", "127.0.0.1")
        with serving(moved(f"{there}/?api_key=s3cret")) as server, asking() as scene:
            with pytest.raises(SourceRefused) as refused:
                scene.client.get(server.url, manners=SERVICE)
            assert str(refused.value) == (
                "localhost sends us to 127.0.0.1, where we do not follow; if it has moved, set "
                "its URL in the settings."
            )
        assert other.requests() == []


def hop(here: str, there: str) -> list[httpx.Request]:
    """Return the requests of who is sent from *here* to *there*."""
    requests: list[httpx.Request] = []

    def handle(request: httpx.Request) -> httpx.Response:
        requests.append(request)
        if len(requests) > 1:
            return httpx.Response(200)
        return httpx.Response(302, headers={"Location": there, "Set-Cookie": "a=b"})

    headers = {"Authorization": "Bearer s3cret", "x-api-key": "s3cret", "If-None-Match": "a"}
    with asking(httpx.MockTransport(handle)) as scene:
        scene.client.get(here, manners=SERVICE, headers=headers)
    return requests


@pytest.mark.parametrize(
    ("here", "there"),
    [
        ("https://papers.example/a", "https://papers.example/b"),
        ("http://papers.example/a", "https://papers.example/a"),
        ("https://papers.example/a", "https://www.papers.example/a"),
        ("https://www.papers.example/a", "https://papers.example/a"),
        ("https://papers.example/a", "//papers.example:443/b"),
        ("https://localhost/a", "http://localhost/b"),
    ],
)
def test_the_same_site_is_followed(here: str, there: str) -> None:
    assert len(hop(here, there)) == 2


@pytest.mark.parametrize(
    ("here", "there"),
    [
        ("https://papers.example/a", "http://papers.example/a"),
        ("https://papers.example/a", "https://papers.example:8443/a"),
        ("https://papers.example/a", "https://evil.papers.example/a"),
        ("https://papers.example/a", "https://papers.example.evil/a"),
        ("https://www.papers.example/a", "https://www.evil/a"),
        ("https://papers.example/a", "https://papers.example@evil/a"),
        ("https://papers.example/a", "file:///etc/passwd"),
    ],
)
def test_another_site_is_not_followed(here: str, there: str) -> None:
    with pytest.raises(SourceRefused):
        hop(here, there)


def test_a_key_stays_with_its_host() -> None:
    _, second = hop("https://papers.example/a", "https://www.papers.example/a")
    assert "s3cret" not in str(second.headers.raw)
    assert second.headers["if-none-match"] == "a"
    assert second.headers["user-agent"].startswith("paper-digest/")


def test_a_redirect_to_nowhere_is_no_answer() -> None:
    with (
        serving(moved("http://a:b:c/")) as server,
        asking() as scene,
        pytest.raises(SourceUnavailable, match="localhost did not answer as a web server does"),
    ):
        scene.client.get(server.url, manners=SERVICE)
