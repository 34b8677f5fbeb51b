import os
from pathlib import Path

import pytest


@pytest.fixture
def real_input() -> Path:
    """Return the folder of real pages and replies, or skip by name where there is none."""
    folder = os.environ.get("DIGEST_REAL_INPUT")  # noqa: TID251 - a test has no settings
    if not folder:
        pytest.skip("DIGEST_REAL_INPUT names no folder of real input")
    return Path(folder)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-golden", action="store_true", help="write the golden mails anew, to be reviewed"
    )
