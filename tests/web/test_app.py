"""What holds for every page, and for whatever is asked."""

from collections.abc import Callable
from pathlib import Path

import pytest

from digest.bootstrap import App, upgrade_database
from digest.web import app as web_app
from digest.web.app import BODY_LIMIT, build, create
from tests.fakes import MemoryStore
from tests.web.conftest import Site, make_app, served

PATHS = (
    "/",
    "/privacy",
    "/healthz",
    "/readyz",
    "/robots.txt",
    "/static/site.css",
    "/static/icon.svg",
    "/none",
)
STRICT = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; "
    "frame-ancestors 'none'; base-uri 'none'"
)


@pytest.fixture
def paths(site: Site) -> list[str]:
    return [
        *PATHS, *_behind_tokens(site), "/u/forged", "/i/forged", "/me/forged", "/a/forged/1/more",
    ]  # fmt: skip


def _behind_tokens(site: Site) -> tuple[str, ...]:
    return (site.leaving(), site.opening(), site.settings(), site.answering(), site.returning())


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "PUT", "POST"])
def test_every_answer_has_the_headers_that_keep_a_reader_safe(
    site: Site, paths: list[str], method: str
) -> None:
    for path in paths:
        answer = site.client.request(method, path)

        assert answer.headers["referrer-policy"] == "no-referrer"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["cross-origin-opener-policy"] == "same-origin"
        assert "camera=()" in answer.headers["permissions-policy"]
        assert answer.headers["strict-transport-security"] == "max-age=31536000"
        policy = answer.headers["content-security-policy"]
        assert policy == STRICT or path == site.opening()
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "script-src" not in policy
        assert "set-cookie" not in answer.headers


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "PUT", "POST"])
def test_what_stands_behind_a_token_is_kept_nowhere_and_listed_nowhere(
    site: Site, method: str
) -> None:
    for path in (*_behind_tokens(site), "/u/forged", "/i/forged", "/u/", "/i/a/b"):
        answer = site.client.request(method, path)

        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["x-robots-tag"] == "noindex"


def test_only_over_https_is_it_said_that_there_is_nothing_else() -> None:
    with served(build(make_app(MemoryStore(), public_url="http://localhost:8000"))) as client:
        assert "strict-transport-security" not in client.get("/").headers


def test_head_is_get_without_the_body(site: Site, paths: list[str]) -> None:
    for path in paths:
        head, get = site.client.head(path), site.client.get(path)

        assert head.status_code == get.status_code
        assert head.content == b""
        for name in ("content-length", "content-type", "cache-control"):
            assert head.headers[name] == get.headers[name]


def test_options_names_the_methods_and_does_nothing(site: Site) -> None:
    for path in (*PATHS[:-1], site.opening()):
        answer = site.client.options(path)
        assert (answer.status_code, answer.content) == (204, b"")
        assert answer.headers["allow"] == "GET, HEAD, OPTIONS"

    for path in (*set(_behind_tokens(site)) - {site.opening()}, "/signup", "/preview"):
        assert site.client.options(path).headers["allow"] == "GET, HEAD, OPTIONS, POST"
    assert site.client.options("/none").status_code == 404


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "TRACE", "BREW"])
def test_other_methods_are_refused_with_those_that_are_not(site: Site, method: str) -> None:
    answer = site.client.request(method, site.leaving())

    assert answer.status_code == 405
    assert answer.headers["allow"] == "GET, HEAD, OPTIONS, POST"
    assert "<h1>That cannot be done here</h1>" in answer.text


def test_a_page_without_anything_to_send_takes_no_post(site: Site) -> None:
    for path in ("/", site.opening(), "/healthz"):
        assert site.client.post(path).status_code == 405


def test_a_webhook_is_there_for_a_form_that_is_none(site: Site) -> None:
    for path in ("/webhooks/signup/none", "/webhooks/signup/none/key"):
        assert site.client.post(path, json={"email": "eve@example.org"}).status_code == 404
        assert site.client.get(path).status_code == 405


def test_whose_word_counts_of_where_a_request_came_from_is_a_setting() -> None:
    names = []
    for trusted in ((), ("127.0.0.1",)):
        app = make_app(MemoryStore(), trusted_proxies=trusted)
        with served(build(app)) as client:
            said = {"email": "eve@example.org", "stamp": Site(app=app, client=client).stamp()}
            client.post("/signup", data=said, headers={"X-Forwarded-For": "203.0.113.9"})
            client.post("/signup", data=said)
        with app.store.begin() as work:
            names.append([one.network for one in work.signups.waiting(limit=2)])

    [believed, plain] = names[1], names[0]
    assert plain[0] == plain[1] == believed[1] != believed[0]


def test_a_trailing_slash_changes_nothing_and_redirects_nobody(site: Site) -> None:
    for path in (site.leaving(), site.opening(), "/healthz"):
        plain, slashed = site.client.get(path), site.client.get(f"{path}/")
        assert (slashed.status_code, slashed.content) == (200, plain.content)


def test_an_address_that_is_none_of_ours_says_so(site: Site) -> None:
    for path in ("/none", "/u", "/i", "/u/", "/static/other.css", "/%00", "/u/a/b"):
        answer = site.client.get(path)
        assert answer.status_code == 404
        assert "<h1>There is no such page</h1>" in answer.text


@pytest.mark.parametrize("declared", [True, False])
def test_a_body_over_the_limit_is_refused_and_nothing_is_done(
    site: Site, *, declared: bool
) -> None:
    body = b"List-Unsubscribe=One-Click&x=" + b"x" * BODY_LIMIT
    answer = site.client.post(
        site.leaving(),
        content=body if declared else iter([body[:100], body[100:]]),
        headers={"Content-Type": "application/x-www-form-urlencoded"},
    )

    assert answer.status_code == 413
    assert answer.headers["content-security-policy"] == STRICT
    assert site.state() == "active"


def test_a_body_of_just_the_limit_is_read(site: Site) -> None:
    start = b"List-Unsubscribe=One-Click&x="
    answer = site.client.post(
        site.leaving(),
        content=start + b"x" * (BODY_LIMIT - len(start)),
        headers={"Content-Type": "application/x-www-form-urlencoded"},
    )

    assert answer.status_code == 200
    assert site.state() == "unsubscribed"


def test_the_host_that_a_request_claims_is_repeated_nowhere(site: Site) -> None:
    for path in ("/", "/none", site.leaving(), site.opening(), f"{site.leaving()}/"):
        answer = site.client.get(path, headers={"Host": "evil.example.net"})
        assert "evil.example.net" not in answer.text + str(answer.headers)


def test_the_process_is_made_from_its_settings(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    url = f"sqlite:///{tmp_path / 'digest.db'}"
    upgrade_database(url)
    monkeypatch.setenv("DIGEST_DATABASE_URL", url)
    configured: list[bool] = []
    monkeypatch.setattr(web_app, "configure", lambda: configured.append(True))

    with served(create()) as client:
        assert client.get("/readyz").status_code == 200
        assert client.get("/healthz").status_code == 200
    assert configured


def _noted(closed: list[App]) -> Callable[[App], None]:
    def close(app: App) -> None:
        closed.append(app)

    return close


def test_the_store_is_closed_when_the_process_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    closed: list[App] = []
    app = make_app(MemoryStore())
    monkeypatch.setattr(web_app, "configure", lambda: None)
    monkeypatch.setattr(web_app, "load", lambda: None)
    monkeypatch.setattr(web_app, "bootstrap", lambda _settings: app)
    monkeypatch.setattr(App, "close", _noted(closed))

    with served(create()):
        assert not closed
    assert closed == [app]


def test_whoever_made_the_app_closes_it(monkeypatch: pytest.MonkeyPatch) -> None:
    closed: list[App] = []
    app = make_app(MemoryStore())
    monkeypatch.setattr(App, "close", _noted(closed))

    with served(build(app)):
        pass
    assert not closed


def test_no_route_needs_the_request_to_say_who_asks(site: Site) -> None:
    answer = site.client.get(
        site.leaving(), headers={"Cookie": "a=b", "Authorization": "Basic YTpi"}
    )

    assert answer.content == site.client.get(site.leaving()).content
