"""Why a paper was picked: the reasons of its score, in points that add up as printed."""

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import NamedTuple

from digest.models.issues import Reason, Score, Signal
from digest.rendering.words import counted, plain, shortened

_PARTS = 4
_SUBJECT = 48


class Summand(NamedTuple):
    """One printed part of a score: whole *points*, never 0, for what *words* say."""

    words: str
    points: int


def summands(score: Score, *, parts: int = _PARTS) -> tuple[Summand, ...]:
    """Return what makes *score*, the largest first, in at most *parts* that sum to `total`.

    Points are rounded by largest remainder; what is too small to be named stands together
    at the end.
    """
    reasons = sorted(_merged(score.reasons), key=lambda reason: -abs(reason.points))
    count = len(reasons) if len(reasons) <= parts else parts - 1
    while True:
        named, small = reasons[:count], reasons[count:]
        exact = [reason.points for reason in named]
        if small:
            exact.append(math.fsum(reason.points for reason in small))
        points = _apportioned(exact, total(score))
        nothings = [reason for reason, whole in zip(named, points, strict=False) if not whole]
        if not nothings:
            break
        kept = [reason for reason, whole in zip(named, points, strict=False) if whole]
        reasons, count = kept + nothings + small, len(kept)
    words = [in_words(reason.signal, reason.subject) for reason in named]
    if small:
        words.append(_together(small))
    return tuple(Summand(*part) for part in zip(words, points, strict=True) if part[1])


def _merged(reasons: Sequence[Reason]) -> list[Reason]:
    """Return *reasons* with those that read alike made one, and those of no points left out."""
    if len({reason.subject for reason in reasons}) == len(reasons):
        return [reason for reason in reasons if reason.points]
    merged: dict[tuple[Signal, str], Reason] = {}
    for reason in reasons:
        key = (reason.signal, reason.subject)
        if known := merged.get(key):
            reason = replace(known, points=known.points + reason.points)  # noqa: PLW2901
        merged[key] = reason
    return [reason for reason in merged.values() if reason.points]


def total(score: Score) -> int:
    """Return *score* as it is printed: rounded, halves up."""
    return math.floor(score.value + 0.5)


def _apportioned(exact: Sequence[float], whole: int) -> list[int]:
    """Round *exact*, which sum to about *whole*, to integers that do: largest remainders up."""
    rounded = [math.floor(points) for points in exact]
    order = sorted(range(len(exact)), key=lambda place: rounded[place] - exact[place])
    for place in order[: whole - sum(rounded)]:
        rounded[place] += 1
    return rounded


def _together(small: Sequence[Reason]) -> str:
    if len(small) == 1:
        return in_words(small[0].signal, small[0].subject)
    return counted(len(small), "smaller signal")


@lru_cache(maxsize=16_384)
def in_words(signal: Signal, subject: str) -> str:
    """Return what a reason rests on, in words a reader can check."""
    subject = shortened(plain(subject).removeprefix("+"), _SUBJECT)
    if subject.isascii() and subject.isdigit() and signal in _COUNTS:
        return _COUNTS[signal](int(subject))
    if signal is Signal.TERM and is_rest(subject):
        return subject
    return _NAMES[signal].format(subject) if subject else _NAMELESS.get(signal, signal.value)


def is_rest(subject: str) -> bool:
    """Return whether *subject* is what the ranking says of terms it does not name one by one."""
    return _SHARED.fullmatch(subject) is not None


_SHARED = re.compile(r"\d+ more shared terms?")
_NAMES: Mapping[Signal, str] = {
    Signal.TERM: "“{}”",
    Signal.CATEGORY: "your category {}",
    Signal.AUTHOR: "you follow {}",
    Signal.ORGANISATION: "from {}",
    Signal.SEED: "close to “{}”",
    Signal.UPVOTES: "{} upvotes",
    Signal.COMMENTS: "{} comments",
    Signal.STARS: "{} new stars",
    Signal.GROWTH: "up {} when last seen",
    Signal.PAGE_SCORE: "{} points on its page",
    Signal.SOURCES: "in {} sources",
    Signal.POSITION: "place {} on its list",
    Signal.FRESHNESS: "listed {} days ago",
    Signal.UNLIKE: "less of “{}”",
}
_NAMELESS: Mapping[Signal, str] = {
    Signal.SEED: "close to a paper you named",
    Signal.UNLIKE: "like what you wanted less of",
}
_AGES = ("listed today", "listed yesterday")
_COUNTS: Mapping[Signal, Callable[[int], str]] = {
    Signal.UPVOTES: lambda count: counted(count, "upvote"),
    Signal.COMMENTS: lambda count: counted(count, "comment"),
    Signal.STARS: lambda count: counted(count, "new star"),
    Signal.SOURCES: lambda count: f"in {counted(count, 'source')}",
    Signal.FRESHNESS: lambda days: _AGES[days] if days < len(_AGES) else f"listed {days} days ago",
}
