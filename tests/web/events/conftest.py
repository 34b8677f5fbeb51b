"""An installation that every provider tells of its mails, and keys of our own in their place."""

import base64
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.x509.oid import NameOID
from starlette.types import ASGIApp, Receive, Scope, Send

from digest.bootstrap import App
from digest.errors import SourceError
from digest.links import return_path
from digest.models.deliveries import Email
from digest.models.subscribers import SubscriberState
from digest.web.app import build
from tests.factories import NOON
from tests.fakes import MemoryMailer, MemoryStore
from tests.web.conftest import fill, make_app, served

TOPIC = "arn:aws:sns:eu-west-1:123456789012:mail"
CERTIFICATE_URL = (
    "https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-0123456789abcdef.pem"
)
MAILGUN_KEYS = ("mailgun-new", "mailgun-old")
PASSWORDS = ("hook:new-password", "hook:old-password")


class Signer:
    """An RSA key with a certificate, as Amazon SNS has one."""

    def __init__(
        self,
        *,
        valid: timedelta = timedelta(days=365),
        public: ec.EllipticCurvePublicKey | None = None,
    ) -> None:
        self.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "sns.amazonaws.com")])
        certificate = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(public or self.key.public_key())
            .serial_number(1)
            .not_valid_before(NOON - timedelta(days=365))
            .not_valid_after(NOON - timedelta(days=365) + valid + timedelta(days=30))
            .sign(self.key, hashes.SHA256())
        )
        self.pem = certificate.public_bytes(serialization.Encoding.PEM)

    def signed(self, content: str) -> str:
        signature = self.key.sign(content.encode(), padding.PKCS1v15(), hashes.SHA256())
        return base64.b64encode(signature).decode()


class Curve:
    """A key of SendGrid's kind."""

    def __init__(self) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        der = self.key.public_key().public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        self.public = base64.b64encode(der).decode()

    def signed(self, content: bytes) -> str:
        return base64.b64encode(self.key.sign(content, ec.ECDSA(hashes.SHA256()))).decode()


@dataclass(slots=True)
class Pages:
    """What is at a URL, in place of the network."""

    at: dict[str, bytes] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    error: SourceError | None = None

    def __call__(self, url: str) -> bytes:
        self.asked.append(url)
        if self.error:
            raise self.error
        return self.at[url]


@dataclass(slots=True, kw_only=True)
class Hooks:
    """The installation as providers see it."""

    app: App
    client: httpx.Client = field(repr=False)
    pages: Pages
    sns: Signer
    curves: tuple[Curve, Curve]

    def post(
        self, provider: str, content: Any, *, headers: dict[str, str] | None = None
    ) -> httpx.Response:
        body = content if isinstance(content, bytes) else json.dumps(content).encode()
        return self.client.post(f"/webhooks/events/{provider}", content=body, headers=headers)

    @property
    def now(self) -> datetime:
        return self.app.clock.now()

    def mail(self, name: str = "ada") -> str:
        return self._email(name).delivery_id

    def message_id(self, name: str = "ada") -> str:
        return f"<d.{self.mail(name)}@papers.example.org>"

    def back(self, name: str = "ada") -> str:
        tag = self.app.links.bounce_tag(self.mail(name))
        return return_path("bounces@b.example.org", tag)

    def state(self, name: str = "ada") -> SubscriberState:
        with self.app.store.read() as work:
            reader = work.subscribers.by_id(f"subscriber-{name}")
        assert reader
        return reader.subscriber.state

    @property
    def states(self) -> tuple[SubscriberState, SubscriberState]:
        return self.state("ada"), self.state("bob")

    def _email(self, name: str) -> Email:
        assert isinstance(self.app.mailer, MemoryMailer)
        [email] = [one for one in self.app.mailer.sent if one.recipient.startswith(name)]
        return email


@pytest.fixture(scope="session")
def sns() -> Signer:
    return Signer()


@pytest.fixture(scope="session")
def curves() -> tuple[Curve, Curve]:
    return Curve(), Curve()


@pytest.fixture(scope="session")
def filled() -> App:
    """An installation that Ada and Bob got an issue from; nobody writes to it."""
    app = make_app(MemoryStore())
    fill(app)
    return app


@dataclass(slots=True)
class Switch:
    """One server for all tests, with another installation behind it each time."""

    web: ASGIApp

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.web(scope, receive, send)


@pytest.fixture(scope="session")
def server(filled: App) -> Iterator[tuple[Switch, httpx.Client]]:
    switch = Switch(build(filled))
    with served(switch) as client:
        yield switch, client


@pytest.fixture
def hooks(
    filled: App,
    server: tuple[Switch, httpx.Client],
    sns: Signer,
    curves: tuple[Curve, Curve],
) -> Hooks:
    """An installation of its own, with the same readers and mails, that knows all providers."""
    assert isinstance(filled.store, MemoryStore)
    app = make_app(
        filled.store.twin(),
        bounce_address="bounces@b.example.org",
        ses_topic=(TOPIC,),
        sendgrid_key=tuple(curve.public for curve in curves),
        mailgun_key=MAILGUN_KEYS,
        postmark_password=PASSWORDS,
    )
    app.mailer = filled.mailer
    pages = Pages(at={CERTIFICATE_URL: sns.pem})
    app.fetch = pages  # type: ignore[method-assign]  # the network, which tests have none of
    switch, client = server
    switch.web = build(app)
    return Hooks(app=app, client=client, pages=pages, sns=sns, curves=curves)
