"""The words an issue opens and closes with: subject, headline, what was looked at and why."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from functools import lru_cache

from babel.dates import format_date

from digest.models.interests import Interest
from digest.models.issues import Issue, Pick, Signal, SourceState
from digest.models.subscribers import Cadence, Subscription
from digest.rendering.reasons import is_rest
from digest.rendering.words import capitalised, counted, plain, series, shortened, spelled

SUBJECT = 70
"""Characters of a subject, at most."""

PREHEADER = 140
"""Characters of a preheader, at most."""

_SHORTEST_PREHEADER = 40
_WORDS_A_MINUTE = 200
_THEMES, _HEADLINE, _TERM = 3, 64, 40


def subject(titles: Sequence[str]) -> str:
    """Return the first story of *titles* and how many more there are."""
    more = len(titles) - 1
    ending = f", and {spelled(more)} more" if more else ""
    room = SUBJECT - len(ending)
    title = titles[0]
    name, colon, _ = title.partition(": ")
    if len(title) > room and colon and _NAME <= len(name) <= room:
        title = name
    return shortened(title, room) + ending


_NAME = 24  # characters before a colon that can stand for a whole title


def preheader(issue: Issue, titles: Sequence[str]) -> str:
    """Return the next three of *titles*, and where they are too few, what was looked at."""
    following = titles[1:4]
    if following:
        room = (PREHEADER - len("Also: ") - 3 * (len(following) - 1)) // len(following)
        text = f"Also: {' · '.join(shortened(title, room) for title in following)}"
        if len(text) >= _SHORTEST_PREHEADER:
            return text
        text = f"{text} · {looked_at(issue)}"
    else:
        text = looked_at(issue)
    if len(text) < _SHORTEST_PREHEADER:
        text = f"{text} It is a short read."
    return shortened(text, PREHEADER)


def headline(issue: Issue, subscription: Subscription) -> str:
    """Return what the picks share with the reader, the strongest terms first."""
    themes: list[str] = []
    for term in _terms(issue.picks, subscription.interests):
        longer = [*themes, term]
        fits = len(term) <= _TERM and len(f"Today in {series(longer)}") <= _HEADLINE
        if fits and not any(_overlap(term, theme) for theme in themes):
            themes = longer
        if len(themes) == _THEMES:
            break
    if themes:
        return f"Today in {series(themes)}"
    weekday = long_date(issue.day).partition(" ")[0]
    return f"{capitalised(_counted_in_words(len(issue.picks), 'paper'))} for {weekday}"


def _terms(picks: Sequence[Pick], interests: Sequence[Interest]) -> list[str]:
    """Return the terms that earned *picks* points, the most first, as the reader spells them."""
    weights: defaultdict[str, float] = defaultdict(float)
    spellings: dict[str, str] = {}
    for pick in picks:
        for reason in pick.score.reasons:
            if reason.signal is Signal.TERM and reason.points > 0:
                term = plain(reason.subject)
                key = term.casefold()
                weights[key] += reason.points
                spellings[key] = min(spellings.get(key, term), term, key=_capitals)
    spellings |= {
        phrase.casefold(): plain(phrase) for interest in interests for phrase in interest.phrases
    }
    named = (key for key in weights if key and not is_rest(key))
    return [spellings[key] for key in sorted(named, key=lambda key: (-weights[key], key))]


def _capitals(term: str) -> tuple[int, str]:
    return sum(letter.isupper() for letter in term), term


def _overlap(term: str, other: str) -> bool:
    return not _stems(term).isdisjoint(_stems(other))


def _stems(term: str) -> set[str]:
    return {word[:_STEM] for word in term.casefold().replace("-", " ").split()}


_STEM = 5


def _counted_in_words(count: int, one: str) -> str:
    return f"{spelled(count)} {one if count == 1 else f'{one}s'}"


def dateline(issue: Issue) -> str:
    """Return the day and the number of the issue."""
    return f"{long_date(issue.day)} · Issue {issue.number:,}"


def minutes(words: int) -> str:
    """Return how long *words* take to read."""
    count = max(1, round(words / _WORDS_A_MINUTE))
    return f"{count}-minute read"


def lede(issue: Issue, subscription: Subscription) -> str:
    """Return what was looked at, how much of it was picked, and why."""
    why = _why(issue.picks) if _wishes(subscription.interests) else ""
    return f"{looked_at(issue)} {why}".strip()


def looked_at(issue: Issue) -> str:
    """Return one sentence on how many papers there were and how many were picked."""
    giving = sum(source.papers > 0 for source in issue.sources)
    sources = f" from {counted(giving, 'source')}" if giving else ""
    looked = f"We looked at {counted(issue.considered, 'paper')}{sources}"
    fresh = _fresh(issue.new_papers, issue.considered)
    return f"{looked}{fresh} and picked {_picked(len(issue.picks), issue.considered)}."


def _fresh(new: int, considered: int) -> str:
    if new <= 0:
        return ""
    if considered == 1:
        return ", a new one,"
    if new >= considered:
        return ", both new," if considered == _BOTH else ", all of them new,"
    return f", {spelled(new)} of them new,"


def _picked(picked: int, considered: int) -> str:
    if picked < considered:
        return spelled(picked)
    if considered == 1:
        return "it"
    return "both" if considered == _BOTH else f"all {spelled(picked)}"


_BOTH = 2


def _why(picks: Sequence[Pick]) -> str:
    """Return how many of *picks* are for this reader; the others are what others read."""
    mine, count = sum(pick.matches for pick in picks), len(picks)
    if mine == 0:
        this = "this is" if count == 1 else "these are"
        return f"Nothing matches your interests; {this} what others are reading."
    if count == 1:
        return "It matches your interests."
    if mine == count:
        return f"{'Both' if count == _BOTH else f'All {spelled(count)}'} match your interests."
    verb = "matches" if mine == 1 else "match"
    rest = "the other is" if count - mine == 1 else f"the other {spelled(count - mine)} are"
    return f"{capitalised(spelled(mine))} {verb} your interests; {rest} what others are reading."


def reason_to_write(issue: Issue, subscription: Subscription) -> str:
    """Return why the reader gets this mail."""
    often = _OFTEN[subscription.cadence]
    wishes = _wishes(subscription.interests)
    if not wishes:
        return f"You get this {often} because you asked for the papers of the day."
    close = _close(issue.matching, issue.considered)
    return f"You get this {often} because you asked for {series(wishes)}. {close}".strip()


def _close(matching: int, considered: int) -> str:
    if considered <= 1:
        return ""
    count = capitalised(spelled(matching))
    verb = "is" if matching == 1 else "are"
    return f"{count} of the {considered:,} papers {verb} close to that."


_OFTEN = {
    Cadence.DAILY: "every day",
    Cadence.WEEKDAYS: "on weekdays",
    Cadence.WEEKLY: "once a week",
}


def _wishes(interests: Sequence[Interest]) -> list[str]:
    wishes: dict[str, None] = {}
    for interest in interests:
        wishes |= dict.fromkeys(f"“{_wish(phrase)}”" for phrase in interest.phrases)
        wishes |= dict.fromkeys(map(_wish, interest.categories))
        wishes |= dict.fromkeys(f"papers by {_wish(author)}" for author in interest.authors)
        wishes |= dict.fromkeys(f"papers from {_wish(name)}" for name in interest.organisations)
    if seeds := len({seed for interest in interests for seed in interest.seeds}):
        wishes[f"papers close to the {spelled(seeds)} you named"] = None
    shown = list(wishes)
    if len(shown) > _MOST_WISHES:
        more = len(shown) - _MOST_WISHES + 1
        shown = [*shown[: _MOST_WISHES - 1], f"{spelled(more)} more things"]
    return shown


_MOST_WISHES = 6


def _wish(text: str) -> str:
    return shortened(plain(text), _WISH)


_WISH = 80


@lru_cache(maxsize=64)
def sources_today(sources: tuple[SourceState, ...], day: date) -> str:
    """Return every source and its state on *day*, or ""."""
    if not sources:
        return ""
    return f"Sources: {series([_state(source, day) for source in sources])}."


def _state(source: SourceState, day: date) -> str:
    papers = f"{counted(source.papers, 'paper')}, " if source.papers else ""
    return f"{plain(source.name)} ({papers}{'; '.join(_standing(source, day))})"


def _standing(source: SourceState, day: date) -> list[str]:
    """Return what keeps the source from being up to date, if anything, and since when."""
    why = plain(source.why)
    if source.late:
        why = f"late: {why}" if why else "late"
    reasons = [why] if why else []
    if source.latest is None:
        return reasons or ["nothing this week"]
    if source.latest < day:
        return [*reasons, f"last listing {short_date(source.latest)}"]
    return reasons if source.late else ["up to date"]


@lru_cache(maxsize=16)
def long_date(day: date) -> str:
    """Return "Friday 20 November 2026"."""
    return format_date(day, "EEEE d MMMM y", locale="en_GB")


@lru_cache(maxsize=64)
def day_and_month(day: date) -> str:
    """Return "Friday 20 November"."""
    return format_date(day, "EEEE d MMMM", locale="en_GB")


@lru_cache(maxsize=64)
def short_date(day: date) -> str:
    """Return "20 November"."""
    return format_date(day, "d MMMM", locale="en_GB")
