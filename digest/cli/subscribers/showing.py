"""`digest subscribers list` and `show`."""

import sys
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TYPE_CHECKING, Annotated, Any

import typer

from digest.cli.session import opened
from digest.cli.subscribers.options import AddressArgument, StatesOption
from digest.cli.terminal import JsonOption, json_text, note, say_json, table
from digest.errors import NotFound
from digest.models.subscribers import Reader, SubscriberState, Suppression

if TYPE_CHECKING:
    from digest.ports import Work

DELIVERIES = 14
"""Deliveries that are shown, the latest."""

DRAWN = 500
"""Rows that are drawn at once."""

COLUMNS = ("email", "state", "time_zone", "send_at", "interests")


def list_subscribers(
    *,
    states: StatesOption = None,
    limit: Annotated[
        int | None, typer.Option("--limit", min=1, help="At most this many of them.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Print who is subscribed, and how many are in which state."""
    from digest.services.exchange import everybody, record

    with opened() as session:
        people = islice(everybody(states or (), store=session.store), limit)
        if as_json:
            _stream_json(map(record, people))
            return
        for rows in _drawn(people):
            table(COLUMNS, rows)
        with session.store.read() as work:
            counts = work.subscribers.counts()
    told = (f"{counts[state]:,} {state}" for state in SubscriberState if counts.get(state))
    note(", ".join(told) or "Nobody is subscribed yet: add them with `digest subscribers add`.")


def _drawn(people: Iterable[Reader]) -> Iterator[list[tuple[object, ...]]]:
    rest = iter(people)
    while readers := list(islice(rest, DRAWN)):
        yield [_line(reader) for reader in readers]


def _line(reader: Reader) -> tuple[object, ...]:
    schedule = reader.subscription.schedule
    words = [
        text
        for each in reader.subscription.interests
        for text in (*each.phrases, *each.categories, *each.authors)
    ]
    return (
        reader.subscriber.address,
        reader.subscriber.state,
        schedule.time_zone,
        f"{schedule.send_at:%H:%M}",
        ", ".join(words),
    )


def _stream_json(records: Iterable[dict[str, Any]]) -> None:
    """Print one JSON object whose subscribers are written as they come, however many."""
    before = '{"subscribers": ['
    # Nothing is printed before the first one is there, so that an error stands alone.
    for record in records:
        sys.stdout.write(before + json_text(record))
        before = ", "
    sys.stdout.write(("]}" if before == ", " else before + "]}") + "\n")


def show(address: AddressArgument, *, as_json: JsonOption = False) -> None:
    """Print all that is known of one subscriber, and what they agreed to."""
    from digest.models.subscribers import address_hmac
    from digest.services.subscribe import normal_address

    normal = normal_address(address)
    with opened() as session, session.store.read() as work:
        key = address_hmac(normal, key=work.address_key())
        reader = work.subscribers.by_address(key)
        suppression = work.suppressions.among([key]).get(key)
        if reader is not None:
            shown = _known(reader, suppression, work)
        elif suppression is not None:
            shown = _stranger(normal, suppression)
        else:
            raise NotFound(f"Nobody is subscribed as {normal}: see `digest subscribers list`.")
    if as_json:
        say_json(shown)
    else:
        _say(shown)


def _known(reader: Reader, suppression: Suppression | None, work: "Work") -> dict[str, Any]:
    from digest.services.exchange import record

    acts = work.consents.of(reader.subscriber.id)
    deliveries = work.deliveries.of_subscription(reader.subscription.id)
    return record(reader) | {
        "suppressed": suppression.reason if suppression else None,
        "consents": [
            {
                "at": act.at,
                "act": act.act,
                "source": act.source,
                "wording": act.wording,
                "evidence": dict(act.evidence),
            }
            for act in acts
        ],
        "deliveries": [
            {"day": delivery.day, "state": delivery.state} for delivery in deliveries[:DELIVERIES]
        ],
    }


def _stranger(address: str, suppression: Suppression) -> dict[str, Any]:
    """Return what there is to say of an address that nobody has, and that is never written to."""
    return {
        "email": address,
        "name": "",
        "state": suppression.reason,
        "time_zone": None,
        "send_at": None,
        "weekdays": [],
        "papers": None,
        "dial": None,
        "interests": [],
        "created_at": None,
        "confirmed_at": None,
        "paused_until": None,
        "suppressed": suppression.reason,
        "consents": [],
        "deliveries": [],
    }


def _say(shown: dict[str, Any]) -> None:
    """Print *shown* a line a fact, leaving out what is empty."""
    rows: list[tuple[object, object]] = [
        (name, " ".join(value) if isinstance(value, list) else value)
        for name, value in shown.items()
        if name not in _TOLD_BELOW and value not in (None, "", [])
    ]
    for interest in shown["interests"]:
        kinds = [(kind, found) for kind, found in interest.items() if kind != "name" and found]
        wanted = "; ".join(f"{kind}: {', '.join(found)}" for kind, found in kinds)
        rows.append((f"interest {interest['name']}", wanted or "nothing named"))
    for act in shown["consents"]:
        proof = "".join(f", {name}: {value}" for name, value in act["evidence"].items())
        rows.append((f"{act['at']:%Y-%m-%d %H:%M}", f"{act['act']}, by {act['source']}{proof}"))
    rows += [(each["day"], f"issue {each['state']}") for each in shown["deliveries"]]
    table(("of", "is"), rows)


_TOLD_BELOW = frozenset({"interests", "consents", "deliveries"})
