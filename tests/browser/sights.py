"""What is wrong with an open page: each function answers with sentences, none if all is well."""

from functools import cache
from importlib.resources import files

from playwright.sync_api import Page

WCAG = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa")
FINGER = 44
"""CSS pixels that a button or a field has to be high, to be met by a finger."""


@cache
def _axe() -> str:
    return files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")


def barriers(page: Page) -> list[str]:
    """Return what axe finds against WCAG 2.2 A and AA, and what it could not decide."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(f"{_axe()}; 0")
    found = page.evaluate(_RUN, list(WCAG))
    return [
        f"{kind}: {rule['id']}: {' '.join(map(str, node['target']))}: {node['failureSummary']}"
        for kind in ("violations", "incomplete")
        for rule in found[kind]
        for node in rule["nodes"]
    ]


def rules_that_looked(page: Page) -> set[str]:
    """Return the names of axe's rules that found something to judge."""
    page.evaluate(f"{_axe()}; 0")
    found = page.evaluate(_RUN, list(WCAG))
    return {rule["id"] for kind in found for rule in found[kind]}


def overflow(page: Page) -> list[str]:
    """Return what does not fit the width of the window, or a box that cuts it off."""
    sentences: list[str] = page.evaluate(_OVERFLOW)
    return sentences


def low_targets(page: Page) -> list[str]:
    """Return the buttons, fields and links shaped like buttons that are too low for a finger."""
    sentences: list[str] = page.evaluate(_LOW_TARGETS, FINGER)
    return sentences


# The rule on the size of targets is off unless it is asked for.
_RUN = """
async tags => {
  const found = await axe.run(document, {
    runOnly: {type: "tag", values: tags},
    rules: {"target-size": {enabled: true}},
  });
  return {violations: found.violations, incomplete: found.incomplete, passes: found.passes};
}
"""
_NAME = """
  const name = one => `<${one.tagName.toLowerCase()}> “${(one.innerText || "").trim().slice(0, 40)}”`;
"""
_OVERFLOW = f"""
() => {{
  {_NAME}
  const root = document.documentElement;
  const said = [];
  if (root.scrollWidth > root.clientWidth)
    said.push(`the page is ${{root.scrollWidth}} px wide in ${{root.clientWidth}}`);
  for (const one of document.body.querySelectorAll("*")) {{
    const box = one.getBoundingClientRect();
    if (!box.width || !box.height) continue;
    if (box.right > root.clientWidth + 1 || box.left < -1)
      said.push(`${{name(one)}} is at ${{Math.round(box.left)}} to ${{Math.round(box.right)}} px`);
    if (getComputedStyle(one).overflowX !== "visible" && one.scrollWidth > one.clientWidth + 1)
      said.push(`${{name(one)}} cuts off ${{one.scrollWidth - one.clientWidth}} px`);
  }}
  return said;
}}
"""
_LOW_TARGETS = f"""
least => {{
  {_NAME}
  const said = [];
  for (const one of document.querySelectorAll("a[href], button, input, select, textarea, summary")) {{
    const box = one.getBoundingClientRect();
    const link = one.tagName === "A";
    if (!box.height || one.type === "hidden") continue;
    if (link && getComputedStyle(one).display === "inline") continue;
    if (box.height < least) said.push(`${{name(one)}} is ${{Math.round(box.height)}} px high`);
  }}
  return said;
}}
"""
