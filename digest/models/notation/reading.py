"""From TeX to Unicode: text first, formulas inside it."""

import re
import unicodedata

from digest.models.notation.formulas import FormulaUnreadable, formula
from digest.models.notation.source import DEEPEST, Source
from digest.models.notation.symbols import (
    ACCENTS,
    ESCAPED,
    OPERATORS,
    SPACES,
    STYLES,
    SUBSCRIPTS,
    SUPERSCRIPTS,
    SWITCHES,
    symbols,
)


def readable(text: str) -> str:
    r"""Return *text* with its TeX as Unicode, for display; no word is ever lost.

    What is already readable stays as it is, and so does what cannot be read: an unknown
    macro, a formula that never ends, an escape like the one in `don\'t`.
    """
    if "$" not in text and "\\" not in text:
        return text
    reading = _text(Source(text))
    for _ in range(_PASSES):
        again = _text(Source(reading))
        if again == reading:
            return reading
        reading = again
    return text


# What a reading uncovers, as in `\$x\$`, is read again; three turns are more than people write.
_PASSES = 3


def _text(source: Source, start: int = 0, end: int | None = None, depth: int = 0) -> str:
    """Return what *source* says in text from *start* to *end*."""
    text = source.text
    at, end = start, len(text) if end is None else end
    pieces: list[str] = []
    while special := _SPECIAL.search(text, at, end):
        pieces.append(text[at : special.start()])
        piece, at = _piece(source, special.start(), end, depth)
        pieces.append(piece)
    pieces.append(text[at:end])
    return "".join(pieces)


_SPECIAL = re.compile(r"[\\$]|\{(?=\\)")


def _piece(source: Source, at: int, end: int, depth: int) -> tuple[str, int]:
    """Return what stands at *at*, where something special begins, and where it ends."""
    if source.text[at] == "$":
        return _dollars(source, at, end)
    if source.text[at] == "{":
        return _group(source, at, end, depth)
    if source.macro(at, end):
        return _macro(source, at, end, depth)
    return _sign(source, at, end)


def _sign(source: Source, at: int, end: int) -> tuple[str, int]:
    """Return what the backslash at *at* makes of the sign after it."""
    raw = source.text[at : min(at + 2, end)]
    following = raw[1:]
    if following and following in "([":
        return _brackets(source, at, end)
    if following in ESCAPED:
        return following, at + 2
    if following in ACCENTS:
        return _accent(source.text, at, end) or (raw, at + 2)
    if following in SPACES and following != "!":
        return _space(source.text, at, at + 2, end), at + 2
    return raw, at + len(raw)


def _dollars(source: Source, at: int, end: int) -> tuple[str, int]:
    match = _DOLLARS.match(source.text, at, end)
    if match is None:
        return "$", at + 1
    group = match.lastindex or 0
    content = match[group]
    follows = source.text[match.end() : match.end() + 1]
    if not _is_formula(content, follows):
        return "$", at + 1
    return _formula(source, match, group)


_DOLLARS = re.compile(r"\$\$((?:[^$\\]|\\.){1,500})\$\$|\$((?:[^$\\]|\\.){1,500})\$", re.DOTALL)


def _is_formula(content: str, follows: str) -> bool:
    """Return whether dollars around *content* mean a formula, not money."""
    if content[-1].isspace() != content[0].isspace() or content.isspace():
        return False
    if _TEX.search(content) or _RELATION.fullmatch(content):
        return True
    return not (
        follows.isdigit()
        or content[0].isspace()
        or content[-1] in "-–,;:(/+=<>"
        or _PROSE.search(content)
    )


_TEX = re.compile(r"\\[A-Za-z]|[\w)}\]]\^|[A-Za-z)}\]]_|\{")
_RELATION = re.compile(r"[<>=≤≥±~≈×]")
_PROSE = re.compile(r"(?<![A-Za-z])[A-Za-z]{3,}\s|\s[A-Za-z]{3,}(?![A-Za-z])")


def _brackets(source: Source, at: int, end: int) -> tuple[str, int]:
    match = _BRACKETS.match(source.text, at, end)
    if match is None:
        return source.text[at : at + 2], at + 2
    return _formula(source, match, match.lastindex or 0)


_BRACKETS = re.compile(r"\\\(([^$]{1,500}?)\\\)|\\\[([^$]{1,500}?)\\\]")


def _formula(source: Source, match: re.Match[str], group: int) -> tuple[str, int]:
    """Return the formula in *group* of *match*, spaced from words that it touches."""
    text = source.text
    try:
        reading = formula(source, match.start(group), match.end(group))
    except FormulaUnreadable:
        return match[0], match.end()
    inner = reading.strip()
    if not inner:
        return match[0], match.end()
    before = text[max(0, match.start() - 1) : match.start()]
    after = text[match.end() : match.end() + 1]
    left = " " if reading[0].isspace() and before.isalnum() else ""
    right = " " if reading[-1].isspace() and after.isalnum() else ""
    return f"{left}{inner}{right}", match.end()


def _group(source: Source, at: int, end: int, depth: int) -> tuple[str, int]:
    r"""Return `{\"o}`, `{\alpha}` or `{\bf …}` without its braces, or the brace alone."""
    close = source.closing(at, end)
    if close is None or depth >= DEEPEST:
        return "{", at + 1
    name = source.macro(at + 1, close)
    if name in SWITCHES:
        start = at + 2 + len(name)
        return _text(source, start, close, depth + 1).lstrip(), close + 1
    piece, ends = _piece(source, at + 1, close, depth + 1)
    if ends == close and piece != source.text[at + 1 : close]:
        return piece, close + 1
    return "{", at + 1


def _macro(source: Source, at: int, end: int, depth: int) -> tuple[str, int]:
    r"""Return what the macro at *at* says, or its name as it stands."""
    name = source.macro(at, end)
    after = at + 1 + len(name)
    if name in ACCENTS and (accent := _accent(source.text, at, end)):
        return accent
    if name in SPACES:
        return _space(source.text, at, after, end), after
    if name in OPERATORS:
        return source.spaced(name, at, after, end), after
    if (character := symbols().get(name)) is not None:
        return _symbol(source.text, at, after, end, character)
    if depth < DEEPEST and (close := source.closing(after, end)) is not None:
        return _styled(source, name, after, close, depth) or (source.text[at:after], after)
    return source.text[at:after], after


def _styled(
    source: Source, name: str, start: int, close: int, depth: int
) -> tuple[str, int] | None:
    """Return what macro *name* makes of the group from *start* to *close*."""
    content = _text(source, start + 1, close, depth + 1)
    if name in STYLES:
        return content, close + 1
    if name == "footnote":
        return f" ({content})", close + 1
    if name in ("textsuperscript", "textsubscript"):
        table = SUPERSCRIPTS if name == "textsuperscript" else SUBSCRIPTS
        script = content.translate(table)
        raised = not any(old == new for old, new in zip(content, script, strict=True))
        return (script if raised else content), close + 1
    if name == "href" and (second := source.closing(close + 1, len(source.text))) is not None:
        shown = _text(source, close + 2, second, depth + 1)
        return (shown if shown == content else f"{shown} ({content})"), second + 1
    return None


def _symbol(text: str, at: int, after: int, end: int, character: str) -> tuple[str, int]:
    r"""Return the symbol with the end of its macro, as in `\ss{}`, `stra\ss e` or `\alpha `."""
    if text.startswith("{}", after) and after + 2 <= end:
        return character, after + 2
    glued = text[at - 1 : at].isalpha() or character.isupper()
    if (
        glued
        and unicodedata.name(character, "").startswith("LATIN")
        and _LETTER_FOLLOWS.match(text, after, end)
    ):
        return character, after + 1
    return character, after


_LETTER_FOLLOWS = re.compile(r" [a-z]")


def _space(text: str, at: int, after: int, end: int) -> str:
    """Return the space a macro asks for, unless there is one beside it."""
    beside = text[at - 1 : at].isspace() or text[after : min(after + 1, end)].isspace()
    return "" if beside else " "


def _accent(text: str, at: int, end: int) -> tuple[str, int] | None:
    """Return the accented letter that stands at *at* and its end, None where none does."""
    match = _ACCENT.match(text, at, end)
    if match is None or _ESCAPED_QUOTE.match(text, at, end):
        return None
    mark = match["sign"] or match["letter"] or match["narrow"]
    base = (match["braced"] or match["bare"]).lstrip("\\")
    if mark == '"' and base.lower() not in "aeiouy":
        return None
    accented = unicodedata.normalize("NFC", base + ACCENTS[mark])
    return (accented, match.end()) if len(accented) == 1 else None


_ACCENT = re.compile(
    r"""
    \\ (?: (?P<sign>["'`^~=.])
         | (?P<letter>[cvukH]) (?=[ {]) [ ]?
         | (?P<narrow>[dbr]) (?=\{)
       )
    (?: \{ [ ]* (?P<braced> \\[ij] | [A-Za-z] ) [ ]* \}
      | (?P<bare> \\[ij] (?![A-Za-z]) | [A-Za-z] )
        # TeX takes the space after a macro's name for its end, as in `na\"\i ve`.
        (?: (?<=\\[ij]) [ ] (?=[a-z]) )?
    )
    """,
    re.VERBOSE,
)

_ESCAPED_QUOTE = re.compile(
    r"""
    (?<=[A-Za-z]) \\' (?:s|t|d|m|re|ve|ll) (?![A-Za-z])                      # don\'t
    | (?<![A-Za-z{}]) \\(["']) (?= [^\\]{1,200} \\\1 (?![A-Za-z{\\]) )       # \"so called\"
    """,
    re.VERBOSE,
)
