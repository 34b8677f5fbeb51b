import asyncio

import pytest

from tests.browser.chromium import Chromium


def test_the_browser_leaves_the_thread_of_the_tests_alone(chromium: Chromium) -> None:
    chromium.visit("https://mail.example.org/", lambda visit: visit.page.title(), html="<p>")

    assert asyncio.run(asyncio.sleep(0, "ran")) == "ran"


def test_what_a_look_raises_is_raised(chromium: Chromium) -> None:
    def look(_visit: object) -> None:
        raise LookupError("nothing to see")

    with pytest.raises(LookupError, match="nothing to see"):
        chromium.visit("https://mail.example.org/", look, html="<p>")


def test_one_visit_knows_nothing_of_another(chromium: Chromium) -> None:
    where = "https://mail.example.org/"
    chromium.visit(where, lambda visit: visit.page.evaluate("document.cookie='a=1'"), html="<p>")

    assert (
        chromium.visit(where, lambda visit: visit.page.evaluate("document.cookie"), html="") == ""
    )
