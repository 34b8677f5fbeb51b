"""What is known of readers, what they agreed to, and the letters we owe them."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Protocol

from digest.models.consent import Consent
from digest.models.deliveries import Claim
from digest.models.events import MailEvent
from digest.models.feedback import Feedback, Verdict
from digest.models.letters import Letter
from digest.models.signups import Form, Signup, SignupState
from digest.models.subscribers import Reader, Schedule, SubscriberState, Suppression


class Subscribers(Protocol):
    """Who gets mail, and what they asked for."""

    def add(self, reader: Reader) -> bool:
        """Keep *reader* unless that address is known; return whether it was kept."""

    def add_many(self, readers: Sequence[Reader]) -> frozenset[str]:
        """Keep those of *readers* whose address is not known; return their subscriber ids."""

    def by_address(self, address_hmac: str) -> Reader | None: ...

    def by_subscription(self, ids: Collection[str]) -> Mapping[str, Reader]: ...

    def by_id(self, subscriber_id: str) -> Reader | None: ...

    def states(self, address_hmacs: Collection[str]) -> Mapping[str, SubscriberState]:
        """Return the state of each of those addresses that is known."""

    def page(
        self, *, after: str, limit: int, states: Collection[SubscriberState] = ()
    ) -> Sequence[Reader]:
        """Return readers with a subscriber id above *after*, in order of it, of *states* if any."""

    def active(self, *, after: str, limit: int) -> Sequence[Reader]:
        """Return active readers with a subscription id above *after*, in order of it."""

    def schedules(self) -> Sequence[Schedule]:
        """Return each schedule that some active reader has."""

    def waiting(
        self, schedule: Schedule, day: date, *, joined_by: datetime, after: str, limit: int
    ) -> Sequence[Reader]:
        """As `active`, of *schedule* and without a delivery of *day*, who joined by then.

        Somebody joined when they confirmed, or where they did not have to, when they were added.
        """

    def turn(
        self, subscriber_id: str, state: SubscriberState, *, when: Collection[SubscriberState]
    ) -> bool:
        """Put the subscriber in *state* if it is in one of *when*; return whether it was."""

    def change(self, reader: Reader, *, when: Collection[SubscriberState]) -> bool:
        """Write all of *reader* but ids and address over what is kept.

        Return False, and change nothing, where their state is none of *when* by now.
        """

    def move(self, subscriber_id: str, *, address: str, address_hmac: str) -> bool:
        """Give the subscriber another address; return False where it is somebody's already."""

    def erase(self, subscriber_id: str) -> bool:
        """Forget all that is theirs, and leave an ERASED row; return whether there was anybody.

        Gone are address, HMAC, name and wishes, letters, sign-ups, feedback, and what their
        issues held; which days they were sent one stays.
        """

    def forget(self, *, created_before: datetime, limit: int) -> int:
        """Delete up to *limit* PENDING subscribers made before then; return how many.

        With them goes all that is about them alone: wishes, letters, consents, sign-ups.
        """

    def resume(self, day: date, *, limit: int) -> Sequence[str]:
        """Turn up to *limit* who are PAUSED until *day*, or before, ACTIVE; return their ids."""

    def count(self) -> int: ...

    def counts(self) -> Mapping[SubscriberState, int]: ...


class Consents(Protocol):
    """What was agreed to or asked of us, in the order it was; nothing here is ever changed."""

    def log(self, acts: Iterable[Consent]) -> None: ...

    def of(self, subscriber_id: str) -> Sequence[Consent]: ...


class Suppressions(Protocol):
    """Addresses that no mail goes to, by HMAC; they outlive whoever had them."""

    def put(self, suppressions: Iterable[Suppression]) -> None:
        """Keep each that is not known; one that is keeps its first reason."""

    def among(self, address_hmacs: Collection[str]) -> Mapping[str, Suppression]: ...

    def lift(self, address_hmac: str) -> bool:
        """Let mail go there again; return whether it was suppressed."""


class Signups(Protocol):
    """What forms sent in, and the account of the mails that went out because of it."""

    def receive(self, signup: Signup, *, known_since: datetime) -> bool:
        """Keep *signup*, unless that submission of that form came since then; return whether."""

    def waiting(self, *, limit: int) -> Sequence[Signup]:
        """Return sign-ups in WAITING, oldest first; until this block ends nobody else gets them."""

    def get(self, signup_id: str) -> Signup | None: ...

    def settle(
        self,
        signup_id: str,
        state: SignupState,
        *,
        at: datetime,
        subscriber_id: str = "",
        address_hmac: str = "",
        domain: str = "",
    ) -> None:
        """Write what became of it and of whom.

        A MAILED one counts from *at* on in what `mailed` returns, and so does a KNOWN or a
        JOINED one. Of all others the address is forgotten.
        """

    def subscriber(self, signup_id: str) -> str | None:
        """Return the subscriber that it was settled for, None where it was for nobody."""

    def confirm(self, signup_id: str) -> bool:
        """Turn MAILED into CONFIRMED, and forget its address; return whether it was MAILED."""

    def mailed(
        self,
        *,
        since: datetime | None,
        address_hmac: str = "",
        network: str = "",
        domain: str = "",
        unconfirmed: bool = False,
    ) -> int:
        """Return how many mails went out since then, of that address, network or domain."""

    def answered(self, last: int, *, since: datetime) -> tuple[int, int]:
        """Return how many of the *last* mails went out since then, and how many were confirmed."""

    def forget(self, *, received_before: datetime) -> int:
        """Delete what was received before then and is settled; return how many."""


class Letters(Protocol):
    """Letters that wait to be sent."""

    def queue(self, letters: Iterable[Letter]) -> None: ...

    def take(self, claim: Claim, *, limit: int) -> Sequence[Letter]:
        """Hold up to *limit* letters that are due, oldest first, until the claim's lease ends."""

    def sent(self, letter_id: str, *, fence: str, at: datetime) -> None:
        """Note that it was handed over; its address is forgotten."""

    def put_back(
        self, letter_id: str, *, fence: str, retry_at: datetime | None, tried: bool
    ) -> None:
        """Let it wait until then; without a time it is given up, and its address forgotten.

        *tried* says that this counts as an attempt.
        """

    def recipient(self, letter_id: str) -> str | None:
        """Return the subscriber whose address that letter went to, None where it was another."""


class Forms(Protocol):
    """Sign-up forms elsewhere, by name."""

    def put(self, form: Form) -> None: ...

    def get(self, name: str) -> Form | None: ...

    def names(self) -> Sequence[str]: ...

    def used(self, name: str, secret: str, *, at: datetime) -> None:
        """Note that the form's *secret* proved a request."""

    def remove(self, name: str) -> bool: ...


class Feedbacks(Protocol):
    """What readers say of papers."""

    def give(self, feedback: Feedback) -> None: ...

    def take_back(self, subscription_id: str, paper_id: str, verdict: Verdict) -> bool: ...

    def of(self, subscription_ids: Collection[str]) -> Mapping[str, Sequence[Feedback]]:
        """Return what each has said, oldest first."""

    def reset(self, subscription_id: str) -> int:
        """Forget all that it said; return how much that was."""


class Events(Protocol):
    """What came back after mails were taken."""

    def receive(self, event: MailEvent, *, subscriber_id: str) -> bool:
        """Keep *event* unless its source told it before; return whether it was kept."""

    def hard_since(self, subscriber_id: str, since: datetime) -> int:
        """Return how many mails bounced hard since then, whoever told of it and how often."""

    def soft_in_a_row(self, subscriber_id: str) -> int:
        """Return how many mails bounced softly after the last delivery that was told of."""
