"""What forms sent in, and the account of the mails that went out because of it."""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, delete, exists, func, select, update

from digest.models.signups import Signup, SignupState
from digest.store.columns import storable
from digest.store.statements import insert_new
from digest.store.tables import keyring, signups, subscribers

State = SignupState

COUNTED = (State.MAILED, State.CONFIRMED, State.KNOWN, State.JOINED)
ASKING = (State.MAILED, State.CONFIRMED)
WRITTEN = (State.MAILED, State.KNOWN, State.JOINED)
SETTLED = tuple(state for state in State if state is not State.WAITING)


class SqlSignups:
    """One row for each submission, from the inbox on; every change is one statement."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def receive(self, signup: Signup, *, known_since: datetime) -> bool:
        """Keep *signup*, unless that submission of that form came since then; return whether.

        Of two copies at one time the second waits for the first at the key they share.
        """
        submission = _submission(signup)
        forgotten = update(signups).where(
            signups.c.submission == submission, signups.c.received_at < known_since
        )
        self._connection.execute(forgotten.values(submission=None))
        record = _record(signup) | {"submission": submission}
        return bool(insert_new(self._connection, signups, [record], returning=signups.c.id))

    def waiting(self, *, limit: int) -> Sequence[Signup]:
        """Return sign-ups in WAITING, oldest first; until this block ends nobody else gets any.

        One block looks at them at a time: two that counted the mails of one address before
        either wrote would both send one more than the limits allow.
        """
        alone = select(keyring.c.name).where(keyring.c.name == "address")
        if self._connection.scalar(alone.with_for_update(skip_locked=True)) is None:
            return []
        statement = (
            select(signups)
            .where(signups.c.state == State.WAITING)
            .order_by(signups.c.received_at, signups.c.id)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
        return [_signup(row) for row in self._connection.execute(statement)]

    def get(self, signup_id: str) -> Signup | None:
        """Return the sign-up of that id, None where there is none."""
        row = self._connection.execute(select(signups).where(signups.c.id == signup_id)).first()
        return _signup(row) if row else None

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
        """Write what became of it and of whom; a MAILED or KNOWN one counts from *at* on.

        Only of a MAILED one the address is kept, for who confirms it says where to write.
        """
        changes: dict[str, Any] = {
            "state": state,
            "mailed_at": at if state in WRITTEN else None,
            "subscriber_id": subscriber_id,
            "address_hmac": address_hmac,
            "domain": domain,
        }
        if state is not State.MAILED:
            changes["address"] = ""
        self._connection.execute(update(signups).where(signups.c.id == signup_id).values(changes))

    def subscriber(self, signup_id: str) -> str | None:
        """Return the subscriber that it was settled for, None where it was for nobody."""
        statement = select(signups.c.subscriber_id).where(signups.c.id == signup_id)
        return self._connection.scalar(statement) or None

    def confirm(self, signup_id: str) -> bool:
        """Turn MAILED into CONFIRMED, and forget its address; return whether it was MAILED."""
        statement = (
            update(signups)
            .where(signups.c.id == signup_id, signups.c.state == State.MAILED)
            .values(state=State.CONFIRMED, address="")
        )
        return self._connection.execute(statement).rowcount > 0

    def mailed(
        self,
        *,
        since: datetime | None,
        address_hmac: str = "",
        network: str = "",
        domain: str = "",
        unconfirmed: bool = False,
    ) -> int:
        """Return how many mails went out after *since*, of that address, network or domain.

        With *unconfirmed*, of those alone that came after the last confirmation of their
        address, which is told by its sign-ups and by its subscriber.
        """
        asked = {
            signups.c.address_hmac: address_hmac,
            signups.c.network: network,
            signups.c.domain: domain,
        }
        at = signups.c.mailed_at
        conditions = [at.is_not(None) if since is None else at > since]
        conditions += [column == value for column, value in asked.items() if value]
        if unconfirmed:
            conditions += _unconfirmed()
        statement = (
            select(func.count())
            .select_from(signups)
            .where(signups.c.state.in_(COUNTED), *conditions)
        )
        return self._connection.scalar(statement) or 0

    def answered(self, last: int, *, since: datetime) -> tuple[int, int]:
        """Return how many of the *last* mails that ask went out since then, how many confirmed."""
        statement = (
            select(signups.c.state)
            .where(signups.c.state.in_(ASKING), signups.c.mailed_at > since)
            .order_by(signups.c.mailed_at.desc(), signups.c.id.desc())
            .limit(last)
        )
        states = self._connection.scalars(statement).all()
        return len(states), states.count(State.CONFIRMED)

    def forget(self, *, received_before: datetime) -> int:
        """Delete what was received before then and is settled; return how many."""
        statement = delete(signups).where(
            signups.c.state.in_(SETTLED), signups.c.received_at < received_before
        )
        return self._connection.execute(statement).rowcount


def _unconfirmed() -> tuple[ColumnElement[bool], ...]:
    later = signups.alias("later")
    return (
        ~exists().where(
            later.c.address_hmac == signups.c.address_hmac,
            later.c.state == State.CONFIRMED,
            later.c.mailed_at >= signups.c.mailed_at,
        ),
        ~exists().where(
            subscribers.c.address_hmac == signups.c.address_hmac,
            subscribers.c.confirmed_at >= signups.c.mailed_at,
        ),
    )


def _submission(signup: Signup) -> str:
    """Return the key of that submission of that form: vendors' ids may be long."""
    name = storable(f"{signup.form}\n{signup.external_id}")
    return hashlib.sha256(name.encode()).hexdigest()


def _record(signup: Signup) -> dict[str, Any]:
    return {
        "id": signup.id,
        "form": signup.form,
        "external_id": signup.external_id,
        "received_at": signup.received_at,
        "address": signup.address,
        "interests": signup.interests,
        "time_zone": signup.time_zone,
        "name": signup.name,
        "network": signup.network,
        "wording": signup.wording,
        "mover_id": signup.subscriber_id,
        "state": signup.state,
        "subscriber_id": "",
        "address_hmac": "",
        "domain": "",
    }


def _signup(row: Row[*tuple[Any, ...]]) -> Signup:
    return Signup(
        id=row.id,
        form=row.form,
        external_id=row.external_id,
        received_at=row.received_at,
        address=row.address,
        interests=tuple(row.interests),
        time_zone=row.time_zone,
        name=row.name,
        network=row.network,
        wording=row.wording,
        subscriber_id=row.mover_id,
        state=State(row.state),
    )
