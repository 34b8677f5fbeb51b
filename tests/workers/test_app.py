"""How Celery is set up."""

from pathlib import Path

import pytest

from digest.bootstrap import bootstrap
from digest.settings import Settings
from workers.app import MEMORY, REDIS, configuration, running, working_on


@pytest.mark.parametrize(
    ("broker", "options"),
    [("memory://localhost/", MEMORY), ("redis://127.0.0.1:6379/3", REDIS)],
)
def test_the_broker_is_a_setting(tmp_path: Path, broker: str, options: object) -> None:
    app = bootstrap(Settings(database_url=f"sqlite:///{tmp_path}/a.db", broker_url=broker))

    with working_on(app):
        settings = configuration()

    assert settings["broker_url"] == broker
    assert settings["broker_transport_options"] == options


def test_no_wait_is_for_ever_and_nothing_is_kept_in_redis(tmp_path: Path) -> None:
    app = bootstrap(
        Settings(database_url=f"sqlite:///{tmp_path}/a.db", broker_url="redis://127.0.0.1")
    )
    with working_on(app):
        settings = configuration()

    assert settings["result_backend"] is None
    assert settings["task_ignore_result"] is True
    assert settings["broker_transport_options"]["socket_timeout"] > 0
    assert settings["task_time_limit"] < settings["broker_transport_options"]["visibility_timeout"]


def test_the_app_is_made_from_the_settings_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("workers.app._running", [])
    monkeypatch.setenv("DIGEST_DATABASE_URL", f"sqlite:///{tmp_path}/a.db")

    assert running() is running()
