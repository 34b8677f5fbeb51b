"""What readers do with their own subscription: change it, pause it, move it, take it away."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from typing import Any

from digest.errors import InputRefused, LinkExpired
from digest.models.consent import WORDING, Act, Consent
from digest.models.letters import LetterKind
from digest.models.signups import Signup
from digest.models.subscribers import (
    READING,
    Reader,
    SubscriberState,
    Suppression,
    Wish,
    address_hmac,
)
from digest.ports import Clock, Store, Tokens, Work
from digest.services.post import letter_to
from digest.services.subscribe import normal_address, resolved

PAGE = "settings page"


def owner(subject: str, *, store: Store) -> Reader:
    """Return whose settings a token's *subject* opens; raise LinkExpired where it opens none.

    It was made for one version of them: leaving, coming back and moving raise it.
    """
    with store.read() as work:
        return _owner(subject, work)


def _owner(subject: str, work: Work) -> Reader:
    reader = work.subscribers.by_id(subject.rpartition(".")[0])
    if reader is None or reader.subscriber.settings_subject != subject:
        raise LinkExpired("This link is not good any more; a newer mail has one that is.")
    if reader.subscriber.state not in READING:
        raise LinkExpired("You get no mail from us now; sign up again to change that.")
    return reader


def _again(reader: Reader, work: Work) -> Reader:
    """Return *reader* as they are by now; raise LinkExpired where they left or moved since.

    Writing over what was read before this transaction would bring back what they were then.
    """
    return _owner(reader.subscriber.settings_subject, work)


def change(reader: Reader, wish: Wish, *, store: Store, clock: Clock) -> Reader:
    """Write what *reader* wishes from now on; raise InterestInvalid for a seed without a paper."""
    with store.begin() as work:
        reader = _again(reader, work)
        changed = Reader(
            subscriber=replace(reader.subscriber, name=wish.name),
            subscription=replace(
                reader.subscription,
                interests=(
                    resolved(wish.interest, work),
                    *reader.subscription.interests[1:],
                ),
                paper_limit=wish.paper_limit,
                schedule=wish.schedule,
                dial=wish.dial,
            ),
        )
        _write(changed, Act.CHANGED, work=work, clock=clock)
    return changed


@dataclass(frozen=True, slots=True, kw_only=True)
class By:
    """Who made a change, as the consent log tells it."""

    source: str = PAGE
    evidence: Mapping[str, str] = field(default_factory=dict)


THE_READER = By()


def pause(
    reader: Reader,
    *,
    until: date | None,
    catch_up: bool,
    by: By = THE_READER,
    store: Store,
    clock: Clock,
) -> Reader:
    """Send *reader* nothing until that day, or until somebody says so where there is none."""
    evidence = {**by.evidence, **({"until": until.isoformat()} if until else {})}
    with store.begin() as work:
        reader = _again(reader, work)
        paused = replace(
            reader.subscriber,
            state=SubscriberState.PAUSED,
            paused_until=until,
            catch_up=catch_up and until is not None,
        )
        changed = replace(reader, subscriber=paused)
        noted = By(source=by.source, evidence=evidence)
        _write(changed, Act.PAUSED, by=noted, work=work, clock=clock)
    # In a second transaction, which sees what was planned while the first was open.
    with store.begin() as work:
        work.deliveries.suppress(reader.subscription.id, reason="the reader is paused")
    return changed


def resume(reader: Reader, *, by: By = THE_READER, store: Store, clock: Clock) -> Reader:
    """Send *reader* their issues again, from the next one that is due."""
    with store.begin() as work:
        reader = _again(reader, work)
        active = replace(
            reader.subscriber, state=SubscriberState.ACTIVE, paused_until=None, catch_up=False
        )
        changed = replace(reader, subscriber=active)
        _write(changed, Act.RESUMED, by=by, work=work, clock=clock)
    return changed


def ask_address(
    reader: Reader, address: str, *, network: str, store: Store, clock: Clock, tokens: Tokens
) -> None:
    """Ask at *address* whether *reader* is to get their mail there; raise AddressInvalid.

    It goes through the inbox of sign-ups and its limits: a change of address could be made
    to mail a stranger as well as a sign-up can. Nothing tells whether it is somebody's.
    """
    normal = normal_address(address)
    with store.read() as work:
        key = address_hmac(normal, key=work.address_key())
    if key == reader.subscriber.address_hmac:
        raise InputRefused("That is your address already.")
    signup = Signup(
        id=tokens.new(),
        form=PAGE,
        external_id=tokens.new(),
        received_at=clock.now(),
        address=normal,
        network=network,
        wording=WORDING,
        subscriber_id=reader.subscriber.id,
    )
    with store.begin() as work:
        work.signups.receive(signup, known_since=signup.received_at)
        _log(reader, Act.ADDRESS_ASKED, work=work, clock=clock)


def move(signup_id: str, *, store: Store, clock: Clock, tokens: Tokens) -> Reader:
    """Send the mail of who asked for it to the address that this sign-up names from now on.

    Every link to their settings ends, and the old address is told. Raise LinkExpired where
    it was answered before or cannot be any more.
    """
    with store.begin() as work:
        signup = work.signups.get(signup_id)
        reader = work.subscribers.by_id(signup.subscriber_id) if signup else None
        if signup is None or reader is None or reader.subscriber.state not in READING:
            raise LinkExpired("This link is not good any more; ask for the change again.")
        if _moved_by(signup_id, reader, work):
            return reader
        key = address_hmac(signup.address, key=work.address_key())
        if (
            not work.signups.confirm(signup_id)
            or work.suppressions.among([key])
            or not work.subscribers.move(
                reader.subscriber.id, address=signup.address, address_hmac=key
            )
        ):
            raise LinkExpired("This link is not good any more; ask for the change again.")
        moved = replace(
            reader,
            subscriber=replace(
                reader.subscriber,
                address=signup.address,
                address_hmac=key,
                version=reader.subscriber.version + 1,
            ),
        )
        by = By(evidence={_SIGNUP: signup_id})
        _write(moved, Act.ADDRESS_CHANGED, by=by, work=work, clock=clock)
        told = letter_to(
            reader, LetterKind.MOVED, subject=signup_id, now=clock.now(), tokens=tokens
        )
        work.letters.queue([told])
    return moved


def _moved_by(signup_id: str, reader: Reader, work: Work) -> bool:
    """Return whether the last change of address was the one that this sign-up asked for."""
    moves = [
        one for one in work.consents.of(reader.subscriber.id) if one.act is Act.ADDRESS_CHANGED
    ]
    return bool(moves) and moves[-1].evidence.get(_SIGNUP) == signup_id


_SIGNUP = "signup"


def export(reader: Reader, *, store: Store, clock: Clock) -> dict[str, Any]:
    """Return all that is kept about *reader*, as JSON has it, and note that they asked."""
    person, wish = reader.subscriber, reader.subscription
    with store.begin() as work:
        _log(reader, Act.EXPORTED, work=work, clock=clock)
        consents = work.consents.of(person.id)
        feedback = work.feedbacks.of([wish.id]).get(wish.id, ())
        deliveries = work.deliveries.of_subscription(wish.id)
    return {
        "email": person.address,
        "name": person.name,
        "state": person.state,
        "created_at": person.created_at,
        "confirmed_at": person.confirmed_at,
        "paused_until": person.paused_until,
        "interests": [asdict(interest) for interest in wish.interests],
        "schedule": asdict(wish.schedule),
        "paper_limit": wish.paper_limit,
        "dial": wish.dial,
        "consents": [
            {
                "at": one.at,
                "act": one.act,
                "source": one.source,
                "wording": one.wording,
                "evidence": dict(one.evidence),
            }
            for one in consents
        ],
        "feedback": [
            {"paper": one.paper_id, "verdict": one.verdict, "at": one.at} for one in feedback
        ],
        "deliveries": [{"day": one.day, "state": one.state} for one in deliveries],
    }


def erase(reader: Reader, *, source: str = PAGE, store: Store, clock: Clock) -> None:
    """Forget *reader*, and that they are never to be written to again alone stays known."""
    with store.begin() as work:
        work.deliveries.suppress(reader.subscription.id, reason="the reader is erased")
        work.suppressions.put(
            [
                Suppression(
                    address_hmac=reader.subscriber.address_hmac,
                    reason=SubscriberState.ERASED,
                    at=clock.now(),
                )
            ]
        )
        _log(reader, Act.ERASED, by=By(source=source), work=work, clock=clock)
        work.subscribers.erase(reader.subscriber.id)


def _write(changed: Reader, act: Act, *, by: By = THE_READER, work: Work, clock: Clock) -> None:
    """Keep *changed* and log why; raise LinkExpired where they have left meanwhile."""
    if not work.subscribers.change(changed, when=READING):
        raise LinkExpired("You get no mail from us now; sign up again to change that.")
    _log(changed, act, by=by, work=work, clock=clock)


def _log(reader: Reader, act: Act, *, by: By = THE_READER, work: Work, clock: Clock) -> None:
    work.consents.log(
        [
            Consent(
                subscriber_id=reader.subscriber.id,
                at=clock.now(),
                act=act,
                source=by.source,
                wording=WORDING,
                evidence=by.evidence,
            )
        ]
    )
