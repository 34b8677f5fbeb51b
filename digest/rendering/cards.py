"""The cards of a day: made once a paper, kept while the day lasts, filled per reader."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import lru_cache

from markupsafe import escape

from digest.models.issues import Pick, Score, Trend
from digest.models.papers import Paper
from digest.rendering.actions import Actions, Answering
from digest.rendering.fragments import Fragment, Part, piece
from digest.rendering.reasons import Summand, summands, total
from digest.rendering.views import Card, card
from digest.rendering.words import wrapped
from digest.rendering.workshop import Workshop

DAYS = 2
"""Days whose cards are kept: a run that goes past midnight keeps both of its own."""

PAPERS = 3_000
"""Cards kept of one day, at most; some 30 kB each."""

SUMMANDS = 16_384
"""Parts of scores kept as HTML; the same few signals and points come again and again."""

_MARGIN = " " * 4
_piece = lru_cache(maxsize=256)(piece)


class Form(StrEnum):
    """How much of a paper is shown."""

    LEAD = "lead"
    CARD = "card"
    ROW = "row"


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A card as it was made, and what it was made of."""

    paper: Paper
    trend: Trend
    card: Card
    html: Fragment
    text: Fragment

    def shows(self, pick: Pick) -> bool:
        """Return whether it is still what *pick* would look like."""
        same = self.paper is pick.paper or self.paper == pick.paper
        return same and (self.trend is pick.trend or self.trend == pick.trend)


class Shelf:
    """Keeps the cards of the latest days, and fills them."""

    def __init__(self, workshop: Workshop) -> None:
        self._workshop = workshop
        self._days: dict[date, dict[tuple[Form, str], Kept]] = {}
        self._why = workshop.html("issue/why.html")
        self._sum = workshop.html("issue/sum.html")
        self._summand = lru_cache(maxsize=SUMMANDS)(_summand(workshop))
        self._actions = Actions(workshop)

    def place(
        self,
        form: Form,
        pick: Pick,
        day: date,
        *,
        html: Part,
        text: Part,
        answering: Answering | None = None,
    ) -> Card:
        """Add the card of *pick* to both parts, with links for *answering* it, and return it."""
        kept = self._kept(form, pick, day)
        parts = summands(pick.score, parts=_NAMED[form])
        why = self._why_html(parts, pick.score)
        words = _why_text(parts, pick.score)
        if form is Form.ROW:
            joint = " · Why this: " if kept.card.short_byline else "Why this: "
            why = f"{joint}{why}" if why else ""
        else:
            why = self._why.written(sum=why) if why else ""
        actions, lines = self._actions.of(pick.rank, answering)
        kept.html.fill(html, rank=_piece(str(pick.rank)), why=why, actions=actions)
        words = f"{wrapped(f'Why this: {words}', indent=_MARGIN)}\n" if words else ""
        rank = _piece(f"{pick.rank}.".ljust(len(_MARGIN)))
        kept.text.fill(text, rank=rank, why=words, actions=lines)
        return kept.card

    def _kept(self, form: Form, pick: Pick, day: date) -> Kept:
        cards = self._days.get(day)
        if cards is None:
            cards = self._days[day] = {}
            for old in sorted(self._days)[:-DAYS]:
                self._days.pop(old, None)
        key = (form, pick.paper.id)
        kept = cards.get(key)
        if kept is None or not kept.shows(pick):
            kept = cards[key] = self._made(form, pick)
            if len(cards) > PAPERS:
                cards.pop(next(iter(cards)), None)
        return kept

    def _made(self, form: Form, pick: Pick) -> Kept:
        shown = card(pick)
        text = "row" if form is Form.ROW else "card"
        return Kept(
            paper=pick.paper,
            trend=pick.trend,
            card=shown,
            html=self._workshop.html(f"issue/{form}.html", card=shown),
            text=self._workshop.text(f"issue/{text}.txt", card=shown),
        )

    def _why_html(self, parts: tuple[Summand, ...], score: Score) -> str:
        if not parts:
            return ""
        written = [
            self._summand(sign, part.words, abs(part.points))
            for sign, part in zip(_signs(parts), parts, strict=True)
        ]
        return self._sum.written(summands="".join(written), total=_signed(total(score)))


_MINUS = "\N{MINUS SIGN}"
_NAMED = {Form.LEAD: 4, Form.CARD: 4, Form.ROW: 3}


def _summand(workshop: Workshop) -> Callable[[str, str, int], str]:
    """Return what writes one part of a score as HTML."""
    fragment = workshop.html("issue/summand.html")

    def written(sign: str, words: str, points: int) -> str:
        return fragment.written(sign=sign, words=str(escape(words)), points=str(points))

    return written


def _why_text(parts: tuple[Summand, ...], score: Score) -> str:
    if not parts:
        return ""
    written = [
        f"{sign}{part.words} {abs(part.points)}"
        for sign, part in zip(_signs(parts), parts, strict=True)
    ]
    return f"{''.join(written)} = {_signed(total(score))}"


def _signs(parts: tuple[Summand, ...]) -> list[str]:
    signs = [" + " if part.points > 0 else f" {_MINUS} " for part in parts]
    signs[0] = "" if parts[0].points > 0 else _MINUS
    return signs


def _signed(points: int) -> str:
    return str(points) if points >= 0 else f"{_MINUS}{-points}"
