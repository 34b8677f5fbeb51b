"""The style sheet, the icon and robots.txt."""

import re
import xml.etree.ElementTree as ET

from digest.rendering.colours import DARK, LIGHT
from tests.web.conftest import Site


def test_the_style_sheet_has_every_colour_in_both_schemes(site: Site) -> None:
    answer = site.client.get("/static/site.css")

    assert answer.headers["content-type"] == "text/css; charset=utf-8"
    light, dark = answer.text.split("@media (prefers-color-scheme: dark)")
    for name, colour in LIGHT.items():
        assert f"--{name}: {colour};" in light
        assert f"--{name}: {DARK[name]};" in dark
    used = set(re.findall(r"var\(--(\w+)\)", answer.text))
    assert used <= set(LIGHT)
    assert "url(" not in answer.text


def test_every_class_of_a_page_is_one_the_sheet_knows(site: Site) -> None:
    sheet = site.client.get("/static/site.css").text
    known = set(re.findall(r"\.([a-z]+)", sheet))
    for path in ("/", "/preview", "/privacy", site.settings(), site.leaving(), "/none"):
        classes = " ".join(re.findall(r'class="([^"]+)"', site.client.get(path).text)).split()
        assert set(classes) - known <= {"gist"}


def test_the_icon_is_a_picture(site: Site) -> None:
    answer = site.client.get("/static/icon.svg")

    assert answer.headers["content-type"] == "image/svg+xml"
    assert ET.fromstring(answer.text).tag == "{http://www.w3.org/2000/svg}svg"  # noqa: S314 # our own


def test_a_browser_that_has_a_file_is_not_sent_it_again(site: Site) -> None:
    first = site.client.get("/static/site.css")

    for tag in (first.headers["etag"], f'"other", W/{first.headers["etag"]}'):
        again = site.client.get("/static/site.css", headers={"If-None-Match": tag})
        assert (again.status_code, again.content) == (304, b"")
    changed = site.client.get("/static/site.css", headers={"If-None-Match": '"other"'})
    assert changed.content == first.content


def test_crawlers_are_let_in_so_that_they_see_what_not_to_list(site: Site) -> None:
    answer = site.client.get("/robots.txt")

    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert re.findall(r"^Disallow:(.*)$", answer.text, re.MULTILINE) == [""]
    assert "Disallow: /" not in answer.text
