"""Whether a page of ours sent a form."""

import pytest
from starlette.requests import Request

from digest.web.origins import is_foreign

HOME = "https://papers.example.org"


def _request(**headers: str) -> Request:
    given = {"host": "papers.example.org", **headers}
    raw = [(name.replace("_", "-").encode(), value.encode()) for name, value in given.items()]
    return Request({"type": "http", "headers": raw})


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"sec_fetch_site": "same-origin"},
        {"sec_fetch_site": "none"},
        {"sec_fetch_site": "same-origin", "origin": "null"},
        {"origin": "null"},
        {"origin": HOME},
        {"origin": "HTTPS://PAPERS.example.org"},
        {"origin": "http://127.0.0.1:8000", "host": "127.0.0.1:8000"},
    ],
)
def test_our_own_page_or_no_browser_at_all(headers: dict[str, str]) -> None:
    assert not is_foreign(_request(**headers), HOME)


@pytest.mark.parametrize(
    "headers",
    [
        {"sec_fetch_site": "cross-site"},
        {"sec_fetch_site": "same-site"},
        {"sec_fetch_site": "cross-site", "origin": HOME},
        {"sec_fetch_site": ""},
        {"origin": "https://evil.example.net"},
        {"origin": "https://papers.example.org.evil.example.net"},
        {"origin": "https://papers.example.org:8443"},
        {"origin": "https://[::1"},
        {"origin": ""},
        {"origin": "", "host": ""},
    ],
)
def test_another_site(headers: dict[str, str]) -> None:
    assert is_foreign(_request(**headers), HOME)
