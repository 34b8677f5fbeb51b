"""One event a request, which tells nothing of whose it was."""

import time
from collections.abc import Sequence

from structlog.testing import capture_logs

from tests.web.conftest import Site


def _await(logs: Sequence[object], count: int) -> None:
    """Wait for *count* events: an answer is out before it is told."""
    deadline = time.monotonic() + 10
    while len(logs) < count and time.monotonic() < deadline:
        time.sleep(0.01)


def test_each_request_is_one_event_with_the_route_in_place_of_the_path(site: Site) -> None:
    with capture_logs() as logs:
        site.client.get(site.opening())
        site.client.options(site.leaving())
        site.client.get("/ada@example.org/none")
        _await(logs, 3)

    told = [(log["method"], log["route"], log["status"]) for log in logs]
    assert told == [
        ("GET", "/i/{token}", 200),
        ("OPTIONS", "/u/{token}", 204),
        ("GET", "none of ours", 404),
    ]
    assert all(log["event"] == "request" and log["ms"] >= 0 for log in logs)


def test_what_asks_every_few_seconds_is_not_worth_a_line(site: Site) -> None:
    with capture_logs() as logs:
        site.client.get("/healthz")
        site.client.get("/readyz")
        site.client.get("/")
        _await(logs, 3)

    assert [log["log_level"] for log in logs] == ["debug", "debug", "info"]
