from pathlib import Path

import pytest

from tests.browser.validity import invalid, missing

PAGE = "<!doctype html><html lang='en'><title>A page</title>{0}</html>"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    if reason := missing():
        pytest.skip(reason)
    return tmp_path


def test_what_is_wrong_is_told_with_its_file(folder: Path) -> None:
    pages = {
        "good.html": PAGE.format("<p>Words</p>"),
        "nested.html": PAGE.format("<p><div>Words</div></p>"),
        "hidden.html": PAGE.format("<p style='mso-hide:all'>Words</p>"),
        "wide.html": PAGE.format("<table width='100%'><tr><td>Words</td></tr></table>"),
        "style.css": "p { colour: red }",
    }
    mails = {f"mail-{name}": html for name, html in pages.items() if name.endswith("html")}

    told = {line.partition(":")[0] for line in invalid(pages, folder, mails=mails)}

    assert told == {"nested.html", "hidden.html", "wide.html", "style.css", "mail-nested.html"}
