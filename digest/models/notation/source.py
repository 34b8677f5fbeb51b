"""A TeX text with its braces matched once, so that reading it stays linear."""

import re

DEEPEST = 8
"""Groups inside groups that are still read; deeper ones stay as they are."""


class Source:
    """A text and where each of its groups closes."""

    __slots__ = ("_closing", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        self._closing: dict[int, int] = {}
        opened: list[int] = []
        for brace in _BRACE.finditer(text):
            if brace[0] == "{":
                opened.append(brace.start())
            elif brace[0] == "}" and opened:
                self._closing[opened.pop()] = brace.start()

    def closing(self, at: int, end: int) -> int | None:
        """Return where the group that opens at *at* closes; None if not before *end*."""
        close = self._closing.get(at)
        return close if close is not None and close < end else None

    def macro(self, at: int, end: int) -> str:
        """Return the name of the macro at *at*, empty where none begins."""
        match = _MACRO.match(self.text, at, end)
        return match[1] if match else ""

    def spaced(self, word: str, at: int, after: int, end: int) -> str:
        """Return *word*, which stands from *at* to *after*, spaced from what it touches."""
        left = " " if self.text[at - 1 : at].isalnum() else ""
        following = self.text[after : min(after + 1, end)]
        right = " " if following.isalnum() or following in ("{", "\\") else ""
        return f"{left}{word}{right}"


_BRACE = re.compile(r"\\.|[{}]", re.DOTALL)
_MACRO = re.compile(r"\\([A-Za-z]+)")
