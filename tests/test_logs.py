"""Logs that machines read, without an address or a token in them."""

import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
import structlog

from digest.logs import configure


@pytest.fixture(autouse=True)
def _logging_as_it_was() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


def _lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capsys.readouterr().err.splitlines()]


def test_an_event_is_one_line_with_its_fields(capsys: pytest.CaptureFixture[str]) -> None:
    configure()

    structlog.get_logger("digest").info("planned", day="2026-11-20", issues=3)

    [line] = _lines(capsys)
    assert (line["event"], line["day"], line["issues"]) == ("planned", "2026-11-20", 3)
    assert (line["level"], line["logger"]) == ("info", "digest")
    assert line["timestamp"].endswith("Z")


def test_libraries_go_through_the_same_pipe(capsys: pytest.CaptureFixture[str]) -> None:
    configure()

    logging.getLogger("celery").warning("lost %s of %d", "one", 3)

    [line] = _lines(capsys)
    assert (line["event"], line["level"], line["logger"]) == ("lost one of 3", "warning", "celery")


@pytest.mark.parametrize(
    "text",
    [
        "could not send to ada@example.org",
        "RCPT TO:<ada.o'k@bücher.example> refused",
        'recipient="ada@example.org", again',
        "GET /u/c3Vic2NyaWJlcg.8fJx-_1 200",
        "POST /me/c3Vic2NyaWJlcg.8fJx-_1/pause 200",
        "https://papers.example.org/confirm/c3Vic2NyaWJlcg.8fJx-_1",
    ],
)
def test_no_address_and_no_token_gets_through(
    text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    configure()

    logging.getLogger("x").warning(text)
    structlog.get_logger().warning("event", detail=text)

    out = capsys.readouterr().err
    for secret in ("ada", "bücher", "c3Vic2NyaWJlcg"):
        assert secret not in out
    assert "…" in out


def test_a_traceback_hides_addresses_too(capsys: pytest.CaptureFixture[str]) -> None:
    configure()

    try:
        int("ada@example.org")
    except ValueError:
        logging.getLogger("x").exception("failed")

    out = capsys.readouterr().err
    assert "Traceback" in out
    assert "ada@" not in out
