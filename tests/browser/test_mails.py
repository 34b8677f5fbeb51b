"""Every mail in a real browser: nobody is kept out, everything fits, and nothing is asked for."""

import re
from collections.abc import Callable, Iterator, Mapping
from itertools import product
from pathlib import Path

import pytest

from digest.bootstrap import SAMPLE_DAY, App
from digest.cli.demo import READERS
from digest.models.issues import Issue
from digest.rendering.emails import Press
from digest.services.preview import preview
from digest.services.subscribe import find_reader
from tests.browser.chromium import Chromium, Visit
from tests.browser.faults import barriers, examined, low_targets, overflow
from tests.browser.validity import invalid, missing
from tests.rendering import samples
from tests.rendering.test_gates import nasty_issues

ROOT = Path(__file__).parents[2]
PICTURES = ROOT / "build" / "mails"
WHERE = "https://mail.example.org/"

GOLDEN = {path.stem: path for path in sorted((ROOT / "tests" / "golden").glob("*.html"))}
NASTY: Mapping[str, Issue] = dict(nasty_issues())
MAILS = [
    *(f"golden {name}" for name in GOLDEN),
    *(f"sample {address.partition('@')[0]}" for address in READERS),
    *(f"nasty {name}" for name in NASTY),
]

ReadMail = Callable[[str], str]


@pytest.fixture(scope="session")
def read_mail(request: pytest.FixtureRequest) -> ReadMail:
    """Return a mail of MAILS by its name, as HTML."""
    press = Press(samples.IMPRINT)

    def read(name: str) -> str:
        kind, _, rest = name.partition(" ")
        if kind == "golden":
            return GOLDEN[rest].read_text(encoding="utf-8")
        if kind == "nasty":
            return samples.printed(press, NASTY[rest]).html
        app: App = request.getfixturevalue("sample")
        reader = find_reader(f"{rest}@example.org", store=app.store)
        email = preview(
            reader, SAMPLE_DAY, store=app.store, press=app.press, links=app.links, clock=app.clock
        )
        return email.html

    return read


def file_name(name: str) -> str:
    return re.sub(r"\W+", "-", name)


def looks(visit: Visit) -> Iterator[str]:
    """Show a mail on phones and desks, in each light, and yield what to call the sight."""
    for width, scheme in product((375, 680), ("light", "dark")):
        visit.turn(width, scheme)
        yield f"{width}-{scheme}"
    # Outlook.com takes prefers-color-scheme out, and marks what it recoloured.
    visit.turn(680)
    visit.page.evaluate(
        "for (const mark of ['data-ogsc', 'data-ogsb'])"
        " document.documentElement.setAttribute(mark, '')"
    )
    yield "680-outlook-dark"


@pytest.mark.parametrize("name", MAILS)
def test_it_keeps_nobody_out_and_asks_for_nothing(
    name: str, read_mail: ReadMail, chromium: Chromium
) -> None:
    PICTURES.mkdir(parents=True, exist_ok=True)
    stem = file_name(name)

    def look(visit: Visit) -> dict[str, list[str]]:
        found = {}
        for sight in looks(visit):
            found[sight] = barriers(visit.page)
            visit.page.screenshot(path=PICTURES / f"{stem}-{sight}.png", full_page=True)
        return found | {"asked": visit.refused, "said": visit.said}

    found = chromium.visit(WHERE, look, html=read_mail(name))

    assert {sight: faults for sight, faults in found.items() if faults} == {}


@pytest.mark.parametrize("name", MAILS)
def test_it_fits_with_and_without_its_styles(
    name: str, read_mail: ReadMail, chromium: Chromium
) -> None:
    def look(visit: Visit) -> dict[str, list[str]]:
        found = {}
        for styles in ("styled", "stripped"):
            for width in (320, 375, 680):
                visit.turn(width)
                found[f"{width} {styles}"] = overflow(visit.page)
            visit.turn(375)
            found[f"targets {styles}"] = low_targets(visit.page)
            # Gmail does so in the accounts of others, and in what it clips.
            visit.page.evaluate("document.querySelectorAll('style').forEach(one => one.remove())")
        return found

    found = chromium.visit(WHERE, look, html=read_mail(name))

    assert {sight: faults for sight, faults in found.items() if faults} == {}


@pytest.mark.parametrize("name", ["golden issue", "sample ada"])
def test_contrast_and_targets_were_looked_at(
    name: str, read_mail: ReadMail, chromium: Chromium
) -> None:
    found = chromium.visit(WHERE, lambda visit: examined(visit.page), html=read_mail(name))

    assert {"color-contrast", "target-size", "link-name", "html-has-lang"} <= set(found["passes"])


def test_dark_and_light_are_two_different_mails(read_mail: ReadMail, chromium: Chromium) -> None:
    def look(visit: Visit) -> dict[str, str]:
        return {
            sight: visit.page.evaluate("getComputedStyle(document.body).backgroundColor")
            for sight in looks(visit)
        }

    grounds = chromium.visit(WHERE, look, html=read_mail("sample ada"))

    assert grounds["375-light"] == grounds["680-light"] == "rgb(255, 255, 255)"
    assert grounds["375-dark"] == grounds["680-dark"] == grounds["680-outlook-dark"]
    assert grounds["375-dark"] != grounds["375-light"]


def test_they_are_valid_html(read_mail: ReadMail, tmp_path: Path) -> None:
    if reason := missing():
        pytest.skip(reason)
    mails = {f"{file_name(name)}.html": read_mail(name) for name in MAILS}

    assert invalid({}, tmp_path, mails=mails) == []
