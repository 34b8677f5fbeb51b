"""One transaction of an import: what to do about each row, and doing it."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from digest.models.consent import Act, Consent
from digest.models.interests import Interest
from digest.models.signups import Signup
from digest.models.subscribers import (
    STEPS,
    SUPPRESSED,
    Reader,
    Subscriber,
    SubscriberState,
    Subscription,
    Suppression,
    Wish,
    address_hmac,
)
from digest.ports import Tokens, Work
from digest.services.exchange.outcomes import Import, Outcome, Progress
from digest.services.exchange.rows import Said
from digest.services.exchange.seen import Seen

SOURCE = "operator"

ASKED_BY = "subscribers import"
"""The form that an imported sign-up came by; no form can have that name."""

LOWERED_BY: Mapping[SubscriberState, Act] = {
    SubscriberState.PAUSED: Act.PAUSED,
    SubscriberState.UNSUBSCRIBED: Act.LEFT,
    SubscriberState.BOUNCED: Act.BOUNCED,
    SubscriberState.COMPLAINED: Act.COMPLAINED,
    SubscriberState.REMOVED: Act.REMOVED,
}
"""The states that a file can put somebody in who is here already."""


_STANDINGS: tuple[SubscriberState | None, ...] = (None, *SubscriberState)
"""What `Seen` keeps of an address, as a place in here: None is suppressed and not here."""


class Batch:
    """One transaction's worth of rows."""

    def __init__(
        self,
        *,
        how: Import,
        work: Work,
        now: datetime,
        tokens: Tokens,
        seen: Seen,
        progress: Progress,
    ) -> None:
        self._how = how
        self._work = work
        self._now = now
        self._tokens = tokens
        self._seen = seen
        self._progress = progress
        self._proof = how.proof
        self._new: dict[str, Reader] = {}
        self._suppressions: dict[str, Suppression] = {}
        self._acts: list[Consent] = []
        self._signups: list[Signup] = []
        self._silenced: dict[str, SubscriberState] = {}

    def take_in(self, people: list[Said]) -> Mapping[str, SubscriberState]:
        """Decide on each of *people*; return the subscriptions that get no mail any more."""
        key = self._work.address_key()
        keyed = [(address_hmac(each.address, key=key), each) for each in people]
        fresh = {hmac for hmac, _ in keyed}
        states = self._work.subscribers.states(fresh)
        barred = self._work.suppressions.among(fresh)
        for hmac, each in keyed:
            known = self._seen.get(hmac)
            if known is not None:
                outcome, standing = self._again(hmac, each, _STANDINGS[known])
            elif hmac in states or hmac in barred:
                outcome, standing = self._meet(hmac, each, states.get(hmac), hmac in barred)
            else:
                outcome, standing = self._welcome(hmac, each)
            self._seen.put(hmac, _STANDINGS.index(standing))
            self._progress.outcomes[outcome] += 1
        if self._how.dry_run:
            self._progress.asked += len(self._signups)
        else:
            self._keep()
        return self._silenced

    def _wanted(self, each: Said) -> SubscriberState:
        return each.state or self._how.state or SubscriberState.ACTIVE

    def _again(
        self, hmac: str, each: Said, standing: SubscriberState | None
    ) -> tuple[Outcome, SubscriberState | None]:
        """Decide on an address that the file had before: the lowest state wins."""
        wanted = self._wanted(each)
        if standing is None or not _is_lower(wanted, standing):
            return Outcome.REPEATED, standing
        return self._lower(hmac, standing, wanted)

    def _meet(
        self,
        hmac: str,
        each: Said,
        state: SubscriberState | None,
        barred: bool,  # noqa: FBT001
    ) -> tuple[Outcome, SubscriberState | None]:
        """Decide on an address that we know."""
        wanted = self._wanted(each)
        if state is not None and _is_lower(wanted, state):
            return self._lower(hmac, state, wanted)
        if state is None or barred or state in SUPPRESSED:
            return Outcome.SUPPRESSED, state
        if state is SubscriberState.PENDING:
            self._ask(hmac, each)
        if self._how.update and self._update(hmac, each):
            return Outcome.UPDATED, state
        return (Outcome.NOT_RAISED if self._is_higher(wanted, state) else Outcome.KNOWN), state

    def _is_higher(self, wanted: SubscriberState, state: SubscriberState) -> bool:
        """Return whether a newcomer would stand higher than somebody does who is here."""
        if state is SubscriberState.UNSUBSCRIBED:
            return wanted is not state
        return self._how.confirmed and wanted is SubscriberState.ACTIVE is not state

    def _welcome(self, hmac: str, each: Said) -> tuple[Outcome, SubscriberState | None]:
        """Decide on an address that nobody has."""
        wanted = self._wanted(each)
        if wanted in SUPPRESSED:
            self._bar(hmac, wanted)
            return Outcome.LOWERED, None
        waits = wanted is not SubscriberState.UNSUBSCRIBED and not self._how.confirmed
        state = SubscriberState.PENDING if waits else wanted
        self._new[hmac] = self._reader(hmac, each, state)
        if state is SubscriberState.PENDING:
            self._ask(hmac, each)
        return Outcome.ADDED, state

    def _reader(self, hmac: str, each: Said, state: SubscriberState) -> Reader:
        subscriber_id = self._tokens.new()
        return Reader(
            subscriber=Subscriber(
                id=subscriber_id,
                address=each.address,
                address_hmac=hmac,
                state=state,
                created_at=self._now,
                name=each.name or "",
            ),
            subscription=Subscription(
                id=self._tokens.new(),
                subscriber_id=subscriber_id,
                interests=each.wanted(()) or (_DEFAULT.interest,),
                paper_limit=each.papers or _DEFAULT.paper_limit,
                dial=_DEFAULT.dial if each.dial is None else each.dial,
                schedule=each.schedule(self._how.schedule),
            ),
        )

    def _lower(
        self, hmac: str, state: SubscriberState, wanted: SubscriberState
    ) -> tuple[Outcome, SubscriberState | None]:
        newcomer = self._new.get(hmac)
        if newcomer is not None:
            if wanted in SUPPRESSED:
                del self._new[hmac]
                self._bar(hmac, wanted)
                return Outcome.LOWERED, None
            person = replace(newcomer.subscriber, state=wanted)
            self._new[hmac] = replace(newcomer, subscriber=person)
            return Outcome.LOWERED, wanted
        if wanted in SUPPRESSED:
            self._bar(hmac, wanted)
        reader = None if self._how.dry_run else self._work.subscribers.by_address(hmac)
        if reader is not None:
            person_id = reader.subscriber.id
            if self._work.subscribers.turn(person_id, wanted, when={state}):
                self._log(person_id, LOWERED_BY[wanted])
            self._silenced[reader.subscription.id] = wanted
        return Outcome.LOWERED, wanted

    def _bar(self, hmac: str, reason: SubscriberState) -> None:
        self._suppressions[hmac] = Suppression(
            address_hmac=hmac, reason=reason, at=self._now, evidence=SOURCE
        )

    def _update(self, hmac: str, each: Said) -> bool:
        reader = self._work.subscribers.by_address(hmac)
        if reader is None or (changed := each.over(reader)) == reader:
            return False
        if not self._how.dry_run:
            self._work.subscribers.change(changed, when={reader.subscriber.state})
            self._log(reader.subscriber.id, Act.CHANGED)
        return True

    def _ask(self, hmac: str, each: Said) -> None:
        if not self._how.ask:
            return
        self._signups.append(
            Signup(
                id=self._tokens.new(),
                form=ASKED_BY,
                # Once a day, however often the file is taken in.
                external_id=f"{hmac}.{self._now.date()}",
                received_at=self._now,
                address=each.address,
            )
        )

    def _log(self, subscriber_id: str, act: Act) -> None:
        self._acts.append(
            Consent(
                subscriber_id=subscriber_id,
                at=self._now,
                act=act,
                source=SOURCE,
                evidence=self._proof,
            )
        )

    def _keep(self) -> None:
        """Write what was decided."""
        kept = self._work.subscribers.add_many(list(self._new.values()))
        for reader in self._new.values():
            if reader.subscriber.id in kept:
                self._log(reader.subscriber.id, Act.IMPORTED)
            else:
                # Somebody signed up in this very moment.
                self._progress.outcomes[Outcome.ADDED] -= 1
                self._progress.outcomes[Outcome.KNOWN] += 1
        self._work.suppressions.put(self._suppressions.values())
        self._work.consents.log(self._acts)
        for signup in self._signups:
            since = self._now.replace(hour=0, minute=0, second=0, microsecond=0)
            if self._work.signups.receive(signup, known_since=since):
                self._progress.asked += 1


_DEFAULT = Wish(interest=Interest())


def _is_lower(wanted: SubscriberState, state: SubscriberState) -> bool:
    return wanted in LOWERED_BY and wanted in STEPS[state]
