"""Every signed link in a mail: made here, checked here."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from urllib.parse import quote

from itsdangerous import BadSignature, Signer

from digest.errors import LinkInvalid


class Purpose(StrEnum):
    """What a token is good for; one purpose never opens another's door."""

    UNSUBSCRIBE = "unsubscribe"
    ISSUE = "issue"


DOORS: Mapping[Purpose, str] = MappingProxyType({Purpose.UNSUBSCRIBE: "/u", Purpose.ISSUE: "/i"})
"""The path that each purpose's tokens stand behind."""


def url(public_url: str, purpose: Purpose, token: str) -> str:
    """Return the address at which *token* opens the door of its *purpose*."""
    return f"{public_url}{DOORS[purpose]}/{quote(token, safe='')}"


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueTokens:
    """The tokens in one mail: *unsubscribe* proves who got it, *issue* opens it in a browser.

    A mail whose issue is kept nowhere has no *issue*.
    """

    unsubscribe: str
    issue: str | None


class Links:
    """Signs and checks tokens with *keys*: the first signs, all verify."""

    def __init__(self, keys: Sequence[str]) -> None:
        # itsdangerous signs with the last key of its list.
        self._keys = list(reversed(keys))

    def for_issue(self, issue_id: str, *, subscriber_id: str) -> IssueTokens:
        """Return the tokens in the mail of that issue to that subscriber."""
        return IssueTokens(
            unsubscribe=self.token(Purpose.UNSUBSCRIBE, subscriber_id),
            issue=self.token(Purpose.ISSUE, issue_id),
        )

    def for_trial(self, *, subscriber_id: str) -> IssueTokens:
        """Return the tokens in a mail to that subscriber whose issue is kept nowhere."""
        return IssueTokens(unsubscribe=self.token(Purpose.UNSUBSCRIBE, subscriber_id), issue=None)

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
