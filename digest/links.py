"""Every signed link in a mail: made here, checked here."""

import hashlib
import hmac
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from urllib.parse import quote

from itsdangerous import BadSignature, Signer

from digest.errors import LinkExpired, LinkInvalid
from digest.models.issues import Issue
from digest.models.subscribers import Subscriber


class Purpose(StrEnum):
    """What a token is good for; one purpose never opens another's door."""

    UNSUBSCRIBE = "unsubscribe"
    ISSUE = "issue"
    CONFIRM = "confirm"
    SETTINGS = "settings"
    FEEDBACK = "feedback"
    ADDRESS = "address"
    RETURN = "return"
    FORM = "form"


DOORS: Mapping[Purpose, str] = MappingProxyType(
    {
        Purpose.UNSUBSCRIBE: "/u",
        Purpose.ISSUE: "/i",
        Purpose.CONFIRM: "/confirm",
        Purpose.SETTINGS: "/me",
        Purpose.FEEDBACK: "/a",
        Purpose.ADDRESS: "/address",
        Purpose.RETURN: "/back",
        Purpose.FORM: "/signup",
    }
)
"""The path that each purpose's tokens stand behind."""

SETTINGS_FOR = timedelta(days=60)
"""How long the link to a reader's settings is good; a forwarded mail opens them no longer."""


def url(public_url: str, purpose: Purpose, token: str) -> str:
    """Return the address at which *token* opens the door of its *purpose*."""
    return f"{public_url}{DOORS[purpose]}/{quote(token, safe='')}"


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueTokens:
    """The tokens in one mail: *unsubscribe* proves who got it, *issue* opens it in a browser.

    *feedback* is for what they say of its papers, *settings* for what they asked for. A mail
    whose issue is kept nowhere has neither *issue* nor *feedback*.
    """

    unsubscribe: str
    issue: str | None
    settings: str | None = None
    feedback: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterTokens:
    """The tokens in one letter: *asks* answers its question; None where it has no such link."""

    asks: str | None = None
    settings: str | None = None
    unsubscribe: str | None = None


# No id that we sign has it, and no URL needs to quote it.
_UNTIL = "~"


class Links:
    """Signs and checks tokens with *keys*: the first signs, all verify."""

    def __init__(self, keys: Sequence[str]) -> None:
        # itsdangerous signs with the last key of its list.
        self._keys = list(reversed(keys))

    def for_issue(self, issue: Issue, subscriber: Subscriber) -> IssueTokens:
        """Return the tokens in the mail of *issue* to *subscriber*, whenever it is made."""
        until = issue.composed_at + SETTINGS_FOR
        return IssueTokens(
            unsubscribe=self.token(Purpose.UNSUBSCRIBE, subscriber.id),
            issue=self.token(Purpose.ISSUE, issue.id),
            settings=self.token(Purpose.SETTINGS, subscriber.settings_subject, until=until),
            feedback=self.token(Purpose.FEEDBACK, issue.id),
        )

    def for_trial(self, *, subscriber_id: str) -> IssueTokens:
        """Return the tokens in a mail to that subscriber whose issue is kept nowhere."""
        return IssueTokens(unsubscribe=self.token(Purpose.UNSUBSCRIBE, subscriber_id), issue=None)

    def token(self, purpose: Purpose, subject: str, *, until: datetime | None = None) -> str:
        """Return a token that proves we wrote to *subject*, good *until* then or for ever."""
        if until is not None:
            subject = f"{subject}{_UNTIL}{int(until.timestamp()):x}"
        return self._signer(purpose).sign(subject.encode()).decode()

    def subject(self, purpose: Purpose, token: str, *, now: datetime | None = None) -> str:
        """Return whom *token* was made for.

        Raise LinkInvalid if it was not, or not for this, and LinkExpired if it was good until
        before *now*: a token that ends is never taken without asking for the time.
        """
        try:
            subject = self._signer(purpose).unsign(token.encode()).decode()
        except (BadSignature, UnicodeError) as bad:
            raise LinkInvalid("This link is not one of ours, or it was cut short.") from bad
        subject, ends, until = subject.partition(_UNTIL)
        if ends and (now is None or now.timestamp() >= int(until, 16)):
            raise LinkExpired("This link was good for a while only, and that is over.")
        return subject

    def bounce_tag(self, mail_id: str) -> str:
        """Return what proves, in the address that bounces go to, which mail came back."""
        return f"{mail_id}.{_bounce_signature(self._keys[-1], mail_id)}"

    def bounced(self, tag: str) -> str:
        """Return the id of the mail that *tag* was made for; raise LinkInvalid if it was not."""
        mail_id, _, signature = tag.lower().partition(".")
        for key in self._keys:
            expected = _bounce_signature(key, mail_id).encode()
            if hmac.compare_digest(expected, signature.encode(errors="replace")):
                return mail_id
        raise LinkInvalid("This address is not one of ours, or it was cut short.")

    def _signer(self, purpose: Purpose) -> Signer:
        return Signer(self._keys, salt=f"digest.{purpose}", key_derivation="hmac", sep=".")


def _bounce_signature(key: str, mail_id: str) -> str:
    # itsdangerous signs in base64, and some mail servers fold the case of an address.
    text = f"digest.bounce|{mail_id}".encode(errors="replace")
    return hmac.new(key.encode(), text, hashlib.sha256).hexdigest()[:16]


LONGEST_BOUNCE_NAME = 12
"""Letters before the tag: with "+b.", an id of 32 and a signature of 16 it makes up to 64."""

_TAG = re.compile(r"\+b\.([0-9a-f]{1,32}\.[0-9a-f]{16})@", re.IGNORECASE)


def return_path(address: str, tag: str) -> str:
    """Return *address* with *tag* in it: where a mail that carries it comes back to."""
    name, _, domain = address.rpartition("@")
    return f"{name}+b.{tag}@{domain}"


def bounce_tags(text: str) -> list[str]:
    """Return what may be tags in the addresses of *text*, the first one first."""
    return _TAG.findall(text)
