"""What a reader typed into the form of their settings → a wish, or what is wrong with it."""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, time
from typing import Any

from digest.models.interests import MAX_LENGTH, Interest
from digest.models.subscribers import EVERY_DAY, Reader, Schedule, Wish
from digest.services.subscribe import is_zone
from digest.services.wishes import MOST_WISHES, is_category
from digest.web.forms import Fault, Fields

LEAST_PAPERS, MOST_PAPERS = 1, 25
LONGEST_NAME = 100

_SIGNS, _LINES = re.compile(r"[,;\n]"), re.compile(r"\n")
LISTS: Mapping[str, re.Pattern[str]] = {
    "phrases": _SIGNS,
    "categories": re.compile(r"[,;\s]"),
    # "Okafor, Ada" and "University of California, Berkeley" are one each.
    "authors": _LINES,
    "organisations": _LINES,
    "seeds": _SIGNS,
    "exclusions": _SIGNS,
}
"""What ends one entry of each list."""

LONGEST_LISTS = 4_000
"""Characters of all lists together: what the page, which shows them again, has room for."""

_DAYS = frozenset(map(str, EVERY_DAY))


def typed(said: Fields) -> Mapping[str, object]:
    """Return the form as it was filled in, to be shown again."""
    shown: dict[str, object] = {"weekdays": _days(said)}
    for name in ("name", "time_zone", "send_at", "paper_limit", "dial"):
        shown[name] = said.text(name)[: 2 * LONGEST_NAME]
    left = LONGEST_LISTS
    for name in LISTS:
        shown[name] = said.text(name)[:left]
        left = max(0, left - len(said.text(name)))
    return shown


def read_wish(said: Fields, reader: Reader) -> tuple[Wish | None, tuple[Fault, ...]]:
    """Return what *said* asks for, or None and what is wrong with it, in the order of the form."""
    form = _Form(said)
    known = reader.subscription.interests[0] if reader.subscription.interests else Interest()
    lists: dict[str, Any] = {name: form.entries(name) for name in LISTS}
    form.categories(lists["categories"], known.categories)
    form.room()
    send_at, zone, days = form.send_at(), form.zone(), form.days()
    paper_limit = form.number("paper_limit", LEAST_PAPERS, MOST_PAPERS)
    dial, name = form.number("dial", 0, _WHOLE), form.name()
    if form.faults:
        return None, tuple(form.faults)
    wish = Wish(
        interest=replace(known, **lists),
        paper_limit=paper_limit,
        schedule=Schedule(time_zone=zone, send_at=send_at, weekdays=days),
        dial=dial / _WHOLE,
        name=name,
    )
    return wish, ()


_WHOLE = 100


def read_day(text: str, *, today: date) -> tuple[date | None, str]:
    """Return the day that a pause is to end on, None where none is named, and what is wrong."""
    if not text.strip():
        return None, ""
    try:
        day = date.fromisoformat(text.strip())
    except ValueError:
        return None, "Give a day as year, month and day: 2026-12-31."
    if day <= today:
        return None, "Give a day after today, or none."
    if (day - today).days > _LONGEST_PAUSE:
        return None, "Give a day within a year, or none: then you say when to go on."
    return day, ""


_LONGEST_PAUSE = 366


class _Form:
    """Reads one field after the other, and gathers what is *faults* in them."""

    def __init__(self, said: Fields) -> None:
        self.faults: list[Fault] = []
        self._said = said

    def entries(self, name: str) -> tuple[str, ...]:
        parts = (" ".join(part.split()) for part in LISTS[name].split(self._said.text(name)))
        found = tuple(dict.fromkeys(part for part in parts if part))
        bad = next((one for one in found if len(one) > MAX_LENGTH or not one.isprintable()), None)
        if len(found) > MOST_WISHES:
            self._fault(name, f"These are more than {MOST_WISHES}: leave some out.")
        elif bad is not None:
            shown = "".join(letter for letter in bad[:40] if letter.isprintable())
            words = f"“{shown}” cannot be used: give text of at most {MAX_LENGTH} characters."
            self._fault(name, words)
        return found

    def room(self) -> None:
        total = 0
        for name in LISTS:
            total += len(self._said.text(name))
            if total > LONGEST_LISTS:
                words = f"All lists together have room for {LONGEST_LISTS:,} characters."
                self._fault(name, f"{words} Leave some out.")
                return

    def categories(self, found: tuple[str, ...], known: tuple[str, ...]) -> None:
        wrong = [one for one in found if one not in known and not is_category(one)]
        if wrong:
            words = f"“{wrong[0][:40]}” is no category of arXiv; they look like cs.CL or hep-th."
            self._fault("categories", words)

    def send_at(self) -> time:
        try:
            return time.fromisoformat(self._text("send_at")).replace(
                second=0, microsecond=0, tzinfo=None
            )
        except ValueError:
            self._fault("send_at", "Give an hour of the day, such as 07:00.")
            return time()

    def zone(self) -> str:
        zone = self._text("time_zone")
        if not is_zone(zone):
            self._fault("time_zone", "Choose a time zone from the list.")
        return zone

    def days(self) -> tuple[int, ...]:
        days = _days(self._said)
        if not days:
            self._fault("weekdays", "Choose a day at least; to get nothing for a while, pause.")
        return days or EVERY_DAY

    def number(self, name: str, least: int, most: int) -> int:
        text = self._text(name)
        number = int(text) if _NUMBER.fullmatch(text) else least - 1
        if not least <= number <= most:
            self._fault(name, f"Give a whole number from {least} to {most}.")
        return number

    def name(self) -> str:
        name = " ".join(self._text("name").split())
        if len(name) > LONGEST_NAME or not name.isprintable():
            self._fault("name", f"Give at most {LONGEST_NAME} printable characters.")
        return name

    def _text(self, name: str) -> str:
        return self._said.text(name).strip()

    def _fault(self, name: str, words: str) -> None:
        self.faults.append(Fault(name=name, words=words))


_NUMBER = re.compile(r"\d{1,3}", re.ASCII)


def _days(said: Fields) -> tuple[int, ...]:
    return tuple(sorted({int(day) for day in said.every("weekdays") if day in _DAYS}))
