"""The front door: version, help, usage."""

import subprocess
import sys

import pytest

from digest import __version__
from tests.cli.conftest import Run


def test_the_version_is_printed(digest: Run) -> None:
    assert digest("--version").out == f"digest {__version__}\n"


def test_wrong_usage_is_exit_2(digest: Run) -> None:
    assert digest("fly").code == 2
    assert digest("send", "--date", "yesterday").code == 2


def test_a_setting_that_makes_no_sense_is_one_sentence(
    digest: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DIGEST_TIME_ZONE", "Mars")

    result = digest("status")

    assert result.code == 1
    assert result.err.startswith("digest: DIGEST_TIME_ZONE: 'Mars' is not")


def test_the_module_is_the_command() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "digest", "--version"], capture_output=True, text=True, check=True
    )

    assert done.stdout == f"digest {__version__}\n"
