"""What a reply that is not the hoped-for one means: for one mail, or for all of them."""

import re
from enum import Enum

from digest.errors import (
    EmailDeferred,
    EmailRefused,
    MailerError,
    MailerUnavailable,
    SendingForbidden,
)
from digest.mailers.smtp.replies import Reply, scrubbed


class Stage(Enum):
    """Where in the conversation a reply came; its value is how a sentence says it."""

    GREETING = "in its greeting"
    HELLO = "to EHLO"
    STARTTLS = "to STARTTLS"
    AUTH = "to AUTH"
    MAIL = "to MAIL"
    RCPT = "to RCPT"
    DATA = "to DATA"
    MESSAGE = "to the message"


_SESSION = frozenset({Stage.GREETING, Stage.HELLO, Stage.STARTTLS, Stage.AUTH})

# 421: the service is going away. 432, 454: authentication cannot be checked now.
_ALL_LATER = frozenset({421, 432, 454})
# 530, 534, 535, 538 (RFC 4954): authentication, or encryption, is missing or not good enough.
_ALL_NEVER = frozenset({521, 530, 534, 535, 538})
# The commands were not what the server expected: the fault is ours or its, never a reader's.
_OUT_OF_STEP = frozenset({500, 502, 503, 504})
# RFC 3463: x.3.1 and x.3.2 are a full or closed system; x.4.1 to x.4.5 its network.
_ALL_BY_STATUS = re.compile(r"[45]\.(3\.[12]|4\.[35])")
# RFC 3463, RFC 7372 and the IANA registry, from 500 on Microsoft's: who we are and how we may
# send, not to whom. 0, 1, 2, 7, 13 and 16 to 19 may be about one mail or one mailbox, and
# 504, 505 and 507 are a recipient's.
_ALL_BY_POLICY = re.compile(r"[45]\.7\.([3-689]|1[0-24]|[2-9]\d|(?!50[457])[5-9]\d\d)")
# Postfix by default says at RCPT what it thinks of the client, its greeting and the sender.
_ALL_BY_WORDS = re.compile(
    r"\brelay|\bauthenticat|sender address rejected|client host rejected|helo command rejected"
    r"|\brcpthosts\b|\bstarttls\b|blocked using",
    re.IGNORECASE,
)
# The size (x.3.4, x.2.3), the form (x.6.x) and the address (x.1.2 …) are one mail's own.
_ONE_BY_STATUS = re.compile(r"5\.(3\.4|2\.3|6\.\d+)")
_TOO_BIG = 552


def verdict(
    stage: Stage,
    reply: Reply,
    *,
    server: str,
    words: tuple[str, ...] = (),
    secrets: tuple[str, ...] = (),
) -> MailerError:
    """Return the error for a *reply* at *stage* that says no, or that makes no sense there.

    No is no to one mail (EmailRefused, EmailDeferred) or to all (SendingForbidden,
    MailerUnavailable). Addresses, *words* and *secrets* are taken out of what is quoted.
    """
    said = f"{reply.code} {reply.enhanced} {scrubbed(reply.text, words=words, secrets=secrets)}"
    quoted = f"{' '.join(said.split())} {stage.value}"
    kind, sentence = _judged(stage, reply)
    return kind(
        sentence.format(server=server, quoted=quoted),
        code=reply.code,
        enhanced=reply.enhanced,
        retry_after=reply.retry_after,
    )


def _judged(stage: Stage, reply: Reply) -> tuple[type[MailerError], str]:
    if reply.temporary:
        about_all = stage in _SESSION or stage is Stage.MAIL or _is_about_all(reply)
        return (MailerUnavailable, _LATER) if about_all else (EmailDeferred, _DEFERRED)
    if reply.code < 400:  # noqa: PLR2004 - 2xx and 3xx, where another was due
        return MailerUnavailable, _CONFUSED
    if stage in _SESSION or _is_about_all(reply):
        return SendingForbidden, _FORBIDDEN
    if stage is Stage.MAIL:
        own = reply.code == _TOO_BIG or _ONE_BY_STATUS.fullmatch(reply.enhanced)
        return (EmailRefused, _REFUSED) if own else (SendingForbidden, _FORBIDDEN)
    confused = reply.code in _OUT_OF_STEP and stage is not Stage.MESSAGE
    return (MailerUnavailable, _CONFUSED) if confused else (EmailRefused, _REFUSED)


def _is_about_all(reply: Reply) -> bool:
    if reply.code in (_ALL_LATER if reply.temporary else _ALL_NEVER):
        return True
    if reply.temporary and _ALL_BY_STATUS.fullmatch(reply.enhanced):
        return True
    if _ALL_BY_POLICY.fullmatch(reply.enhanced):
        return True
    # A greylisting server speaks of policy too, and means one mail.
    unsaid = not reply.enhanced or reply.enhanced.startswith("5.7.")
    return not reply.temporary and unsaid and bool(_ALL_BY_WORDS.search(reply.text))


_LATER = (
    "The mail server {server} takes no mail now ({quoted}): try again later; "
    "this mail was not taken."
)
_CONFUSED = (
    "The mail server {server} answered out of turn ({quoted}): try again later; "
    "this mail was not taken."
)
_FORBIDDEN = (
    "The mail server {server} takes no mail of ours ({quoted}): correct the settings, or ask "
    "who runs it; this mail was not taken."
)
_DEFERRED = "The mail server does not take this mail now ({quoted}): try it again later."
_REFUSED = "The mail server refuses this mail for good ({quoted})."
