"""Time zones to choose from, and which of them a browser is likely to be in."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import groupby

from digest.services.subscribe import is_zone

UTC = "UTC"


@dataclass(frozen=True, slots=True, kw_only=True)
class Area:
    """The zones of one part of the world, each by its IANA name."""

    name: str
    zones: tuple[str, ...]


@cache
def areas() -> tuple[Area, ...]:
    """Return all zones that people live in, by part of the world, in order of their names."""
    names = sorted({zone for zones in _by_region().values() for zone in zones})
    return tuple(
        Area(name=name, zones=tuple(zones))
        for name, zones in groupby(names, key=lambda zone: zone.partition("/")[0])
    )


@cache
def listed() -> frozenset[str]:
    """Return every zone that `areas` has."""
    return frozenset(zone for area in areas() for zone in area.zones)


def likely_zone(accept_language: str, default: str) -> str:
    """Return the zone of the first region in *accept_language* that has one alone, or *default*.

    A browser says no more of where it is; of a region with several zones any would be a guess.
    """
    for region in _regions(accept_language[:_LONGEST]):
        zones = _by_region().get(region, ())
        if len(zones) == 1:
            return zones[0]
        if zones:
            break
    return default


_LONGEST = 200


def _regions(accept_language: str) -> Iterator[str]:
    """Yield the regions of the languages, those that are wanted most first."""
    languages = []
    for part in accept_language.split(","):
        tag, _, quality = part.partition(";")
        weight = _QUALITY.fullmatch(quality.strip())
        languages.append((-float(weight[1]) if weight else -1.0, tag.strip()))
    for _, tag in sorted(languages, key=lambda language: language[0]):
        if found := _REGION.match(tag):
            yield found[1].upper()


_QUALITY = re.compile(r"q=([01](?:\.\d{0,3})?)", re.ASCII)
_REGION = re.compile(r"[a-z]{2,3}(?:-[a-z]{4})?-([a-z]{2})(?:-|$)", re.IGNORECASE | re.ASCII)


@cache
def _by_region() -> Mapping[str, tuple[str, ...]]:
    """Return the zones of each region, by its two letters, as the tz database's table has them."""
    table = files("tzdata").joinpath("zoneinfo", "zone.tab").read_text(encoding="utf-8")
    found: dict[str, tuple[str, ...]] = {}
    for line in table.splitlines():
        if not line.startswith("#"):
            region, _place, zone, *_comment = line.split("\t")
            if is_zone(zone):
                found[region] = (*found.get(region, ()), zone)
    return found
