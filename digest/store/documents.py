"""Interests, picks and secrets as JSON: what is read back is what was kept."""

from collections.abc import Mapping
from dataclasses import asdict, fields
from datetime import UTC, date, datetime
from typing import Any

from digest.models.interests import Interest
from digest.models.issues import Movement, Pick, Reason, Score, Signal, SourceState, Trend
from digest.models.papers import Paper
from digest.models.signups import FormSecret

_VERSION = 1


def interests_document(interests: tuple[Interest, ...]) -> dict[str, Any]:
    """Return *interests* as JSON, with the version of its form."""
    # By hand, for asdict() copies each text in depth: of a million readers, for half a minute.
    found = [{name: getattr(each, name) for name in _INTEREST} for each in interests]
    return {"version": _VERSION, "interests": found}


_INTEREST = tuple(each.name for each in fields(Interest))


def interests(document: Mapping[str, Any]) -> tuple[Interest, ...]:
    """Return the interests *document* holds."""
    return tuple(
        Interest(
            name=each["name"],
            phrases=tuple(each["phrases"]),
            categories=tuple(each["categories"]),
            authors=tuple(each["authors"]),
            organisations=tuple(each["organisations"]),
            seeds=tuple(each["seeds"]),
            exclusions=tuple(each["exclusions"]),
            # The oldest documents have none.
            unlike=tuple(each.get("unlike", ())),
        )
        for each in document["interests"]
    )


def picks_document(picks: tuple[Pick, ...]) -> dict[str, Any]:
    """Return *picks* as JSON, each paper as its id."""
    return {
        "version": _VERSION,
        "picks": [
            {
                "rank": pick.rank,
                "paper": pick.paper.id,
                "score": asdict(pick.score),
                "trend": asdict(pick.trend),
                "matches": pick.matches,
            }
            for pick in picks
        ],
    }


def paper_ids(document: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the ids of the papers *document* picks, in order of rank."""
    return tuple(each["paper"] for each in document["picks"])


def picks(document: Mapping[str, Any], papers: Mapping[str, Paper]) -> tuple[Pick, ...]:
    """Return the picks *document* holds, with their *papers* by id."""
    return tuple(
        Pick(
            rank=each["rank"],
            paper=papers[each["paper"]],
            score=Score(value=each["score"]["value"], reasons=_reasons(each["score"])),
            trend=_trend(each["trend"]),
            matches=each["matches"],
        )
        for each in document["picks"]
    )


def sources_document(sources: tuple[SourceState, ...]) -> list[dict[str, Any]]:
    """Return the states of an issue's sources as JSON."""
    return [
        asdict(source) | {"latest": source.latest.isoformat() if source.latest else None}
        for source in sources
    ]


def sources(document: list[dict[str, Any]]) -> tuple[SourceState, ...]:
    """Return the states of sources *document* holds; old ones do not tell who was late."""
    return tuple(
        SourceState(
            name=each["name"],
            papers=each["papers"],
            latest=date.fromisoformat(each["latest"]) if each["latest"] else None,
            late=each.get("late", False),
            why=each.get("why", ""),
        )
        for each in document
    )


def secrets_document(secrets: tuple[FormSecret, ...]) -> list[dict[str, str | None]]:
    """Return the *secrets* of a form as JSON, their moments in UTC."""
    return [
        {
            "secret": each.secret,
            "created_at": _written(each.created_at),
            "retires_at": _written(each.retires_at),
            "used_at": _written(each.used_at),
        }
        for each in secrets
    ]


def secrets(document: list[dict[str, Any]]) -> tuple[FormSecret, ...]:
    """Return the secrets *document* holds."""
    return tuple(
        FormSecret(
            secret=each["secret"],
            created_at=datetime.fromisoformat(each["created_at"]),
            retires_at=_read(each["retires_at"]),
            used_at=_read(each["used_at"]),
        )
        for each in document
    )


def _written(moment: datetime | None) -> str | None:
    return None if moment is None else moment.astimezone(UTC).isoformat()


def _read(moment: str | None) -> datetime | None:
    return None if moment is None else datetime.fromisoformat(moment)


def _trend(document: Mapping[str, Any]) -> Trend:
    return Trend(
        value=document["value"],
        reasons=_reasons(document),
        rank=document["rank"],
        movement=Movement(document["movement"]),
        moved=document["moved"],
        upvotes=document["upvotes"],
        growth=document["growth"],
        history=tuple(document["history"]),
        stars=document["stars"],
        novelty=document["novelty"],
    )


def _reasons(document: Mapping[str, Any]) -> tuple[Reason, ...]:
    return tuple(
        Reason(signal=Signal(each["signal"]), subject=each["subject"], points=each["points"])
        for each in document["reasons"]
    )
