"""Let a reader go: no mail after it, whoever asks, however often."""

import re
from collections.abc import Iterator
from email.message import Message
from email.parser import BytesHeaderParser
from email.policy import default

from digest.errors import LinkInvalid
from digest.links import Links, Purpose
from digest.models.subscribers import SubscriberState
from digest.ports import Store

LEAVING = frozenset({SubscriberState.ACTIVE, SubscriberState.PAUSED})
"""The states that a reader can leave from; in the others no mail goes out anyway."""

REASON = "the reader is unsubscribed"


def unsubscribe(subscriber_id: str, *, store: Store) -> bool:
    """Stop all mail to that subscriber; return whether there was any to stop.

    Nobody of that id, or somebody who left before, is no error. When it returns, nothing
    that was not on the wire already is sent any more.
    """
    with store.begin() as work:
        left = work.subscribers.turn(subscriber_id, SubscriberState.UNSUBSCRIBED, when=LEAVING)
        reader = work.subscribers.by_id(subscriber_id)
    if reader is not None:
        # In a second transaction, which sees what was planned while the first was open. It is
        # done for those who left before, too: the first try may have died in between.
        with store.begin() as work:
            work.deliveries.suppress(reader.subscription.id, reason=REASON)
    return left


def unsubscribe_by_mail(content: bytes, *, links: Links, store: Store) -> str | None:
    """Unsubscribe whom the message *content* asks for; return their id, None if it asks nothing.

    A token in the subject or in the tag of a recipient's address is the proof. Who wrote
    the message, and to which of our addresses, proves nothing and is not looked at.
    """
    for token in _tokens(content):
        try:
            subscriber_id = links.subject(Purpose.UNSUBSCRIBE, token)
        except LinkInvalid:
            continue
        unsubscribe(subscriber_id, store=store)
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
