"""Lists of names, in both orders."""

import re
from collections.abc import Collection, Sequence

from digest.sources.mojibake import mend


def parts(text: str) -> list[str]:
    """Return the mended parts of *text* between its commas, generational suffixes joined."""
    found: list[str] = []
    for part in mend(text).split(","):
        stripped = part.strip().removeprefix("and ")
        if found and _SUFFIX.fullmatch(stripped):
            found[-1] = f"{found[-1]} {stripped}"
        elif stripped:
            found.append(stripped)
    return found


_SUFFIX = re.compile(r"(?:Jr|Sr)\.?|II|III|IV")


def looks_like_names(text: str) -> bool:
    """Return whether *text* is a list of names, of two at least, and nothing else."""
    pieces = [piece.strip() for piece in mend(text).split(",")]
    return len(pieces) > 1 and all(_NAME.fullmatch(piece) for piece in pieces if piece)


# Up to six words that begin with a capital, or are particles such as "van" and "de la".
_WORD = r"(?:[^\W\d_a-z][^\s\d,;:!?]*|[a-z]{1,3}|van|von|den|dos|das|del|della|bint|ibn)"
_NAME = re.compile(rf"{_WORD}(?:\s+{_WORD}){{0,5}}")


def turned(pieces: Sequence[str], *, known: Collection[tuple[str, str]] = ()) -> list[str]:
    """Return *pieces* "Last", "First", "Last", "First", … as "First Last" each.

    Where their number is odd one has no partner: it stands alone where this lets most of
    the pairs be *known*, else at the end.
    """
    if len(pieces) % 2 == 0:
        return [full_name(*pair) for pair in pairs(pieces)]
    alone = max(
        range(0, len(pieces), 2),
        key=lambda place: (
            sum(pair in known for pair in pairs([*pieces[:place], *pieces[place + 1 :]])),
            place,
        ),
    )
    before, after = pieces[:alone], pieces[alone + 1 :]
    return [
        *(full_name(*pair) for pair in pairs(before)),
        pieces[alone],
        *(full_name(*pair) for pair in pairs(after)),
    ]


def pairs(pieces: Sequence[str]) -> list[tuple[str, str]]:
    """Return *pieces*, an even number of them, two by two."""
    return list(zip(pieces[0::2], pieces[1::2], strict=True))


def full_name(last: str, first: str) -> str:
    """Return a name in the order in which it is spoken, its suffix at the end."""
    suffix = _ENDING.search(first)
    if suffix is None:
        return f"{first} {last}"
    return f"{first[: suffix.start()]} {last}{suffix[0]}"


_ENDING = re.compile(rf" (?:{_SUFFIX.pattern})$")
