"""What readers agreed to, and the letters, forms and events about them, kept in memory."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from digest.models.consent import Consent
from digest.models.deliveries import Claim
from digest.models.letters import ELSEWHERE, Letter
from digest.models.signups import Form, Signup, SignupState
from digest.models.subscribers import Suppression
from tests.fakes.tables import LetterRow, SignupRow, Tables, among, storable, utc

COUNTED = frozenset(
    {SignupState.MAILED, SignupState.CONFIRMED, SignupState.KNOWN, SignupState.JOINED}
)
ASKING = frozenset({SignupState.MAILED, SignupState.CONFIRMED})


class MemoryConsents:
    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def log(self, acts: Iterable[Consent]) -> None:
        for act in acts:
            kept = replace(act, evidence=dict(act.evidence))
            self._tables.consents.append(storable(kept))
            self._tables.references.add(("people", act.subscriber_id))

    def of(self, subscriber_id: str) -> Sequence[Consent]:
        return [each for each in self._tables.consents if each.subscriber_id == subscriber_id]


class MemorySuppressions:
    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def put(self, suppressions: Iterable[Suppression]) -> None:
        for each in suppressions:
            self._tables.suppressions.setdefault(each.address_hmac, storable(each))

    def among(self, address_hmacs: Collection[str]) -> Mapping[str, Suppression]:
        return among(self._tables.suppressions, address_hmacs)

    def lift(self, address_hmac: str) -> bool:
        return self._tables.suppressions.pop(address_hmac, None) is not None


class MemorySignups:
    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def receive(self, signup: Signup, *, known_since: datetime) -> bool:
        signup = storable(signup)
        known = any(
            (row.signup.form, row.signup.external_id) == (signup.form, signup.external_id)
            and row.signup.received_at >= utc(known_since)
            for row in self._tables.signups.values()
        )
        if known or signup.id in self._tables.signups:
            return False
        self._tables.signups[signup.id] = SignupRow(signup=signup)
        return True

    def waiting(self, *, limit: int) -> Sequence[Signup]:
        waiting = [
            row.signup
            for row in self._tables.signups.values()
            if row.signup.state is SignupState.WAITING
        ]
        return sorted(waiting, key=lambda each: (each.received_at, each.id))[:limit]

    def get(self, signup_id: str) -> Signup | None:
        row = self._tables.signups.get(signup_id)
        return row.signup if row else None

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
        if row := self._tables.signups.get(signup_id):
            mailed = state in {SignupState.MAILED, SignupState.KNOWN, SignupState.JOINED}
            address = row.signup.address if state is SignupState.MAILED else ""
            self._tables.signups[signup_id] = storable(
                SignupRow(
                    signup=replace(row.signup, state=state, address=address),
                    mailed_at=utc(at) if mailed else None,
                    subscriber_id=subscriber_id,
                    address_hmac=address_hmac,
                    domain=domain,
                )
            )

    def subscriber(self, signup_id: str) -> str | None:
        row = self._tables.signups.get(signup_id)
        return row.subscriber_id or None if row else None

    def confirm(self, signup_id: str) -> bool:
        row = self._tables.signups.get(signup_id)
        if row is None or row.signup.state is not SignupState.MAILED:
            return False
        confirmed = replace(row.signup, state=SignupState.CONFIRMED, address="")
        self._tables.signups[signup_id] = replace(row, signup=confirmed)
        return True

    def mailed(
        self,
        *,
        since: datetime | None,
        address_hmac: str = "",
        network: str = "",
        domain: str = "",
        unconfirmed: bool = False,
    ) -> int:
        return sum(
            row.signup.state in COUNTED
            and row.mailed_at is not None
            and (since is None or row.mailed_at > utc(since))
            and (not address_hmac or row.address_hmac == address_hmac)
            and (not network or row.signup.network == network)
            and (not domain or row.domain == domain)
            and not (unconfirmed and self._answered_since(row, row.mailed_at))
            for row in self._tables.signups.values()
        )

    def _answered_since(self, row: SignupRow, mailed_at: datetime) -> bool:
        """Return whether *row*, or a later one of its address, or its reader was confirmed."""
        confirmed = [
            each.mailed_at
            for each in self._tables.signups.values()
            if each.address_hmac == row.address_hmac and each.signup.state is SignupState.CONFIRMED
        ]
        confirmed += [
            reader.subscriber.confirmed_at
            for reader in self._tables.readers.values()
            if reader.subscriber.address_hmac == row.address_hmac
        ]
        return any(moment is not None and moment >= mailed_at for moment in confirmed)

    def answered(self, last: int, *, since: datetime) -> tuple[int, int]:
        asked = [
            (row.mailed_at, id_, row.signup.state)
            for id_, row in self._tables.signups.items()
            if row.signup.state in ASKING and row.mailed_at and row.mailed_at > utc(since)
        ]
        latest = sorted(asked, reverse=True)[:last]
        return len(latest), sum(state is SignupState.CONFIRMED for _, _, state in latest)

    def forget(self, *, received_before: datetime) -> int:
        kept = {
            id_: row
            for id_, row in self._tables.signups.items()
            if row.signup.state is SignupState.WAITING
            or row.signup.received_at >= utc(received_before)
        }
        forgotten = len(self._tables.signups) - len(kept)
        self._tables.signups = kept
        return forgotten


class MemoryLetters:
    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def queue(self, letters: Iterable[Letter]) -> None:
        for letter in letters:
            kept = storable(replace(letter, words=dict(letter.words)))
            self._tables.letters.setdefault(letter.id, LetterRow(letter=kept))
            self._tables.references.add(("people", letter.subscriber_id))

    def take(self, claim: Claim, *, limit: int) -> Sequence[Letter]:
        due = [
            row
            for row in self._tables.letters.values()
            if row.waits
            and (row.retry_at is None or row.retry_at <= utc(claim.at))
            and (row.lease_until is None or row.lease_until <= utc(claim.at))
        ]
        taken = sorted(due, key=lambda row: (row.letter.created_at, row.letter.id))[:limit]
        for row in taken:
            self._tables.letters[row.letter.id] = replace(
                row, fence=claim.fence, lease_until=utc(claim.lease_until)
            )
        return [row.letter for row in taken]

    def sent(self, letter_id: str, *, fence: str, at: datetime) -> None:
        utc(at)
        if row := self._held(letter_id, fence):
            self._tables.letters[letter_id] = _ended(row)

    def put_back(
        self, letter_id: str, *, fence: str, retry_at: datetime | None, tried: bool
    ) -> None:
        row = self._held(letter_id, fence)
        if row is None:
            return
        letter = replace(row.letter, attempts=row.letter.attempts + tried)
        waiting = LetterRow(letter=letter, retry_at=retry_at and utc(retry_at))
        self._tables.letters[letter_id] = _ended(waiting) if retry_at is None else waiting

    def recipient(self, letter_id: str) -> str | None:
        row = self._tables.letters.get(letter_id)
        return row.letter.subscriber_id if row and row.letter.kind not in ELSEWHERE else None

    def _held(self, letter_id: str, fence: str) -> LetterRow | None:
        row = self._tables.letters.get(letter_id)
        return row if row and row.waits and row.fence == fence else None


def _ended(row: LetterRow) -> LetterRow:
    return LetterRow(letter=replace(row.letter, address="", words={}), waits=False)


class MemoryForms:
    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def put(self, form: Form) -> None:
        kept = replace(form, fields=dict(form.fields))
        self._tables.forms[storable(form.name)] = storable(kept)

    def get(self, name: str) -> Form | None:
        return self._tables.forms.get(name)

    def names(self) -> Sequence[str]:
        return sorted(self._tables.forms)

    def used(self, name: str, secret: str, *, at: datetime) -> None:
        if form := self._tables.forms.get(name):
            secrets = tuple(
                replace(each, used_at=utc(at)) if each.secret == secret else each
                for each in form.secrets
            )
            self._tables.forms[name] = replace(form, secrets=secrets)

    def remove(self, name: str) -> bool:
        return self._tables.forms.pop(name, None) is not None
