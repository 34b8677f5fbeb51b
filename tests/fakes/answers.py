"""What readers say of papers, and what comes back after a mail, kept in memory."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from digest.models.events import EventKind, MailEvent
from digest.models.feedback import Feedback, Verdict
from tests.fakes.tables import Tables, storable, utc


class MemoryFeedbacks:
    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def give(self, feedback: Feedback) -> None:
        said = storable(replace(feedback, paper_id=self._tables.today(feedback.paper_id)))
        key = (said.subscription_id, said.paper_id, said.verdict)
        self._tables.feedbacks.setdefault(key, said)
        self._tables.references |= {("readers", key[0]), ("papers", key[1])}

    def take_back(self, subscription_id: str, paper_id: str, verdict: Verdict) -> bool:
        key = (subscription_id, self._tables.today(paper_id), verdict)
        return self._tables.feedbacks.pop(key, None) is not None

    def of(self, subscription_ids: Collection[str]) -> Mapping[str, Sequence[Feedback]]:
        found: dict[str, list[Feedback]] = {}
        for said in sorted(
            self._tables.feedbacks.values(), key=lambda each: (each.at, each.paper_id, each.verdict)
        ):
            if said.subscription_id in subscription_ids:
                found.setdefault(said.subscription_id, []).append(said)
        return found

    def reset(self, subscription_id: str) -> int:
        kept = {
            key: each for key, each in self._tables.feedbacks.items() if key[0] != subscription_id
        }
        forgotten = len(self._tables.feedbacks) - len(kept)
        self._tables.feedbacks = kept
        return forgotten


class MemoryEvents:
    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def receive(self, event: MailEvent, *, subscriber_id: str) -> bool:
        event = storable(event)
        key = (event.source, event.external_id)
        if key in self._tables.events:
            return False
        self._tables.events[key] = (event, subscriber_id)
        self._tables.references.add(("people", subscriber_id))
        return True

    def hard_since(self, subscriber_id: str, since: datetime) -> int:
        hard = self._of(subscriber_id, EventKind.HARD)
        return len({event.mail_id for event in hard if event.at >= utc(since)})

    def soft_in_a_row(self, subscriber_id: str) -> int:
        told = self._of(subscriber_id, EventKind.DELIVERED)
        delivered = max((event.at for event in told), default=None)
        soft = self._of(subscriber_id, EventKind.SOFT)
        return len({event.mail_id for event in soft if delivered is None or event.at > delivered})

    def _of(self, subscriber_id: str, kind: EventKind) -> list[MailEvent]:
        return [
            event
            for event, person in self._tables.events.values()
            if person == subscriber_id and event.kind is kind
        ]
