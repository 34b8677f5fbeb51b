"""From a form to a confirmed subscriber: keep what came in, ask by mail, and take the answer."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from digest.errors import AddressInvalid, LinkExpired
from digest.models.consent import WORDING, Act, Consent
from digest.models.letters import LetterKind
from digest.models.signups import (
    BREAKER_SAMPLE,
    BREAKER_SHARE,
    PER_ADDRESS,
    PER_ADDRESS_UNCONFIRMED,
    PER_DOMAIN,
    PER_NETWORK,
    REMEMBER_SUBMISSIONS,
    Form,
    Rate,
    Signup,
    SignupState,
)
from digest.models.subscribers import (
    SUPPRESSED,
    Reader,
    Schedule,
    Subscriber,
    SubscriberState,
    Subscription,
    address_hmac,
)
from digest.ports import Clock, Store, Tokens, Work
from digest.services.post import letter_to
from digest.services.subscribe import is_zone, normal_address
from digest.services.wishes import read_interest

BATCH = 50
"""Sign-ups that are looked at in one transaction."""

BREAKER_DAYS = timedelta(days=1)
"""How far back mails that nobody answered hold up others."""

JOINING = frozenset({SubscriberState.PENDING, SubscriberState.UNSUBSCRIBED})
"""The states that a confirmation makes ACTIVE."""

STAYING = frozenset({SubscriberState.ACTIVE, SubscriberState.PAUSED})
"""The states in which somebody may ask for their mail at another address."""


def receive(signup: Signup, *, store: Store) -> bool:
    """Keep *signup* in the inbox; return False for a second copy of one submission.

    This is all that happens while somebody waits, whoever they are and whatever they sent.
    """
    with store.begin() as work:
        return work.signups.receive(signup, known_since=signup.received_at - REMEMBER_SUBMISSIONS)


def admit(*, store: Store, clock: Clock, tokens: Tokens) -> Mapping[SignupState, int]:
    """Decide on every sign-up that waits; return how many ended in which state.

    A letter is queued in the transaction that decides on it, so that none goes out twice,
    and none is lost.
    """
    counts: Counter[SignupState] = Counter()
    while True:
        with store.begin() as work:
            waiting = work.signups.waiting(limit=BATCH)
            for signup in waiting:
                door = _Door(signup=signup, work=work, now=clock.now(), tokens=tokens)
                counts[door.decide()] += 1
        if len(waiting) < BATCH:
            return counts


@dataclass(frozen=True, slots=True, kw_only=True)
class _Door:
    """One sign-up at the door."""

    signup: Signup
    work: Work
    now: datetime
    tokens: Tokens

    def decide(self) -> SignupState:
        """Write what becomes of the sign-up; return it."""
        try:
            address = normal_address(self.signup.address)
        except AddressInvalid:
            self.work.signups.settle(self.signup.id, SignupState.REFUSED, at=self.now)
            return SignupState.REFUSED
        key = address_hmac(address, key=self.work.address_key())
        reader = self.work.subscribers.by_address(key)
        state, reader = self._judge(address, key, reader)
        self.work.signups.settle(
            self.signup.id,
            state,
            at=self.now,
            subscriber_id=reader.subscriber.id if reader else "",
            address_hmac=key,
            domain=address.rpartition("@")[2],
        )
        return state

    def _judge(
        self, address: str, key: str, reader: Reader | None
    ) -> tuple[SignupState, Reader | None]:
        gone = reader is not None and reader.subscriber.state in SUPPRESSED
        if gone or self.work.suppressions.among([key]):
            return SignupState.SUPPRESSED, reader
        if self._over_limits(address, key):
            return SignupState.LIMITED, reader
        if self.signup.subscriber_id:
            return self._moving(reader, address)
        if reader is not None and reader.subscriber.state not in JOINING:
            self._write(LetterKind.KNOWN, reader, subject=reader.subscriber.settings_subject)
            return SignupState.KNOWN, reader
        if reader is None:
            reader = self._newcomer(address, key)
        form = self.work.forms.get(self.signup.form)
        # Who left comes back by their own word alone, whatever a form says of them.
        left = reader.subscriber.state is SubscriberState.UNSUBSCRIBED
        if form is not None and form.confirmed and not left:
            joined = _joined(reader, self.signup, now=self.now)
            self.work.subscribers.change(joined, when=JOINING)
            self._log(Act.CONFIRMED, reader, {"form": form.name, "says": form.evidence})
            self._write(LetterKind.WELCOME, joined, subject=joined.subscriber.settings_subject)
            return SignupState.JOINED, joined
        self._log(Act.ASKED, reader, self._evidence(form))
        self._write(LetterKind.CONFIRM, reader, subject=self.signup.id)
        return SignupState.MAILED, reader

    def _moving(self, holder: Reader | None, address: str) -> tuple[SignupState, Reader | None]:
        """Ask at the new address of somebody we know, unless it is another's."""
        mover = self.work.subscribers.by_id(self.signup.subscriber_id)
        if mover is None or holder is not None or mover.subscriber.state not in STAYING:
            return SignupState.REFUSED, mover
        at_new = replace(mover, subscriber=replace(mover.subscriber, address=address))
        self._write(LetterKind.NEW_ADDRESS, at_new, subject=self.signup.id)
        return SignupState.MAILED, mover

    def _newcomer(self, address: str, key: str) -> Reader:
        subscriber_id = self.tokens.new()
        reader = Reader(
            subscriber=Subscriber(
                id=subscriber_id,
                address=address,
                address_hmac=key,
                state=SubscriberState.PENDING,
                created_at=self.now,
                name=self.signup.name,
            ),
            subscription=Subscription(
                id=self.tokens.new(),
                subscriber_id=subscriber_id,
                interests=(read_interest(self.signup.interests),),
                schedule=_schedule(self.signup),
            ),
        )
        self.work.subscribers.add(reader)
        return reader

    def _over_limits(self, address: str, key: str) -> bool:
        """Return whether one mail more would be one too many, for whomever it is one more."""
        domain = address.rpartition("@")[2]
        mailed = self.work.signups.mailed
        counts = [(rate, mailed(since=self._since(rate), address_hmac=key)) for rate in PER_ADDRESS]
        counts += [(rate, mailed(since=self._since(rate), domain=domain)) for rate in PER_DOMAIN]
        if network := self.signup.network:
            counts += [
                (rate, mailed(since=self._since(rate), network=network)) for rate in PER_NETWORK
            ]
        if any(count >= rate.count for rate, count in counts):
            return True
        ever = mailed(since=None, address_hmac=key, unconfirmed=True)
        if ever >= PER_ADDRESS_UNCONFIRMED.count:
            return True
        count, confirmed = self.work.signups.answered(BREAKER_SAMPLE, since=self.now - BREAKER_DAYS)
        return count >= BREAKER_SAMPLE and confirmed < BREAKER_SHARE * count

    def _since(self, rate: Rate) -> datetime | None:
        return None if rate.window is None else self.now - rate.window

    def _evidence(self, form: Form | None) -> dict[str, str]:
        evidence = {"submission": self.signup.external_id, "network": self.signup.network}
        if form is not None:
            evidence["form"] = form.name
        return {name: value for name, value in evidence.items() if value}

    def _log(self, act: Act, reader: Reader, evidence: Mapping[str, str]) -> None:
        self.work.consents.log(
            [
                Consent(
                    subscriber_id=reader.subscriber.id,
                    at=self.now,
                    act=act,
                    source=self.signup.form,
                    wording=self.signup.wording or WORDING,
                    evidence=evidence,
                )
            ]
        )

    def _write(self, kind: LetterKind, reader: Reader, *, subject: str) -> None:
        letter = letter_to(reader, kind, subject=subject, now=self.now, tokens=self.tokens)
        self.work.letters.queue([letter])


def asked(signup_id: str, *, store: Store) -> Signup:
    """Return the sign-up that a link in a letter asks about; raise LinkExpired if it is gone."""
    with store.read() as work:
        signup = work.signups.get(signup_id)
        subscriber_id = work.signups.subscriber(signup_id) if signup else None
        reader = work.subscribers.by_id(subscriber_id) if subscriber_id else None
        if signup is None or reader is None or _barred(reader, work):
            raise LinkExpired(GONE)
    return signup


GONE = "This link is not good any more; sign up again to get a new one."


def confirm(signup_id: str, *, store: Store, clock: Clock, tokens: Tokens) -> Reader:
    """Let the subscriber of that sign-up be ACTIVE, with what they asked for in it.

    Raise LinkExpired where it was answered before, or where they cannot come any more:
    forgotten, erased or suppressed since.
    """
    now = clock.now()
    with store.begin() as work:
        signup = work.signups.get(signup_id)
        subscriber_id = work.signups.subscriber(signup_id) if signup else None
        reader = work.subscribers.by_id(subscriber_id) if subscriber_id else None
        if signup is None or reader is None or _barred(reader, work):
            raise LinkExpired(GONE)
        if not work.signups.confirm(signup_id):
            if reader.subscriber.state is SubscriberState.ACTIVE:
                return reader
            raise LinkExpired("This link was used before; sign up again to get a new one.")
        joined = _joined(reader, signup, now=now)
        if not work.subscribers.change(joined, when=JOINING):
            if reader.subscriber.state in JOINING:
                raise LinkExpired(GONE)
            return reader
        work.consents.log(
            [
                Consent(
                    subscriber_id=reader.subscriber.id,
                    at=now,
                    act=Act.CONFIRMED,
                    source=signup.form,
                    wording=signup.wording or WORDING,
                    evidence={"signup": signup.id},
                )
            ]
        )
        welcome = letter_to(
            joined,
            LetterKind.WELCOME,
            subject=joined.subscriber.settings_subject,
            now=now,
            tokens=tokens,
        )
        work.letters.queue([welcome])
    return joined


def _barred(reader: Reader, work: Work) -> bool:
    person = reader.subscriber
    return person.state in SUPPRESSED or bool(work.suppressions.among([person.address_hmac]))


def _joined(reader: Reader, signup: Signup, *, now: datetime) -> Reader:
    """Return *reader* as ACTIVE, with what *signup* asks for where it asks for anything."""
    interest = read_interest(signup.interests)
    wished = interest.phrases or interest.categories or interest.seeds
    interests = (interest,) if wished else reader.subscription.interests
    return Reader(
        subscriber=replace(
            reader.subscriber,
            state=SubscriberState.ACTIVE,
            confirmed_at=now,
            name=signup.name or reader.subscriber.name,
            # Whoever had a link from before their last goodbye has none now.
            version=reader.subscriber.version + 1,
        ),
        subscription=replace(
            reader.subscription,
            interests=interests,
            schedule=_schedule(signup) if signup.time_zone else reader.subscription.schedule,
        ),
    )


def _schedule(signup: Signup) -> Schedule:
    zone = signup.time_zone.strip()
    return Schedule(time_zone=zone) if is_zone(zone) else Schedule()
