"""Letters that wait to be sent, and whom those that were sent were for."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, literal, or_, select, update

from digest.models.deliveries import Claim
from digest.models.letters import ELSEWHERE, Letter, LetterKind
from digest.store.statements import chunks, insert_missing
from digest.store.tables import letters


class LetterState(StrEnum):
    """Whether a letter waits; one that is held still does, until its holder says."""

    WAITING = "waiting"
    SENT = "sent"
    GIVEN_UP = "given up"


class SqlLetters:
    """Letters, each held by one sender at a time, under the fence of that sender."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def queue(self, queued: Iterable[Letter]) -> None:
        """Let *queued* wait; one whose id is known stays as it is."""
        for chunk in chunks(queued):
            insert_missing(self._connection, letters, [_record(letter) for letter in chunk])

    def take(self, claim: Claim, *, limit: int) -> Sequence[Letter]:
        """Hold up to *limit* letters that are due, oldest first, until the claim's lease ends."""
        due = (
            select(letters.c.id)
            .where(
                letters.c.state == LetterState.WAITING,
                or_(letters.c.retry_at.is_(None), letters.c.retry_at <= claim.at),
                or_(letters.c.lease_until.is_(None), letters.c.lease_until <= claim.at),
            )
            .order_by(letters.c.created_at, letters.c.id)
            .limit(limit)
            .with_for_update(skip_locked=True)
            .cte("due")
        )
        statement = (
            update(letters)
            .where(letters.c.id.in_(select(due.c.id)))
            .values(fence=claim.fence, lease_until=claim.lease_until)
            .returning(*letters.c)
        )
        taken = [_letter(row) for row in self._connection.execute(statement)]
        return sorted(taken, key=lambda letter: (letter.created_at, letter.id))

    def sent(self, letter_id: str, *, fence: str, at: datetime) -> None:
        """Note that it was handed over; its address is forgotten, and so are its words."""
        self._write(letter_id, fence, _ended(LetterState.SENT) | {"ended_at": at})

    def put_back(
        self, letter_id: str, *, fence: str, retry_at: datetime | None, tried: bool
    ) -> None:
        """Let it wait until then; without a time it is given up, and its address forgotten.

        *tried* says that this counts as an attempt.
        """
        changes = _ended(LetterState.GIVEN_UP) if retry_at is None else _LET_GO
        attempts = letters.c.attempts + literal(int(tried))
        self._write(letter_id, fence, changes | {"retry_at": retry_at, "attempts": attempts})

    def recipient(self, letter_id: str) -> str | None:
        """Return the subscriber whose address that letter went to, None where it was another."""
        statement = select(letters.c.subscriber_id).where(
            letters.c.id == letter_id, letters.c.kind.not_in(ELSEWHERE)
        )
        return self._connection.scalar(statement)

    def _write(self, letter_id: str, fence: str, changes: dict[str, Any]) -> None:
        self._connection.execute(update(letters).where(*_held(letter_id, fence)).values(changes))


_LET_GO: dict[str, Any] = {"fence": None, "lease_until": None}


def _ended(state: LetterState) -> dict[str, Any]:
    return _LET_GO | {"state": state, "address": "", "words": {}}


def _held(letter_id: str, fence: str) -> tuple[ColumnElement[bool], ...]:
    return (
        letters.c.id == letter_id,
        letters.c.fence == fence,
        letters.c.state == LetterState.WAITING,
    )


def _record(letter: Letter) -> dict[str, Any]:
    return {
        "id": letter.id,
        "kind": letter.kind,
        "subscriber_id": letter.subscriber_id,
        "address": letter.address,
        "subject_id": letter.subject_id,
        "created_at": letter.created_at,
        "words": dict(letter.words),
        "attempts": letter.attempts,
        "state": LetterState.WAITING,
    }


def _letter(row: Row[*tuple[Any, ...]]) -> Letter:
    return Letter(
        id=row.id,
        kind=LetterKind(row.kind),
        subscriber_id=row.subscriber_id,
        address=row.address,
        subject_id=row.subject_id,
        created_at=row.created_at,
        words=row.words,
        attempts=row.attempts,
    )
