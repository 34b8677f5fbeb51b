"""`digest serve`: what it says when it cannot."""

import socket

import pytest

from tests.cli.conftest import Run


def test_without_a_database_it_says_how_to_make_one(digest: Run) -> None:
    result = digest("serve")

    assert result.code == 1
    assert "digest db upgrade" in result.err


def test_without_what_real_mail_needs_it_does_not_start(
    digest: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    digest("db", "upgrade")
    monkeypatch.setenv("DIGEST_MAILER_URL", "smtp://127.0.0.1:1")

    result = digest("serve")

    assert result.code == 1
    assert "DIGEST_SECRET_KEYS" in result.err


def test_a_port_that_is_taken_is_an_error(digest: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    digest("db", "upgrade")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        monkeypatch.setenv("PORT", str(taken.getsockname()[1]))

        result = digest("serve")

    assert result.code == 1
    assert "PORT" in result.err
