"""The Nu Html Checker, run once for many documents."""

import json
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

JAR = Path(sys.prefix) / "checker" / "vnu.jar"
"""Where script/bootstrap puts it."""

OF_MAILS = ("“mso-hide”", "“supported-color-schemes”")
"""Properties of no standard that mails need: Outlook hides by one, Apple Mail reads the other."""


def missing() -> str | None:
    """Return what this machine needs before anything can be checked, or None."""
    if shutil.which("java") is None:
        return "needs Java, in which the HTML checker runs: none is on PATH"
    if not JAR.is_file():
        return "needs the HTML checker vnu: script/bootstrap fetches it where npm is"
    return None


def invalid(
    pages: Mapping[str, str], folder: Path, *, mails: Mapping[str, str] | None = None
) -> list[str]:
    """Return what is wrong with *pages* and *mails*, by file name; .css is checked as such.

    A page has to be without warnings. A mail is laid out with attributes of tables, which are
    warned of, and may use the properties OF_MAILS.
    """
    mails = mails or {}
    for name, content in {**pages, **mails}.items():
        (folder / name).write_text(content, encoding="utf-8")
    checked = subprocess.run(
        [
            shutil.which("java") or "java", "-Xss1m", "-jar", JAR, "--format", "json", "--stdout",
            "--exit-zero-always", "--also-check-css", *(folder / name for name in (*pages, *mails)),
        ],
        capture_output=True, check=True,
    )  # fmt: skip
    said: list[dict[str, Any]] = json.loads(checked.stdout)["messages"]
    return [
        f"{name}:{one.get('lastLine')}: {one['message']}: {one.get('extract')}"
        for one in said
        if (name := Path(one["url"]).name) in pages or not _of_mails(one)
    ]


def _of_mails(one: Mapping[str, Any]) -> bool:
    return one["type"] == "info" or any(name in one["message"] for name in OF_MAILS)
