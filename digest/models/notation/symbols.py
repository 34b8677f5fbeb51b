"""What the macros of TeX stand for."""

import unicodedata
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


STYLES = _names(
    "bm boldsymbol emph mathbf mathbfit mathcal mathfrak mathit mathnormal mathrm mathscr"
    " mathsf mathtt mbox hbox operatorname text textbf textit textmd textnormal textrm"
    " textsc textsf textsl texttt textup uline underline url"
)
"""Macros of one argument that say how it looks, which we leave to the reader's program."""

SWITCHES = _names(
    "bf bfseries cal displaystyle em it itshape rm rmfamily sc scshape scriptstyle sf"
    " sffamily sl slshape textstyle tt ttfamily"
)
"""Macros that change how the rest of their group looks."""

DELIMITER_SIZES = _names(
    "left right middle big Big bigg Bigg bigl bigr Bigl Bigr biggl biggr Biggl Biggr"
)
"""Macros that say how large the delimiter after them is."""

OPERATORS = _names(
    "arccos arcsin arctan arg cos cosh cot deg det dim exp gcd hom inf ker lg lim liminf"
    " limsup ln log max min sin sinh sup tan tanh"
)
"""Macros that stand for their own name."""

SPACES: Mapping[str, str] = MappingProxyType(
    {",": " ", ";": " ", ":": " ", " ": " ", "!": "", "quad": " ", "qquad": " ", "thinspace": " "}
)

ESCAPED = frozenset("%&_#${}")
"""Characters that stand for themselves behind a backslash."""

ACCENTS: Mapping[str, str] = MappingProxyType(
    {
        "`": "\u0300",
        "'": "\u0301",
        "^": "\u0302",
        "~": "\u0303",
        "=": "\u0304",
        "u": "\u0306",
        ".": "\u0307",
        '"': "\u0308",
        "r": "\u030a",
        "H": "\u030b",
        "v": "\u030c",
        "d": "\u0323",
        "c": "\u0327",
        "k": "\u0328",
        "b": "\u0331",
    }
)
"""The combining character of each accent in text."""

MATH_ACCENTS: Mapping[str, str] = MappingProxyType(
    {
        "acute": "\u0301",
        "bar": "\u0304",
        "breve": "\u0306",
        "check": "\u030c",
        "ddot": "\u0308",
        "dot": "\u0307",
        "grave": "\u0300",
        "hat": "\u0302",
        "overline": "\u0304",
        "tilde": "\u0303",
        "vec": "\u20d7",
        "widehat": "\u0302",
        "widetilde": "\u0303",
    }
)
"""The combining character of each accent in a formula."""

# Letters have raised forms too, but few fonts in mail programs draw them.
SUPERSCRIPTS = str.maketrans("0123456789+-=()ni", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿⁱ")
SUBSCRIPTS = str.maketrans("0123456789+-=()aehijklmnoprstuvx", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ")

_ONE_LETTER = frozenset("oOlLijSP")


@cache
def symbols() -> Mapping[str, str]:
    """Return the character that each macro without an argument stands for, by its name."""
    # Loading this costs 60 ms, and most titles and abstracts have no macro at all.
    from pylatexenc.latex2text import get_default_latex_context_db  # noqa: PLC0415

    context = get_default_latex_context_db()
    found: dict[str, str] = {}
    for category in context.category_list:
        for name, specification in context.d[category]["macros"].items():
            character = specification.simplify_repl
            if (
                isinstance(character, str)
                and len(character) == 1
                and character not in "\\$"
                and character.isprintable()
                and name.isalpha()
                and (len(name) > 1 or name in _ONE_LETTER)
            ):
                found.setdefault(name, character)
    return MappingProxyType(found)


def double_struck(letters: str) -> str:
    """Return *letters* as blackboard bold where Unicode has had them from the start."""
    return "".join(_DOUBLE_STRUCK.get(letter, letter) for letter in letters)


_DOUBLE_STRUCK = {
    letter: unicodedata.lookup(f"DOUBLE-STRUCK CAPITAL {letter}") for letter in "CHNPQRZ"
}
