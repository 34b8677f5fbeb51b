"""What feeds say in HTML, as plain text."""

import html
import re

from lxml import etree
from lxml.html import document_fromstring


def plain(text: str) -> str:
    """Return *text* without its HTML and with single spaces; TeX and its "<" stay.

    HTML that was escaped once more, as many feeds do, is unescaped first.
    """
    once = html.unescape(_without_tags(text))
    return " ".join(_UNREADABLE.sub(" ", _without_tags(once)).split())


def _without_tags(text: str) -> str:
    """Return the text that a browser would show of the HTML *text*."""
    if not _TAG.search(text):
        return text
    escaped = _LESS_THAN.sub("&lt;", _UNREADABLE.sub(" ", text))
    spaced = _BLOCK.sub(lambda tag: f" {tag[0]}", escaped)
    document = document_fromstring(f"<div>{spaced}</div>")
    etree.strip_elements(document, "script", "style", "annotation", with_tail=False)
    return str(document.xpath("string()"))


_NAMES = """
    a | abbr | article | b | blockquote | br | center | cite | code | dd | div | dl | dt | em
    | figcaption | figure | font | h1 | h2 | h3 | h4 | h5 | h6 | hr | i | img | italic | label
    | li | math | mfenced | mfrac | mi | mn | mo | mover | mrow | mspace | msqrt | mstyle | msub
    | msubsup | msup | mtext | munder | bold | ol | p | pre | q | s | script | sc | sec
    | section | semantics | annotation | small | span | strike | strong | style | sub | sup
    | svg | table | tbody | td | tfoot | th | thead | title | tr | tt | u | ul
"""
# A tag that is one beyond doubt: "a<b and c>d" has none.
_A_TAG = (
    rf"(?: /? (?:[a-z0-9]+:)? (?:{_NAMES}) (?: \s+ [\w:-]+ \s* = [^<>]* )? \s* /? >"
    r"| !-- )"
)
_TAG = re.compile(f"< {_A_TAG}", re.IGNORECASE | re.VERBOSE)
_LESS_THAN = re.compile(f"< (?! {_A_TAG} )", re.IGNORECASE | re.VERBOSE)
_BLOCK = re.compile(
    r"</? (?:[a-z0-9]+:)?"
    r"(?: article|blockquote|br|d[dlt]|div|fig\w*|h[1-6r]|li|ol|p|pre|sec|section|t[dhr]|title|ul )"
    r"\b",
    re.IGNORECASE | re.VERBOSE,
)
# What neither XML nor a mail can hold.
_UNREADABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
