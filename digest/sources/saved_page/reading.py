"""Which lines are titles and which abstracts, where nothing on the page says so.

A page without marks is a title, an abstract, a title, an abstract, …, but a line may be
missing, an abstract may come in paragraphs, and a button may stand between two papers. So
every way to read the page has a price, and the cheapest way wins: plain alternation of
short titles and abstracts that end like one costs nothing.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from digest.sources.saved_page.page import Findings, Line

LONGEST_TITLE = 250
"""Characters; the longest of 451 real titles has 154, the shortest real abstract 396."""

_SHORT = 160

_IMPOSSIBLE = 1000
_LONE = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A line, or lines that belong together, on one line; *line* is the number of the first."""

    line: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A title with the parts of its abstract."""

    title: Block
    abstract: tuple[Block, ...] = ()

    @property
    def text(self) -> str:
        """The abstract on one line."""
        return " ".join(block.text for block in self.abstract)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """Papers, and the blocks that are none; *price* says how far-fetched that is."""

    price: int
    drafts: tuple[Draft, ...]
    lone: tuple[Block, ...]


def joined(lines: Sequence[Line]) -> Block:
    """Return *lines*, one at least, as one block."""
    return Block(line=lines[0].number, text=" ".join(line.text for line in lines))


def finished(text: str) -> bool:
    """Return whether *text* ends as abstracts end: a sentence, a link, a note on the code."""
    return _END.search(text, max(0, len(text) - _TAIL)) is not None


_TAIL = 300
_END = re.compile(
    r"""
      [.!?…。] [)\]}"'”’*\s]* $
    | (?: https?://[\w-]+\.\w | www\.\w | \w\.(?:com|org|io|edu|net)/ ) \S* $
    | \{ [^{}]* \} [.\s]* $
    | \b (?: released | available | here | public | publicly | open-sourced? | soon
           | acceptance | publication | request | github ) $
    """,
    re.VERBOSE | re.IGNORECASE,
)


def cheapest(blocks: Sequence[Block], *, another: int = 0) -> Reading:
    """Return the cheapest way to read *blocks*; each paper costs *another* on top."""
    free, title, abstract = 0, _IMPOSSIBLE * 1000, _IMPOSSIBLE * 1000
    steps: list[tuple[str, str, str]] = []
    previous = ""
    for block in blocks:
        rest, before_rest = min((free, "free"), (abstract, "abstract"))
        extended, before_abstract = min(
            (title + _opening_price(block.text), "title"),
            (abstract + _continuing_price(previous, block.text), "abstract"),
        )
        steps.append((before_rest, before_rest, before_abstract))
        free, title, abstract = (
            rest + _LONE,
            rest + _title_price(block.text) + another,
            extended,
        )
        previous = block.text
    price, state = min((free, "free"), (abstract, "abstract"))
    return _assembled(blocks, steps, price, state)


def _assembled(
    blocks: Sequence[Block], steps: Sequence[tuple[str, str, str]], price: int, state: str
) -> Reading:
    """Return the reading of which *steps*, walked back from *state*, tell."""
    drafts: list[Draft] = []
    lone: list[Block] = []
    parts: list[Block] = []
    for block, (before_free, before_title, before_abstract) in zip(
        reversed(blocks), reversed(steps), strict=True
    ):
        if state == "abstract":
            parts.append(block)
            state = before_abstract
        elif state == "title":
            drafts.append(Draft(title=block, abstract=tuple(reversed(parts))))
            parts = []
            state = before_title
        else:
            lone.append(block)
            state = before_free
    return Reading(price=price, drafts=tuple(reversed(drafts)), lone=tuple(reversed(lone)))


def _title_price(text: str) -> int:
    if len(text) > LONGEST_TITLE:
        return _IMPOSSIBLE
    price = 2 if len(text) > _SHORT else 0
    if text.endswith(".") and not text.endswith(("...", "etc.")):
        price += 3
    return price + text[:1].islower()


def _opening_price(text: str) -> int:
    return 0 if len(text) > _SHORT or finished(text) else 4


def _continuing_price(previous: str, text: str) -> int:
    if is_wrapped(previous, text):
        return 0
    if len(text) > LONGEST_TITLE:
        return 2
    return 3 if finished(text) else 6


def is_wrapped(previous: str, text: str) -> bool:
    """Return whether *text* goes on in the middle of the sentence that *previous* began."""
    return not finished(previous) and text[:1].islower()


def below(title: Block, blocks: Sequence[Block]) -> Reading:
    """Return *title* with its abstract: *blocks*, one at least, up to one that is no part of it.

    What stands below such a block belongs to it, and is lone too.
    """
    end = 1
    while end < len(blocks) and _continuing_price(blocks[end - 1].text, blocks[end].text) <= _LONE:
        end += 1
    draft = Draft(title=title, abstract=tuple(blocks[:end]))
    return Reading(price=0, drafts=(draft,), lone=tuple(blocks[end:]))


def report(reading: Reading, *, last: int, findings: Findings) -> None:
    """Warn of what *reading* had to guess; *last* is the number of the page's last line."""
    for draft in reading.drafts:
        if len(draft.title.text) > LONGEST_TITLE:
            findings.warn(
                draft.title.line,
                f"a title of {len(draft.title.text)} characters may be a part of an abstract.",
            )
        for before, part in zip(draft.abstract, draft.abstract[1:], strict=False):
            if len(part.text) <= LONGEST_TITLE and not is_wrapped(before.text, part.text):
                findings.warn(
                    part.line, f"{shown(part.text)} was read as a part of the abstract above it."
                )
    for block in reading.lone:
        where = "the page ends here, so it may be cut off" if block.line >= last else "left out"
        findings.warn(block.line, f"{shown(block.text)} has no abstract below it; {where}.")


def report_cut(text: str, line: int, *, findings: Findings) -> None:
    """Warn where *text*, the last abstract of a page, stops in the middle of a sentence."""
    if text and not finished(text):
        findings.warn(line, "the last abstract stops in a sentence; the page may be cut off.")


def shown(text: str) -> str:
    """Return the beginning of *text* in quotes, for a warning."""
    return repr(text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…")


_SHOWN = 60
