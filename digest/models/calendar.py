"""On which days a source has nothing to announce, as the sources themselves foretell."""

from collections.abc import Mapping
from datetime import date, timedelta
from types import MappingProxyType

# Evenings (US Eastern) on which arXiv puts its announcement off, beside Fridays and Saturdays,
# as its help pages foretold them. A year that is not here has weekends alone.
ARXIV_DEFERRED: Mapping[int, frozenset[tuple[int, int]]] = MappingProxyType(
    {
        2026: frozenset(
            {(1, 1), (1, 19), (6, 19), (7, 3), (9, 7), (11, 26), (12, 25), (12, 29), (12, 31)}
        )
    }
)

_FRIDAY, _SATURDAY, _SUNDAY = 4, 5, 6


def silence(source: str, day: date) -> str:
    """Return why *source* lists nothing on *day*, as the end of a sentence; "" if it should.

    arXiv announces in the evening, US Eastern, and its feed of that is dated the next day.
    """
    match source:
        case "arXiv":
            evening = day - timedelta(days=1)
            if evening.weekday() in (_FRIDAY, _SATURDAY):
                return "announces nothing at weekends"
            if (evening.month, evening.day) in ARXIV_DEFERRED.get(evening.year, ()):
                return "announces nothing on its holidays"
        case "Hugging Face" if day.weekday() in (_SATURDAY, _SUNDAY):
            return "lists nothing at weekends"
    return ""
