"""Let a reader go: no mail after it, whoever asks, however often."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from email.message import Message
from email.parser import BytesHeaderParser
from email.policy import default
from enum import StrEnum

from digest.errors import LinkInvalid
from digest.links import Links, Purpose
from digest.models.consent import Act, Consent
from digest.models.letters import LetterKind
from digest.models.subscribers import READING, Cadence, Reader, SubscriberState
from digest.ports import Clock, Store, Tokens
from digest.services.post import letter_to

REASON = "the reader is unsubscribed"


class Way(StrEnum):
    """How somebody left."""

    PAGE = "unsubscribe page"
    ONE_CLICK = "one-click"
    MAIL = "mail"
    OPERATOR = "operator"
    PROVIDER = "mail provider"


def unsubscribe(
    subscriber_id: str, way: Way, *, store: Store, clock: Clock, tokens: Tokens
) -> bool:
    """Stop all mail to that subscriber; return whether there was any to stop.

    Nobody of that id, or somebody who left before, is no error. When it returns, nothing
    that was not on the wire already is sent any more. Only who left by the page is told so
    by mail: a mail program, or a list of addresses, asked for no answer.
    """
    with store.begin() as work:
        left = work.subscribers.turn(subscriber_id, SubscriberState.UNSUBSCRIBED, when=READING)
        reader = work.subscribers.by_id(subscriber_id)
        if left and reader is not None:
            work.consents.log([_act(subscriber_id, Act.LEFT, way, clock)])
            if way is Way.PAGE:
                goodbye = letter_to(
                    reader,
                    LetterKind.GOODBYE,
                    subject=subscriber_id,
                    now=clock.now(),
                    tokens=tokens,
                )
                work.letters.queue([goodbye])
    if reader is not None:
        # In a second transaction, which sees what was planned while the first was open. It is
        # done for those who left before, too: the first try may have died in between.
        with store.begin() as work:
            work.deliveries.suppress(reader.subscription.id, reason=REASON)
    return left


UNDO_WITHIN = timedelta(days=1)
"""How long a goodbye on the page can be undone there."""


def undo_until(subscriber_id: str, *, store: Store) -> datetime | None:
    """Return until when that subscriber may undo having left; None where they cannot.

    It counts from when they left, however often they ask: a link to leave is good for ever,
    and whoever it was forwarded to is not to bring them back.
    """
    with store.read() as work:
        reader = work.subscribers.by_id(subscriber_id)
        if reader is None or reader.subscriber.state is not SubscriberState.UNSUBSCRIBED:
            return None
        left = [one.at for one in work.consents.of(subscriber_id) if one.act is Act.LEFT]
    return left[-1] + UNDO_WITHIN if left else None


def come_back(subscriber_id: str, *, store: Store, clock: Clock) -> bool:
    """Undo a goodbye: who left, and nothing worse, gets mail again; return whether they do."""
    with store.begin() as work:
        reader = work.subscribers.by_id(subscriber_id)
        if reader is None or work.suppressions.among([reader.subscriber.address_hmac]):
            return False
        back = work.subscribers.turn(
            subscriber_id, SubscriberState.ACTIVE, when={SubscriberState.UNSUBSCRIBED}
        )
        if back:
            work.consents.log([_act(subscriber_id, Act.RETURNED, Way.PAGE, clock)])
    return back


def less_often(subscriber_id: str, *, store: Store, clock: Clock) -> Reader | None:
    """Send that subscriber one issue a week, on Mondays, instead of none; None if they left."""
    with store.begin() as work:
        reader = work.subscribers.by_id(subscriber_id)
        if reader is None or reader.subscriber.state not in READING:
            return None
        wish = reader.subscription
        if wish.schedule.cadence is Cadence.WEEKLY:
            return reader
        weekly = replace(
            reader,
            subscription=replace(wish, schedule=replace(wish.schedule, weekdays=MONDAYS)),
        )
        if not work.subscribers.change(weekly, when=READING):
            return None
        work.consents.log([_act(subscriber_id, Act.CHANGED, Way.PAGE, clock)])
    return weekly


MONDAYS = (0,)


def _act(subscriber_id: str, act: Act, way: Way, clock: Clock) -> Consent:
    return Consent(subscriber_id=subscriber_id, at=clock.now(), act=act, source=way)


def unsubscribe_by_mail(
    content: bytes, *, links: Links, store: Store, clock: Clock, tokens: Tokens
) -> str | None:
    """Unsubscribe whom the message *content* asks for; return their id, None if it asks nothing.

    A token in the subject or in the tag of a recipient's address is the proof. Who wrote
    the message, and to which of our addresses, proves nothing and is not looked at.
    """
    for token in _tokens(content):
        try:
            subscriber_id = links.subject(Purpose.UNSUBSCRIBE, token)
        except LinkInvalid:
            continue
        unsubscribe(subscriber_id, Way.MAIL, store=store, clock=clock, tokens=tokens)
        return subscriber_id
    return None


def _tokens(content: bytes) -> Iterator[str]:
    """Yield what may be a token in the headers of the message *content*."""
    message = BytesHeaderParser(policy=default).parsebytes(content)
    for subject in _values(message, "Subject"):
        if asked := _ASKED.fullmatch(subject.strip()):
            first, *rest = asked[1].split()
            yield first
            # Some programs fold a long subject inside of a word.
            yield "".join((first, *rest))
    for name in _RECIPIENTS:
        for recipients in _values(message, name):
            yield from _TAG.findall(recipients)


def _values(message: Message, name: str) -> list[str]:
    """Return the header's values, unfolded and decoded; one that makes no sense is left out."""
    values = []
    for raw_name, raw in message.raw_items():
        if raw_name.lower() == name.lower():
            try:
                values.append(str(default.header_fetch_parse(raw_name, raw)))
            except Exception:  # noqa: BLE001, S112 - the parser raises whatever comes, on junk
                continue
    return values


_RECIPIENTS = ("To", "Cc", "Delivered-To", "X-Original-To")
_TAG = re.compile(r"\+([^\s@<>,;\"]+)@")
_ASKED = re.compile(
    r"(?:[^\W\d_]{1,5}(?:\[\d+\])?\s*:\s*)*unsubscribe(?:\s|%20)+(\S.*)", re.IGNORECASE | re.DOTALL
)
