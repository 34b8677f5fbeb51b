"""TeX as authors type it, and Unicode as readers see it.

Only what is certainly TeX changes: `$…$` spans, accents, and the macros we know. A bare
`%`, `&` or `~` is a character like any other, and an amount of dollars is no formula.
"""

from digest.models.notation.reading import readable

__all__ = ["readable"]
