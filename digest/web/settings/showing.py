"""A reader → what the page of their settings shows of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from digest.models.deliveries import Delivery, DeliveryState
from digest.models.feedback import Feedback, Verdict
from digest.models.interests import Interest
from digest.models.papers import Paper
from digest.models.subscribers import EVERY_DAY, Reader
from digest.rendering.opening import short_date
from digest.rendering.views import title_of
from digest.web.settings.reading import LISTS

DAYS_SHOWN, VERDICTS_SHOWN = 14, 20

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")

_STATES = {
    DeliveryState.PLANNED: "waits to be sent",
    DeliveryState.CLAIMED: "is being sent",
    DeliveryState.ON_WIRE: "is being sent",
    DeliveryState.SENT: "sent",
    DeliveryState.FAILED: "your mail server refused it",
    DeliveryState.UNCERTAIN: "perhaps sent: your mail server did not say",
    DeliveryState.DEFERRED: "your mail server asked us to try again later",
    DeliveryState.EMPTY: "nothing to send",
    DeliveryState.SUPPRESSED: "not sent",
    DeliveryState.RENDER_FAILED: "could not be made",
}
# The others have reasons that are for the operator, with words of mail servers in them.
_EXPLAINED = frozenset({DeliveryState.EMPTY, DeliveryState.SUPPRESSED})

_VERDICTS = {Verdict.MORE: "More like", Verdict.LESS: "Less like", Verdict.SAVE: "Saved"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """One day of the timeline, in words."""

    day: str
    iso: str
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One thing that a reader said of a paper; *value* takes it back."""

    words: str
    title: str
    value: str


def values_of(reader: Reader) -> Mapping[str, object]:
    """Return what the form of wishes says of *reader*, one entry of a list in a line."""
    wish = reader.subscription
    interest = wish.interests[0] if wish.interests else Interest()
    return {name: "\n".join(getattr(interest, name)) for name in LISTS} | {
        "name": reader.subscriber.name,
        "time_zone": wish.schedule.time_zone,
        "send_at": f"{wish.schedule.send_at:%H:%M}",
        "weekdays": wish.schedule.weekdays,
        "paper_limit": str(wish.paper_limit),
        "dial": str(round(wish.dial * 100)),
    }


def weekdays() -> Sequence[tuple[int, str]]:
    """Return each weekday's number and name."""
    return tuple(zip(EVERY_DAY, WEEKDAYS, strict=True))


def timeline(deliveries: Sequence[Delivery]) -> tuple[Day, ...]:
    """Return what became of each of the last days, the latest first."""
    return tuple(
        Day(day=short_date(one.day), iso=one.day.isoformat(), state=_state(one))
        for one in deliveries[:DAYS_SHOWN]
    )


def _state(delivery: Delivery) -> str:
    words = _STATES[delivery.state]
    if delivery.state in _EXPLAINED and delivery.reason:
        return f"{words}: {delivery.reason}"
    return words


def said(feedback: Sequence[Feedback], papers: Mapping[str, Paper]) -> tuple[Said, ...]:
    """Return what a reader said of papers that we still have, the latest first."""
    return tuple(
        Said(
            words=_VERDICTS[one.verdict],
            title=title_of(papers[one.paper_id]),
            value=f"{one.verdict} {one.paper_id}",
        )
        for one in reversed(feedback)
        if one.paper_id in papers
    )[:VERDICTS_SHOWN]


def end_of_pause(until: date | None) -> str:
    """Return until when a pause is, "" where the reader says when."""
    return short_date(until) if until else ""
