from dataclasses import replace
from datetime import timedelta

import pytest
import time_machine

from digest.models.issues import Pick
from digest.rendering import cards, inlining, workshop
from digest.rendering.cards import Form, Shelf
from digest.rendering.environment import environment
from digest.rendering.fragments import Part
from digest.rendering.workshop import Workshop
from tests.factories import DAY, make_paper, make_pick, make_trend
from tests.rendering import samples


class Counting:
    """A workshop's premailer that counts how often it runs."""

    def __init__(self) -> None:
        self.runs = 0

    def __call__(self, html: str, *, hooks: frozenset[str]) -> str:
        self.runs += 1
        return inlining.inlined(html, hooks=hooks)


@pytest.fixture
def premailer(monkeypatch: pytest.MonkeyPatch) -> Counting:
    counting = Counting()
    monkeypatch.setattr(workshop, "inlined", counting)
    return counting


@pytest.fixture
def shelf(premailer: Counting) -> Shelf:
    made = Shelf(Workshop(environment()))
    premailer.runs = 0
    return made


def placed(shelf: Shelf, pick: Pick, form: Form = Form.CARD, *, days: int = 0) -> tuple[str, str]:
    html, text = Part(), Part()
    shelf.place(form, pick, DAY + timedelta(days=days), html=html, text=text)
    return "".join(html.texts), "".join(text.texts)


def test_premailer_runs_once_a_paper_and_day(shelf: Shelf, premailer: Counting) -> None:
    for rank in range(1, 6):
        placed(shelf, make_pick(rank, make_paper(), score=samples.scored(9.0 * rank)))
    assert premailer.runs == 1

    placed(shelf, make_pick(1, make_paper()), days=1)
    assert premailer.runs == 2


def test_readers_share_a_card_and_not_their_reasons(shelf: Shelf) -> None:
    mine = placed(shelf, make_pick(1, make_paper(), score=samples.scored(30.0, 4.0)))
    yours = placed(shelf, make_pick(2, make_paper(), score=samples.scored(1.0, 40.0)))

    for here, there in zip(mine, yours, strict=True):
        assert here != there
        assert "140 upvotes" in here
    assert "“sperm whales” 30 + 140 upvotes 4 = 34" in mine[1]
    assert "140 upvotes 40 + “sperm whales” 1 = 41" in yours[1]


def test_a_paper_that_changed_gets_a_new_card(shelf: Shelf, premailer: Counting) -> None:
    paper = make_paper()
    placed(shelf, make_pick(1, paper))
    shown = placed(shelf, make_pick(1, replace(paper, title="Whales count no more")))
    grown = placed(shelf, make_pick(1, paper, trend=make_trend(upvotes=99)))

    assert premailer.runs == 3
    assert "Whales count no more" in shown[0]
    assert "99</span> upvotes" in grown[0]


def test_equal_papers_from_two_readings_share_a_card(shelf: Shelf, premailer: Counting) -> None:
    placed(shelf, make_pick(1, make_paper(), trend=make_trend()))
    placed(shelf, make_pick(1, make_paper(), trend=make_trend()))

    assert premailer.runs == 1


@pytest.mark.parametrize("form", Form)
def test_each_form_is_a_card_of_its_own(form: Form, shelf: Shelf, premailer: Counting) -> None:
    placed(shelf, make_pick(), Form.CARD)
    placed(shelf, make_pick(), form)

    assert premailer.runs == (1 if form is Form.CARD else 2)


def test_only_the_latest_days_are_kept(shelf: Shelf, premailer: Counting) -> None:
    for days in range(30):
        placed(shelf, make_pick(), days=days)
    assert premailer.runs == 30
    placed(shelf, make_pick(), days=29)
    placed(shelf, make_pick(), days=28)
    assert premailer.runs == 30
    placed(shelf, make_pick(), days=3)
    assert premailer.runs == 31
    placed(shelf, make_pick(), days=29)
    assert premailer.runs == 31


def test_a_day_has_no_more_cards_than_fit(
    shelf: Shelf, premailer: Counting, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cards, "PAPERS", 3)
    for rank in range(1, 6):
        placed(shelf, make_pick(rank))
    placed(shelf, make_pick(5))
    assert premailer.runs == 5
    placed(shelf, make_pick(1))
    assert premailer.runs == 6


def test_a_paper_that_names_the_sentinels_keeps_its_words(shelf: Shelf) -> None:
    title = "qrankz {{ slots.rank }} {% raw %} <!--fragment--> qwhyz"
    html, text = placed(shelf, make_pick(7, replace(make_paper(), title=title)))

    assert "qrankz {{ slots.rank }} {% raw %} &lt;!--fragment--&gt; qwhyz" in html
    assert title in text


def test_a_reader_is_warned_of_what_speaks_against(shelf: Shelf) -> None:
    html, text = placed(shelf, make_pick(score=samples.scored(-3.0, 10.0)))

    assert "140 upvotes 10 \N{MINUS SIGN} “sperm whales” 3 = 7" in text
    assert " \N{MINUS SIGN} “sperm whales”\u00a0<" in html


def test_a_score_below_nothing_is_signed(shelf: Shelf) -> None:
    _, text = placed(shelf, make_pick(score=samples.scored(-3.0)))

    assert "\N{MINUS SIGN}“sperm whales” 3 = \N{MINUS SIGN}3" in text


def test_the_clock_has_no_say(shelf: Shelf) -> None:
    with time_machine.travel(0):
        then = placed(shelf, make_pick())

    assert placed(shelf, make_pick()) == then
