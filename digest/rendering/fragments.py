"""Pieces of a part of a mail, encoded once, and the slots between them filled per reader.

A template is rendered with a sentinel in the place of each slot, inlined, and split at the
sentinels. Every piece is kept as text and as quoted-printable bytes, so that a mail is a
join, and only what fills a slot is encoded for one reader.
"""

import hashlib
import re
from dataclasses import dataclass
from typing import NamedTuple

from digest.errors import RenderingFailed
from digest.rendering.mime import quoted_printable


class Slots:
    """Gives a template its sentinels: `slots.rank` is where the rank will stand.

    The sentinels are letters and digits that follow from *content*, so that no content can
    hold one of its own.
    """

    def __init__(self, content: str) -> None:
        digest = hashlib.sha256(content.encode("utf-8", "surrogatepass")).hexdigest()
        self._prefix = f"q{digest[:20]}q"
        self.names: list[str] = []

    def __getattr__(self, name: str) -> str:
        self.names.append(name)
        return f"{self._prefix}{name}z"

    @property
    def pattern(self) -> re.Pattern[str]:
        """What finds a sentinel, with its name as the first group."""
        return re.compile(rf"{self._prefix}([a-y_]+)z")


class Piece(NamedTuple):
    """A text and its quoted-printable bytes, which leave off at the start of a line."""

    text: str
    encoded: bytes


def piece(text: str) -> Piece:
    """Encode *text* once."""
    return Piece(text, quoted_printable(text))


class Part:
    """A part of a mail while it is put together: what a reader sees, and what goes out."""

    __slots__ = ("encoded", "texts")

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.encoded: list[bytes] = []

    def add(self, value: "str | Piece | Part") -> None:
        """Add *value*; only what is for this reader alone is still to be encoded."""
        if isinstance(value, str):
            if value:
                self.texts.append(value)
                self.encoded.append(quoted_printable(value))
        elif isinstance(value, Piece):
            self.texts.append(value.text)
            self.encoded.append(value.encoded)
        else:
            self.texts += value.texts
            self.encoded += value.encoded


@dataclass(frozen=True, slots=True, kw_only=True)
class Fragment:
    """Pieces with a named slot between each two."""

    first: Piece
    rest: tuple[tuple[str, Piece], ...]

    def fill(self, part: Part, **values: str | Piece | Part) -> None:
        """Add this fragment to *part*, *values* in its slots; raise RenderingFailed lacking one.

        In HTML, values are markup: whoever gives them has escaped them.
        """
        add, texts, encoded = part.add, part.texts, part.encoded
        texts.append(self.first.text)
        encoded.append(self.first.encoded)
        for slot, (text, coded) in self.rest:
            try:
                add(values[slot])
            except KeyError:
                raise RenderingFailed(f"Nobody said what stands in the slot {slot!r}.") from None
            texts.append(text)
            encoded.append(coded)

    def written(self, **values: str) -> str:
        """Return this fragment as text, *values* in its slots."""
        written = [self.first.text]
        for slot, after in self.rest:
            written += (values[slot], after.text)
        return "".join(written)

    def filled(self, **values: str) -> "Fragment":
        """Return this fragment with *values* in their slots for good; the others stay open."""
        texts, slots = [self.first.text], []
        for slot, after in self.rest:
            if slot in values:
                texts[-1] += values[slot] + after.text
            else:
                slots.append(slot)
                texts.append(after.text)
        first, *others = map(piece, texts)
        return Fragment(first=first, rest=tuple(zip(slots, others, strict=True)))


def split(rendered: str, slots: Slots) -> Fragment:
    """Return *rendered* split at the sentinels of *slots*.

    Raise RenderingFailed unless each is there exactly once: one that inlining lost or a
    template used twice would put a wrong word into a mail.
    """
    found = slots.pattern.split(rendered)
    names = found[1::2]
    if sorted(names) != sorted(slots.names):
        astray = sorted(set(names) ^ set(slots.names)) or sorted(names)
        raise RenderingFailed(f"A template lost or doubled its slots: {', '.join(astray)}.")
    if len(set(names)) != len(names):
        raise RenderingFailed(f"A template uses a slot twice: {', '.join(sorted(names))}.")
    first, *others = map(piece, found[::2])
    return Fragment(first=first, rest=tuple(zip(names, others, strict=True)))


def between(document: str, mark: str) -> str:
    """Return what stands between the two comments *mark* of an inlined *document*."""
    parts = document.split(f"<!--{mark}-->")
    if len(parts) != 3:  # noqa: PLR2004 - before, between, behind
        raise RenderingFailed("Inlining lost the ends of a fragment.")
    return parts[1].strip(" \n")
