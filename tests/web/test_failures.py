"""What went wrong, told in the house style and without a detail."""

import pytest
from structlog.testing import capture_logs

from digest.bootstrap import App
from digest.links import Purpose
from digest.web import front
from digest.web.app import build
from tests.web.conftest import make_app, served
from tests.web.test_health import AwayStore


def test_while_the_store_is_away_people_are_asked_to_come_back() -> None:
    app = make_app(AwayStore())
    site_paths = ("/", f"/i/{app.links.token(Purpose.ISSUE, 'x')}")
    with served(build(app)) as client, capture_logs() as logs:
        answers = [client.get(path) for path in site_paths]

    for answer in answers:
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "60")
        assert "<h1>We are away for a moment</h1>" in answer.text
        assert "db.internal" not in answer.text
    assert "db.internal" in repr(logs)


@pytest.mark.parametrize("data", [{}, {"List-Unsubscribe": "One-Click"}])
def test_a_wish_to_leave_is_not_taken_for_granted_while_the_store_is_away(
    data: dict[str, str],
) -> None:
    app = make_app(AwayStore())
    token = app.links.token(Purpose.UNSUBSCRIBE, "y")
    with served(build(app)) as client:
        answer = client.post(f"/u/{token}", data=data)
        asked = client.get(f"/u/{token}")

    assert (answer.status_code, answer.headers["retry-after"]) == (503, "60")
    assert asked.status_code == 200


def test_an_error_of_ours_is_told_without_a_word_of_what_it_was(
    app: App, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_arguments: object, **_named: object) -> None:
        raise RuntimeError("the password is swordfish")

    monkeypatch.setattr(front, "trending", broken)
    with capture_logs() as logs, served(build(app)) as client:
        answer = client.get("/")

    assert answer.status_code == 500
    assert "<h1>Something broke</h1>" in answer.text
    assert "swordfish" not in answer.text
    assert "Traceback" not in answer.text
    assert answer.headers["content-security-policy"].startswith("default-src 'none'")
    assert answer.headers["cache-control"] == "no-store"
    assert "swordfish" in caplog.text
    [request] = [log for log in logs if log["event"] == "request"]
    assert (request["status"], request["route"]) == (500, "/")
