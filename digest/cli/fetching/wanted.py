"""What the words after `digest fetch` mean: sources, files and days."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import typer

from digest.errors import InputRefused

STANDARD_INPUT = "-"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """The *sources* to ask, by their names in settings, and the *files* to take in.

    *named* says that somebody typed the sources; else they are those of the settings.
    """

    sources: tuple[str, ...]
    files: tuple[str, ...] = ()
    named: bool = True


def sort_words(words: Sequence[str], *, known: Sequence[str], configured: Sequence[str]) -> Wanted:
    """Return what *words* ask for; nothing asks for the *configured* sources.

    Raise InputRefused for a word that is no name of a *known* source and cannot be a file.
    """
    if not words:
        return Wanted(sources=tuple(configured), named=False)
    sources: dict[str, None] = {}
    files: list[str] = []
    for word in words:
        if word.casefold() in known:
            sources[word.casefold()] = None
        elif word == STANDARD_INPUT or _may_be_a_file(word):
            files.append(word)
        else:
            raise InputRefused(unknown_word(word, known))
    return Wanted(sources=tuple(sources), files=tuple(files))


def unknown_word(word: str, known: Collection[str]) -> str:
    """Return the sentence for a *word* that names nothing."""
    return (
        f"{word!r} is neither a source ({', '.join(known)}) nor a file that is there; "
        "check how it is written."
    )


def is_missing(name: str) -> bool:
    """Return whether there is no file of that *name*; False for what the system cannot say."""
    try:
        return name != STANDARD_INPUT and not Path(name).exists()
    except (OSError, ValueError):
        return False


def _may_be_a_file(word: str) -> bool:
    """Return whether *word* is a file or looks like one: a missing one does not stop others."""
    return not is_missing(word) or "." in word or "/" in word


def days_from(since: date | None, day: date | None, *, today: date) -> list[date]:
    """Return the days to ask for, oldest first: *day* or *today* alone, or all since *since*.

    Raise InputRefused for a day after *today*, and end with a usage error where *since* is
    after the last day.
    """
    last = day or today
    first = since or last
    for asked in (last, first):
        if asked > today:
            raise InputRefused(f"{asked} has not come yet: the latest day to fetch is {today}.")
    if first > last:
        raise typer.BadParameter(f"--since {first} is after {last}, the last day to fetch.")
    return [first + timedelta(days=ahead) for ahead in range((last - first).days + 1)]
