"""Letters: mails about a subscription itself, one at a time, and never with papers in them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class LetterKind(StrEnum):
    """What a letter is for.

    CONFIRM asks whether it was they who signed up, KNOWN says that they have long been
    subscribed, WELCOME says when the first issue comes. NEW_ADDRESS asks the new address,
    MOVED tells the old one. GOODBYE is for who left by the page.
    """

    CONFIRM = "confirm"
    KNOWN = "known"
    WELCOME = "welcome"
    NEW_ADDRESS = "new_address"
    MOVED = "moved"
    GOODBYE = "goodbye"


ELSEWHERE = frozenset({LetterKind.NEW_ADDRESS, LetterKind.MOVED})
"""Letters to an address that is not the reader's, or not any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """One letter that waits to be sent, or was.

    *subject_id* is what its link is about: the sign-up, the change of address, or the
    subscriber. *words* are what its template needs beside that; they hold no address.
    """

    id: str
    kind: LetterKind
    subscriber_id: str
    address: str
    subject_id: str
    created_at: datetime
    words: Mapping[str, str] = field(default_factory=dict)
    attempts: int = 0
