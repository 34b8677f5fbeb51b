"""More, less, save: the links by which a reader answers a paper."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Self

from markupsafe import escape

from digest.links import Purpose, url
from digest.models.feedback import Verdict
from digest.rendering.fragments import Fragment, Part, Piece, piece
from digest.rendering.workshop import Workshop

RANKS = 256
"""Ranks whose links are kept; no issue has as many papers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answering:
    """Where one reader's answers to the papers of one issue go, in both parts of the mail.

    Every link of the mail begins with it: it is signed once, and encoded once.
    """

    html: Piece
    text: Piece

    @classmethod
    def at(cls, public_url: str, token: str) -> Self:
        """Return where *token* has answers go."""
        door = url(public_url, Purpose.FEEDBACK, token)
        return cls(html=piece(str(escape(door))), text=piece(door))


class Actions:
    """Writes the links of a rank, made once for all readers but for where they begin."""

    def __init__(self, workshop: Workshop) -> None:
        html, text = workshop.html("issue/actions.html"), workshop.text("issue/actions.txt")

        @lru_cache(maxsize=RANKS)
        def of_rank(rank: int) -> tuple[Fragment, Fragment]:
            ranks = {f"{verdict}_rank": str(rank) for verdict in Verdict}
            return html.filled(**ranks), text.filled(**ranks)

        self._of_rank = of_rank

    def of(self, rank: int, answering: Answering | None) -> tuple[Part, Part]:
        """Return the links of the paper at *rank* for both parts, empty where none answers."""
        html, text = Part(), Part()
        if answering is not None:
            here, there = answering.html, answering.text
            in_html, in_text = self._of_rank(rank)
            in_html.fill(html, more=here, less=here, save=here)
            in_text.fill(text, more=there, less=there, save=there)
        return html, text
