"""Every signed link in a mail: made here, checked here."""

from collections.abc import Sequence
from enum import StrEnum

from itsdangerous import BadSignature, Signer

from digest.errors import LinkInvalid


class Purpose(StrEnum):
    """What a token is good for; one purpose never opens another's door."""

    UNSUBSCRIBE = "unsubscribe"


class Links:
    """Signs and checks tokens with *keys*: the first signs, all verify."""

    def __init__(self, keys: Sequence[str]) -> None:
        # itsdangerous signs with the last key of its list.
        self._keys = list(reversed(keys))

    def token(self, purpose: Purpose, subject: str) -> str:
        """Return a token that proves we wrote to *subject*; it never expires."""
        return self._signer(purpose).sign(subject.encode()).decode()

    def subject(self, purpose: Purpose, token: str) -> str:
        """Return whom *token* was made for; raise LinkInvalid if it was not, or not for this."""
        try:
            return self._signer(purpose).unsign(token.encode()).decode()
        except (BadSignature, UnicodeError) as bad:
            raise LinkInvalid("This link is not one of ours, or it was cut short.") from bad

    def _signer(self, purpose: Purpose) -> Signer:
        return Signer(self._keys, salt=f"digest.{purpose}", key_derivation="hmac", sep=".")
