"""Style sheets moved into style attributes, by premailer, whose faults end here.

It loses rules for dark clients, chokes on nested at-rules and drops the doctype's case;
what a client has to read from a sheet stands in `<style data-premailer="ignore">`, which
passes through untouched. It never sees the source of a template.
"""

import logging
import re
from collections.abc import Collection
from threading import Lock
from typing import Final

import cssutils
import premailer
from lxml import etree

from digest.errors import RenderingFailed

_LOCK = Lock()  # cssutils keeps its settings and its parser for the whole process
_OPTIONS: Final = {
    "strip_important": False,
    "allow_network": False,
    "disable_validation": True,
    "disable_basic_attributes": ["width", "height", "bgcolor", "align", "valign"],
    "cssutils_logging_level": logging.CRITICAL,
}


def inlined(html: str, *, hooks: Collection[str]) -> str:
    """Return the document *html* with its styles inlined and no class left but *hooks*.

    The doctype is HTML's own. Raise RenderingFailed where premailer cannot cope.
    """
    try:
        root = etree.fromstring(html, etree.HTMLParser())
        with _LOCK:
            # "#fff" is not understood by every client that understands "#ffffff".
            cssutils.ser.prefs.minimizeColorHash = False
            premailer.Premailer(root, **_OPTIONS).transform()
    except Exception as error:  # premailer and cssutils raise whatever comes
        raise RenderingFailed("premailer could not inline the styles of a mail.") from error
    for element in root.iter(etree.Element):
        _keep_hooks(element, hooks)
    body = etree.tostring(root, method="html", encoding="unicode")
    return f"<!doctype html>\n{_INDENT.sub(chr(10), body)}\n"


_INDENT = re.compile(r"[ \t]*\n[ \t\n]*")  # of templates; content has no line ends


def _keep_hooks(element: etree._Element, hooks: Collection[str]) -> None:
    names = element.get("class", "").split()
    if kept := [name for name in names if name in hooks]:
        element.set("class", " ".join(kept))
    elif names:
        del element.attrib["class"]
