"""What the other tests here look for is found where it is: none of them passes by not looking."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.browser.chromium import Chromium, Visit
from tests.browser.faults import barriers, low_targets, overflow

WHERE = "https://mail.example.org/"
GOOD = "button { height: 44px } :root { color-scheme: light dark } body { background: canvas }"
DARK = "@media (prefers-color-scheme: dark) { body { background: #101416 } }"
CLIPPED = "<div style='width:90px; overflow:hidden; white-space:nowrap'>A title that goes on</div>"
CROWD = "<a style='display:block; font-size:8px; line-height:9px' href='/{0}'>{0}</a>"


def page_of(body: str, *, style: str = "", lang: str = " lang='en'") -> str:
    return (
        f"<!doctype html><html{lang}><head><meta name='viewport' content='width=device-width'>"
        f"<title>A page</title><style>{style}</style></head><body><main><h1>A page</h1>{body}"
        "</main></body></html>"
    )


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_good_page_has_no_faults(chromium: Chromium, scheme: str) -> None:
    def look(visit: Visit) -> list[str]:
        visit.turn(320, scheme)
        page = visit.page
        return [*barriers(page), *overflow(page), *low_targets(page), *visit.said, *visit.refused]

    html = page_of("<p>Words and <a href='/'>a link</a>.</p><button>Go</button>", style=GOOD)

    assert chromium.visit(WHERE, look, html=html) == []


@pytest.mark.parametrize(
    ("html", "found_by", "words"),
    [
        (page_of("<p style='color:#aaa'>Pale</p>"), barriers, "violations: color-contrast"),
        (page_of("<p>Words</p>", lang=""), barriers, "violations: html-has-lang"),
        (page_of("<img src='data:,'>"), barriers, "violations: image-alt"),
        (page_of("".join(map(CROWD.format, range(9)))), barriers, "violations: target-size"),
        (
            page_of("<p style='background:linear-gradient(#fff,#888)'>Words</p>"),
            barriers,
            "incomplete: color-contrast",
        ),
        (page_of("<div style='width:400px'>Wide</div>"), overflow, "408 px wide in 375"),
        (page_of("<p style='margin-left:-30px'>Left</p>"), overflow, '"Left" goes from -'),
        (page_of(CLIPPED), overflow, "is cut off by"),
        (page_of("<button style='height:30px'>Go</button>"), low_targets, '"Go" is 30 px high'),
        (
            page_of("<p><a style='display:inline-block; height:30px' href='/'>Go</a></p>"),
            low_targets,
            '"Go" is 30 px high',
        ),
    ],
)
def test_a_fault_is_found(
    chromium: Chromium, html: str, found_by: Callable[[Page], list[str]], words: str
) -> None:
    def look(visit: Visit) -> list[str]:
        visit.turn(375)
        return found_by(visit.page)

    assert words in "\n".join(chromium.visit(WHERE, look, html=html))


def test_a_fault_that_only_the_dark_shows_is_found(chromium: Chromium) -> None:
    def look(visit: Visit) -> tuple[list[str], list[str]]:
        visit.turn(375, "light")
        light = barriers(visit.page)
        visit.turn(375, "dark")
        return light, barriers(visit.page)

    light, dark = chromium.visit(WHERE, look, html=page_of("<p>Words</p>", style=DARK))

    assert light == []
    assert "violations: color-contrast" in "\n".join(dark)


def test_a_pixel_from_elsewhere_is_refused_and_told(chromium: Chromium) -> None:
    pixel = "https://pixel.example.com/open.gif"
    html = page_of(f"<img alt='' src='{pixel}'>")

    assert chromium.visit(WHERE, lambda visit: visit.refused, html=html) == [pixel]


def test_what_a_script_says_is_told_unless_scripts_are_off(chromium: Chromium) -> None:
    html = page_of("<script>console.log('I ran'); throw Error('badly')</script>")

    assert chromium.visit(WHERE, lambda visit: visit.said, html=html) == ["I ran", "badly"]
    assert chromium.visit(WHERE, lambda visit: visit.said, html=html, scripts=False) == []
