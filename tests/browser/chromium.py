"""The system's Chromium without a window, in which tests open mails and pages."""

import shutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Page, Playwright, Route, sync_playwright

Seen = TypeVar("Seen")

PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
QUIET = (
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
)
PATIENCE = 30_000.0
"""Milliseconds that opening a page, or pressing a button, may take."""


def program() -> str | None:
    """Return where this system's Chromium is, or None."""
    return next(filter(None, map(shutil.which, PROGRAMS)), None)


class Visit:
    """An opened page; *said* is what it complained of, *refused* what it asked of other hosts."""

    def __init__(self, page: Page, where: str, html: str | None) -> None:
        self.page = page
        self.said: list[str] = []
        self.refused: list[str] = []
        self._where, self._html = where, html
        page.on("console", lambda message: self.said.append(message.text))
        page.on("pageerror", lambda error: self.said.append(str(error)))
        page.route("**/*", self._answer)

    def _answer(self, route: Route) -> None:
        asked = route.request.url
        if self._html is not None and asked == self._where:
            route.fulfill(body=self._html, content_type="text/html; charset=utf-8")
        elif self._html is None and urlsplit(asked).netloc == urlsplit(self._where).netloc:
            route.continue_()
        else:
            self.refused.append(asked)
            route.abort()

    def turn(self, width: int, scheme: str = "light") -> None:
        """Make the window *width* CSS pixels wide, in the colour *scheme*: light or dark."""
        self.page.set_viewport_size({"width": width, "height": 900})
        self.page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")


class Chromium:
    """One browser with a profile of its own, in a thread of its own.

    Playwright keeps an event loop running in the thread it was started in, and no test could
    start another one there.
    """

    def __init__(self, executable: str) -> None:
        self._thread = ThreadPoolExecutor(1, "chromium")
        self._driver, self._browser = self._thread.submit(_launch, executable).result()

    def close(self) -> None:
        """End the browser and what drives it."""
        self._thread.submit(self._browser.close).result()
        self._thread.submit(self._driver.stop).result()
        self._thread.shutdown()

    def visit(
        self,
        where: str,
        look: Callable[[Visit], Seen],
        *,
        html: str | None = None,
        scripts: bool = True,
    ) -> Seen:
        """Return what *look* sees at the address *where*, which answers with *html* if given.

        It is called in the browser's thread. Without *scripts* the page runs none of its own,
        and axe cannot run either.
        """
        return self._thread.submit(self._visit, where, look, html=html, scripts=scripts).result()

    def _visit(
        self, where: str, look: Callable[[Visit], Seen], *, html: str | None, scripts: bool
    ) -> Seen:
        context = self._browser.new_context(
            java_script_enabled=scripts, viewport={"width": 680, "height": 900}
        )
        try:
            context.set_default_timeout(PATIENCE)
            visit = Visit(context.new_page(), where, html)
            visit.page.goto(where)
            return look(visit)
        finally:
            context.close()


def _launch(executable: str) -> tuple[Playwright, Browser]:
    driver = sync_playwright().start()
    try:
        return driver, driver.chromium.launch(executable_path=executable, args=QUIET)
    except BaseException:
        driver.stop()
        raise
