from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.models.interests import Interest
from digest.models.issues import Issue, Pick, Reason, Score, Signal, SourceState
from digest.models.subscribers import Cadence, Subscription
from digest.rendering import opening
from tests.factories import DAY, make_issue, make_pick, make_reader

SUBSCRIPTION = make_reader().subscription


def pick_for(signal: Signal, subject: str = "whales", points: float = 10.0) -> Pick:
    reason = Reason(signal=signal, subject=subject, points=points)
    return make_pick(1, score=Score(value=points, reasons=(reason,)))


def issue_of(mine: int, others: int = 0, **facts: Any) -> Issue:
    picks = [pick_for(Signal.TERM)] * mine + [
        replace(pick_for(Signal.UPVOTES, "9"), matches=False)
    ] * others
    return make_issue(*picks, **facts)


@pytest.mark.parametrize(
    ("picked", "considered", "new", "sources", "words"),
    [
        (10, 50, 35, 1, "We looked at 50 papers from 1 source, 35 of them new, and picked ten."),
        (
            11,
            1412,
            35,
            2,
            "We looked at 1,412 papers from 2 sources, 35 of them new, and picked 11.",
        ),
        (1, 50, 0, 1, "We looked at 50 papers from 1 source and picked one."),
        (1, 1, 1, 1, "We looked at 1 paper from 1 source, a new one, and picked it."),
        (1, 1, 0, 1, "We looked at 1 paper from 1 source and picked it."),
        (2, 2, 2, 1, "We looked at 2 papers from 1 source, both new, and picked both."),
        (2, 2, 1, 1, "We looked at 2 papers from 1 source, one of them new, and picked both."),
        (3, 3, 3, 1, "We looked at 3 papers from 1 source, all of them new, and picked all three."),
        (2, 9, 9, 0, "We looked at 9 papers, all of them new, and picked two."),
    ],
)
def test_what_was_looked_at_is_said_in_good_english(
    picked: int, considered: int, new: int, sources: int, words: str
) -> None:
    source = SourceState(name="saved pages", papers=considered, latest=DAY)
    issue = issue_of(picked, considered=considered, new_papers=new, sources=(source,) * sources)

    assert opening.looked_at(issue) == words


@pytest.mark.parametrize(
    ("mine", "others", "words"),
    [
        (1, 0, "It matches your interests."),
        (2, 0, "Both match your interests."),
        (10, 0, "All ten match your interests."),
        (6, 4, "Six match your interests; the other four are what others are reading."),
        (1, 1, "One matches your interests; the other is what others are reading."),
        (9, 1, "Nine match your interests; the other is what others are reading."),
        (0, 1, "Nothing matches your interests; this is what others are reading."),
        (0, 3, "Nothing matches your interests; these are what others are reading."),
    ],
)
def test_why_they_were_picked_is_counted_from_their_reasons(
    mine: int, others: int, words: str
) -> None:
    assert opening.lede(issue_of(mine, others), SUBSCRIPTION).endswith(f". {words}")


def test_who_asked_for_nothing_is_told_nothing_of_interests() -> None:
    lede = opening.lede(issue_of(0, 3), replace(SUBSCRIPTION, interests=()))

    assert "interests" not in lede


@pytest.mark.parametrize(
    ("titles", "subject"),
    [
        (["Graphs of Pods"], "Graphs of Pods"),
        (["Graphs of Pods", "x"], "Graphs of Pods, and one more"),
        (["Graphs of Pods", *"abcdefghi"], "Graphs of Pods, and nine more"),
        (["Graphs of Pods", *"abcdefghijk"], "Graphs of Pods, and 11 more"),
        (
            ["Whales Count in Base Eight: A Codebook for the Clicks of Sperm Whales", "x"],
            "Whales Count in Base Eight, and one more",
        ),
        (
            ["CLICK: A Codebook for the Clicks That Sperm Whales Make in All Seas", "x"],
            "CLICK: A Codebook for the Clicks That Sperm Whales Make…, and one more",
        ),
    ],
)
def test_a_subject_is_the_first_story_and_the_count(titles: list[str], subject: str) -> None:
    assert opening.subject(titles) == subject


titles = st.lists(
    st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=300)
    | st.text(alphabet="ab cd: ", min_size=1, max_size=300).map(str.strip).filter(bool),
    min_size=1,
    max_size=20,
)


@given(titles)
def test_a_subject_always_fits(titles: list[str]) -> None:
    assert 0 < len(opening.subject(titles)) <= opening.SUBJECT


@given(titles)
def test_a_preheader_is_never_too_short_or_too_long(titles: list[str]) -> None:
    issue = issue_of(len(titles), considered=1, new_papers=0, sources=())

    assert 40 <= len(opening.preheader(issue, titles)) <= opening.PREHEADER


def test_a_preheader_names_the_next_three() -> None:
    titles = ["One", "The second of the stories", "The third of the stories", "The fourth", "Five"]

    assert opening.preheader(issue_of(5), titles) == (
        "Also: The second of the stories · The third of the stories · The fourth"
    )


def test_a_preheader_without_more_stories_says_what_was_looked_at() -> None:
    assert opening.preheader(issue_of(1), ["One"]).startswith("We looked at 50 papers")


def themed(*subjects: str) -> Issue:
    return make_issue(
        *(
            pick_for(Signal.TERM, subject, points=20.0 - place)
            for place, subject in enumerate(subjects)
        )
    )


@pytest.mark.parametrize(
    ("subjects", "headline"),
    [
        (["whales"], "Today in whales"),
        (["whales", "graphs"], "Today in whales and graphs"),
        (["whales", "graphs", "diffusion", "tides"], "Today in whales, graphs and diffusion"),
        (["whale songs", "whales", "Whale", "tides"], "Today in whale songs and tides"),
        (["whales", "x" * 41, "tides"], "Today in whales and tides"),
        (["whales", "5 more shared terms"], "Today in whales"),
        (["graphs", "graphs", "whales"], "Today in graphs and whales"),
    ],
)
def test_the_headline_is_what_the_picks_share_with_the_reader(
    subjects: list[str], headline: str
) -> None:
    assert opening.headline(themed(*subjects), SUBSCRIPTION) == headline


def test_one_theme_in_two_spellings_is_one_theme() -> None:
    assert opening.headline(themed("Tides", "tides", "GPU"), SUBSCRIPTION) == (
        "Today in tides and GPU"
    )


def test_a_theme_is_spelled_as_the_reader_spells_it() -> None:
    reader = make_reader(phrases=("Sperm Whales",)).subscription

    assert opening.headline(themed("sperm whales"), reader) == "Today in Sperm Whales"


@given(st.lists(st.text(alphabet="abcdefg ", min_size=1, max_size=50), min_size=1, max_size=8))
def test_a_headline_fits_on_two_lines(subjects: list[str]) -> None:
    assert len(opening.headline(themed(*subjects), SUBSCRIPTION)) <= 64


@pytest.mark.parametrize(
    ("count", "headline"),
    [(1, "One paper for Friday"), (10, "Ten papers for Friday"), (12, "12 papers for Friday")],
)
def test_without_themes_the_headline_counts(count: int, headline: str) -> None:
    assert opening.headline(issue_of(0, count), SUBSCRIPTION) == headline


def test_a_dateline_has_day_and_number() -> None:
    assert opening.dateline(make_issue(number=1214)) == "Friday 20 November 2026 · Issue 1,214"


@pytest.mark.parametrize(("words", "minutes"), [(0, "1"), (299, "1"), (301, "2"), (1200, "6")])
def test_minutes_are_at_least_one(words: int, minutes: str) -> None:
    assert opening.minutes(words) == f"{minutes}-minute read"


def subscribed(*interests: Interest, **facts: Any) -> Subscription:
    return replace(SUBSCRIPTION, interests=interests, **facts)


@pytest.mark.parametrize(
    ("interest", "wishes"),
    [
        (Interest(phrases=("whales", "graphs")), "“whales” and “graphs”"),
        (Interest(categories=("cs.CL",)), "cs.CL"),
        (Interest(authors=("Ada Okafor",)), "papers by Ada Okafor"),
        (Interest(organisations=("CNRS",)), "papers from CNRS"),
        (Interest(seeds=("2511.00001",)), "papers close to the one you named"),
        (Interest(seeds=("2511.00001", "2511.00002")), "papers close to the two you named"),
        (
            Interest(phrases=tuple("abcdefgh")),
            "“a”, “b”, “c”, “d”, “e” and three more things",
        ),
    ],
)
def test_the_reason_to_write_is_what_was_asked_for(interest: Interest, wishes: str) -> None:
    assert opening.reason_to_write(make_issue(), subscribed(interest)) == (
        f"You get this every day because you asked for {wishes}. "
        "Six of the 50 papers are close to that."
    )


def test_the_same_wish_in_two_interests_is_named_once() -> None:
    twice = subscribed(Interest(phrases=("whales",)), Interest(phrases=("whales",)))

    assert opening.reason_to_write(make_issue(), twice).count("whales") == 1


@pytest.mark.parametrize(
    ("matching", "considered", "words"),
    [
        (1, 50, "One of the 50 papers is close to that."),
        (0, 50, "None of the 50 papers are close to that."),
        (1200, 2400, "1,200 of the 2,400 papers are close to that."),
        (1, 1, ""),
    ],
)
def test_how_many_papers_are_close_is_counted(matching: int, considered: int, words: str) -> None:
    issue = make_issue(matching=matching, considered=considered)

    assert opening.reason_to_write(issue, SUBSCRIPTION).partition(". ")[2] == words


@pytest.mark.parametrize(
    ("cadence", "often"),
    [
        (Cadence.DAILY, "every day"),
        (Cadence.WEEKDAYS, "on weekdays"),
        (Cadence.WEEKLY, "once a week"),
    ],
)
def test_how_often_is_as_the_reader_chose(cadence: Cadence, often: str) -> None:
    assert opening.reason_to_write(make_issue(), subscribed(cadence=cadence)) == (
        f"You get this {often} because you asked for the papers of the day."
    )


def test_every_source_is_named_with_its_state() -> None:
    sources = (
        SourceState(name="Hugging Face", papers=50, latest=DAY),
        SourceState(name="saved pages", papers=1, latest=date(2026, 11, 2)),
    )

    assert opening.sources_today(sources, DAY) == (
        "Sources: Hugging Face (50 papers, up to date) and saved pages "
        "(1 paper, last listing 2 November)."
    )
    assert opening.sources_today((), DAY) == ""


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"papers": 50}, "50 papers, up to date"),
        ({"papers": 50, "latest": date(2026, 11, 19)}, "50 papers, last listing 19 November"),
        (
            {"late": True, "why": "could not be reached", "latest": date(2026, 11, 19)},
            "12 papers, late: could not be reached; last listing 19 November",
        ),
        (
            {"late": True, "why": "was only partly there"},
            "12 papers, late: was only partly there",
        ),
        ({"late": True}, "12 papers, late"),
        (
            {"late": True, "why": "could not be reached", "latest": None, "papers": 0},
            "late: could not be reached",
        ),
        (
            {"why": "lists nothing at weekends", "latest": date(2026, 11, 19)},
            "12 papers, lists nothing at weekends; last listing 19 November",
        ),
        (
            {"why": "lists nothing at weekends", "latest": None, "papers": 0},
            "lists nothing at weekends",
        ),
        ({"latest": None, "papers": 0}, "nothing this week"),
    ],
)
def test_what_keeps_a_source_from_being_up_to_date_is_said(
    changes: dict[str, Any], words: str
) -> None:
    state: dict[str, Any] = {"name": "bioRxiv", "papers": 12, "latest": DAY}
    source = SourceState(**state | changes)

    assert opening.sources_today((source,), DAY) == f"Sources: bioRxiv ({words})."


def test_a_source_that_gave_nothing_is_named_and_not_counted() -> None:
    late = SourceState(name="arXiv", papers=0, latest=None, late=True, why="could not be reached")
    issue = issue_of(1, considered=50, new_papers=0)

    with_late = replace(issue, sources=(late, *issue.sources))

    assert opening.looked_at(with_late) == opening.looked_at(issue)
    assert opening.looked_at(replace(issue, sources=(late,))) == (
        "We looked at 50 papers and picked one."
    )
