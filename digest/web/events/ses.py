"""The events of Amazon SES, through a topic of Amazon SNS that we pin.

That Amazon signed a message proves nothing about whose it is: anybody may have a topic. Source:
the SNS page on verifying signatures, and the SES pages on the contents of notifications.
"""

import binascii
import re
from base64 import b64decode
from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Any

import structlog
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.x509 import Certificate, load_pem_x509_certificate

from digest.models.events import EventKind, kind_of
from digest.web.events.telling import (
    Told,
    inner,
    moment,
    objects,
    parsed_object,
    short,
    status_in,
    word,
)
from digest.web.events.time import recent
from digest.web.webhooks.proofs import Knock, Unproved

_log = structlog.stdlib.get_logger("digest.web")

AGE = timedelta(hours=1)
"""SNS tries again for less."""

_HOST = r"https://sns\.[a-z]{2}(?:-[a-z]+)+-[0-9]{1,2}\.amazonaws\.com(?:\.cn)?"
_CERTIFICATE = re.compile(rf"{_HOST}/SimpleNotificationService-[0-9a-f]{{1,64}}\.pem")
_CONFIRMATION = re.compile(rf"{_HOST}/\?[A-Za-z0-9=&%:._~-]+")

_SIGNED: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "Notification": ("Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"),
        "SubscriptionConfirmation": (
            *("Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"),
        ),
        "UnsubscribeConfirmation": (
            *("Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"),
        ),
    }
)
"""The fields that are signed, by type, in the order that they are."""


class Ses:
    """Reads what SNS posts; *fetch* returns what is at a URL, for certificates."""

    def __init__(self, fetch: Callable[[str], bytes]) -> None:
        self._fetch = fetch
        self._certificates: dict[str, Certificate] = {}

    def tell(self, knock: Knock, topics: Collection[str], *, now: datetime) -> Iterator[Told]:
        """Yield what the request tells; raise Unproved, Unreadable, or what *fetch* raises."""
        sent = parsed_object(knock.body)
        self._prove(sent, topics, now)
        if sent["Type"] == "Notification":
            return _told(sent, now)
        if sent["Type"] == "SubscriptionConfirmation":
            self._subscribe(word(sent, "SubscribeURL"))
        return iter(())

    def _prove(self, sent: Mapping[str, Any], topics: Collection[str], now: datetime) -> None:
        # Nobody else's topic makes us ask for a certificate.
        if word(sent, "TopicArn") not in topics:
            raise Unproved("It is not of a topic in DIGEST_SES_TOPIC.")
        if word(sent, "SignatureVersion") != "2":
            raise Unproved("Set SignatureVersion 2 on the topic: version 1 is signed with SHA-1.")
        names = _SIGNED.get(word(sent, "Type"))
        if names is None:
            raise Unproved("It is of no type that SNS signs.")
        recent(_time(word(sent, "Timestamp")), now=now, age=AGE)
        content = "".join(
            f"{name}\n{sent[name]}\n" for name in names if isinstance(sent.get(name), str)
        )
        certificate = self._certificate(word(sent, "SigningCertURL"))
        key = certificate.public_key()
        if not certificate.not_valid_before_utc <= now <= certificate.not_valid_after_utc:
            raise Unproved("The certificate it was signed with is not valid now.")
        try:
            signature = b64decode(word(sent, "Signature"), validate=True)
            if not isinstance(key, RSAPublicKey):
                raise Unproved("The certificate it was signed with has no RSA key.")
            key.verify(signature, content.encode(errors="replace"), PKCS1v15(), SHA256())
        except (InvalidSignature, binascii.Error, ValueError):
            raise Unproved("The signature is not that of Amazon SNS.") from None

    def _certificate(self, url: str) -> Certificate:
        if not _CERTIFICATE.fullmatch(url):
            raise Unproved("The certificate it was signed with is not at Amazon SNS.")
        found = self._certificates.get(url)
        if found is None:
            try:
                found = load_pem_x509_certificate(self._fetch(url))
            except ValueError:
                raise Unproved("The certificate it was signed with cannot be read.") from None
            # Amazon has one a region, and a new one every other year.
            self._certificates = {**self._certificates, url: found}
        return found

    def _subscribe(self, url: str) -> None:
        """Tell SNS that we want what the topic publishes: it is the pinned one, and signed."""
        if not _CONFIRMATION.fullmatch(url):
            raise Unproved("The page that confirms the subscription is not at Amazon SNS.")
        self._fetch(url)
        _log.info("sns subscription confirmed")


def _time(text: str) -> datetime:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise Unproved("The time it was signed at is no time.") from None
    return found.replace(tzinfo=found.tzinfo or UTC)


def _told(sent: Mapping[str, Any], now: datetime) -> Iterator[Told]:
    event = parsed_object(word(sent, "Message"))
    mail = inner(event, "mail")
    about = (
        word(mail, "source"),
        word(inner(mail, "commonHeaders"), "messageId"),
        *(
            word(header, "value")
            for header in objects(mail.get("headers"))
            if word(header, "name").lower() == "message-id"
        ),
    )
    # Notifications that a topic was set for have the one name, published events the other.
    name = word(event, "notificationType") or word(event, "eventType")
    for kind, status, at in _said(name, event):
        yield Told(
            external_id=short(word(sent, "MessageId")),
            kind=kind,
            at=moment(at, now=now),
            about=about,
            status=status,
        )
        # A mail of ours has one reader, and a message of SNS is one event.
        return


def _said(name: str, event: Mapping[str, Any]) -> Iterator[tuple[EventKind, str, object]]:
    said = inner(event, name[:1].lower() + name[1:])
    at = said.get("timestamp")
    if name == "Delivery":
        yield EventKind.DELIVERED, "", at
    elif name == "Reject":
        yield EventKind.POLICY, "", at
    elif name == "DeliveryDelay":
        yield EventKind.SOFT, "", at
    elif name == "Complaint" and word(said, "complaintFeedbackType") != "not-spam":
        yield EventKind.COMPLAINT, "", at
    elif name == "Subscription":
        if inner(said, "newTopicPreferences").get("unsubscribeAll") is True:
            yield EventKind.UNSUBSCRIBED, "", at
    elif name == "Bounce":
        for recipient in objects(said.get("bouncedRecipients")):
            status = status_in(word(recipient, "status"), word(recipient, "diagnosticCode"))
            yield _bounced(said, status), status, at


def _bounced(bounce: Mapping[str, Any], status: str) -> EventKind:
    kind = kind_of(status)
    if kind is EventKind.POLICY or word(bounce, "bounceSubType") in _ABOUT_US:
        return EventKind.POLICY
    if word(bounce, "bounceType") != "Permanent" or kind is EventKind.SOFT:
        return EventKind.SOFT
    return EventKind.HARD


_ABOUT_US = frozenset({"MessageTooLarge", "ContentRejected", "AttachmentRejected"})
