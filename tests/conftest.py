import os
from collections.abc import Generator
from pathlib import Path

import pytest
from hypothesis import settings

IN_CI = bool(os.environ.get("CI"))  # noqa: TID251 - a test has no settings

# Examples are drawn anew at every run where somebody looks on, and are the same in CI.
settings.register_profile("ci", derandomize=True)
settings.register_profile("desk")
settings.load_profile("ci" if IN_CI else "desk")


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


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """In CI, let a test that was skipped for a missing service fail."""
    report = yield
    if IN_CI and report.skipped and isinstance(report.longrepr, tuple):
        reason = report.longrepr[2]
        if "DIGEST_TEST_" in reason or "needs " in reason:
            report.outcome = "failed"
            report.longrepr = f"In CI every service has to be there. {reason}"
    return report


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with whole installations, which wait for minutes: others run meanwhile, not after."""
    items.sort(key=lambda item: not item.nodeid.startswith("tests/installation/"))
