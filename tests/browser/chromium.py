"""The system's Chromium without a window, and what is to be seen in it."""

import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any, TypeVar
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, Page, Playwright, Route, sync_playwright

Seen = TypeVar("Seen")

PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
QUIET = (
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
)
STILL = 20_000.0
"""Milliseconds that opening a page or pressing a button may take."""


def program() -> str | None:
    """Return where this system's Chromium is, or None."""
    return next(filter(None, map(shutil.which, PROGRAMS)), None)


class Chromium:
    """One browser, in a thread of its own.

    Playwright leaves an event loop running in the thread it was started in, where no other test
    could start one.
    """

    def __init__(self, executable: str) -> None:
        self._thread = ThreadPoolExecutor(1, "chromium")
        self._playwright, self._browser = self._thread.submit(_launch, executable).result()

    def close(self) -> None:
        """End the browser and its driver."""
        self._thread.submit(self._browser.close).result()
        self._thread.submit(self._playwright.stop).result()
        self._thread.shutdown()

    def visit(
        self, where: str, look: Callable[["Visit"], Seen], *, html: str = "", scripts: bool = True
    ) -> Seen:
        """Return what *look* sees at the address *where*, which is *html* if any is given.

        With *scripts* off none of the page's runs, and axe cannot either.
        """
        return self._thread.submit(self._visit, where, look, html, scripts).result()

    def _visit(
        self, where: str, look: Callable[["Visit"], Seen], html: str, scripts: bool
    ) -> Seen:
        with _context(self._browser, java_script_enabled=scripts) as context:
            visit = Visit(context.new_page(), where, html)
            visit.page.goto(where)
            return look(visit)


def _launch(executable: str) -> tuple[Playwright, Browser]:
    driver = sync_playwright().start()
    # A fresh profile for each launch, and no sandbox: root has none.
    return driver, driver.chromium.launch(executable_path=executable, args=QUIET)


@contextmanager
def _context(browser: Browser, **options: Any) -> Iterator[BrowserContext]:
    context = browser.new_context(viewport={"width": 680, "height": 900}, **options)
    context.set_default_timeout(STILL)
    try:
        yield context
    finally:
        context.close()


class Visit:
    """An opened page; *said* is what it had to complain of, *refused* what it asked of others."""

    def __init__(self, page: Page, where: str, html: str) -> None:
        self.page = page
        self.said: list[str] = []
        self.refused: list[str] = []
        self._where, self._html = where, html
        page.on("console", lambda message: self.said.append(message.text))
        page.on("pageerror", lambda error: self.said.append(str(error)))
        page.route("**/*", self._answer)

    def _answer(self, route: Route) -> None:
        """Let the page have itself and what is of its own host; refuse all else."""
        asked = route.request.url
        if self._html and asked == self._where:
            route.fulfill(body=self._html, content_type="text/html; charset=utf-8")
        elif not self._html and urlsplit(asked).netloc == urlsplit(self._where).netloc:
            route.continue_()
        else:
            self.refused.append(asked)
            route.abort()

    def turn(self, width: int, scheme: str = "light") -> None:
        """Make the window *width* CSS pixels wide, in the colour *scheme*: light or dark."""
        self.page.set_viewport_size({"width": width, "height": 900})
        self.page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
