"""What is wrong with an open page: each function returns sentences, none where all is well."""

from functools import cache
from importlib.resources import files
from typing import Any

from playwright.sync_api import Page

WCAG = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa")
FINGER = 44
"""CSS pixels that what is pressed has to be high."""


def barriers(page: Page) -> list[str]:
    """Return what breaks WCAG 2.2 A or AA, and what axe could not decide."""
    found = examined(page)
    return [
        f"{kind}: {rule['id']}: {' '.join(map(str, node['target']))}: {node['failureSummary']}"
        for kind in ("violations", "incomplete")
        for rule in found[kind]
        for node in rule["nodes"]
    ]


def examined(page: Page) -> dict[str, Any]:
    """Return axe's violations and incomplete, and under passes the names of other rules."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(f"{_axe()}; 0")
    found: dict[str, Any] = page.evaluate(_AXE_RUN, list(WCAG))
    return found


@cache
def _axe() -> str:
    return files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")


# The rule about the size of targets is off where nobody asks for it by name.
_AXE_RUN = """
async tags => {
  const {violations, incomplete, passes} = await axe.run(document, {
    runOnly: {type: "tag", values: tags},
    rules: {"target-size": {enabled: true}},
    resultTypes: ["violations", "incomplete"],
  });
  return {violations, incomplete, passes: passes.map(rule => rule.id)};
}
"""


def overflow(page: Page) -> list[str]:
    """Return what is wider than the window, or cut off by a box that is too narrow."""
    sentences: list[str] = page.evaluate(_OVERFLOW)
    return sentences


def low_targets(page: Page) -> list[str]:
    """Return the buttons, fields and links in the shape of a button that no finger meets."""
    sentences: list[str] = page.evaluate(_LOW_TARGETS, FINGER)
    return sentences


_NAME = """
  const name = one =>
    `<${one.tagName.toLowerCase()}> "${(one.innerText || "").trim().slice(0, 40)}"`;
"""
_OVERFLOW = f"""
() => {{
  {_NAME}
  const said = [], root = document.documentElement, room = root.clientWidth;
  if (root.scrollWidth > room) said.push(`the page is ${{root.scrollWidth}} px wide in ${{room}}`);
  for (const one of document.body.querySelectorAll("*")) {{
    const box = one.getBoundingClientRect();
    if (!box.width || !box.height) continue;
    if (box.left < -1 || box.right > room + 1)
      said.push(`${{name(one)}} goes from ${{Math.round(box.left)}} to ${{Math.round(box.right)}}`);
    if (getComputedStyle(one).overflowX !== "visible" && one.scrollWidth > one.clientWidth + 1)
      said.push(`${{name(one)}} is cut off by ${{one.scrollWidth - one.clientWidth}} px`);
  }}
  return said;
}}
"""
_LOW_TARGETS = f"""
least => {{
  {_NAME}
  const said = [];
  const targets = "a[href], button, input:not([type=hidden]), select, textarea, summary";
  for (const one of document.querySelectorAll(targets)) {{
    const box = one.getBoundingClientRect();
    // A link among words is as high as their line; axe looks at the room around it.
    const among = one.tagName === "A" && (getComputedStyle(one).display === "inline"
      || one.parentElement.innerText.trim() !== one.innerText.trim());
    if (!box.height || among) continue;
    if (box.height < least) said.push(`${{name(one)}} is ${{Math.round(box.height)}} px high`);
  }}
  return said;
}}
"""
