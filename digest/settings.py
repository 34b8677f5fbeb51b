"""Every setting, declared once and read once, from variables whose names begin with DIGEST_."""

import re
from base64 import b64decode
from functools import cached_property
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import unquote, urlsplit
from zoneinfo import available_timezones

from pydantic import Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from digest.errors import SettingsInvalid
from digest.links import LONGEST_BOUNCE_NAME

PACKAGE = Path(__file__).resolve().parent


def state_folder() -> Path:
    """Return where state is kept by default: `var/` of a checkout, else the user's state folder.

    Never the current folder: a command means the same wherever it is typed.
    """
    checkout = PACKAGE.parent
    if (checkout / "pyproject.toml").is_file():
        return checkout / "var"
    return Path.home() / ".local" / "state" / "paper-digest"


class Settings(BaseSettings):
    """What an operator can set; each field is the variable DIGEST_ and its name in capitals."""

    model_config = SettingsConfigDict(
        env_prefix="DIGEST_",
        frozen=True,
        extra="ignore",
        validate_by_name=True,
        validate_by_alias=True,
    )

    database_url: str = Field(
        default_factory=lambda: f"sqlite:///{state_folder() / 'digest.db'}",
        description="Where papers, readers and delivery records live: a SQLAlchemy URL.",
    )
    broker_url: str = Field(
        default="memory://",
        description="Celery's broker: `memory://` (one process) or `redis://…`.",
    )
    mailer_url: str = Field(
        default_factory=lambda: f"outbox://{state_folder() / 'outbox'}",
        description="Who carries the mail: `outbox:///folder`, `smtp://…` or `smtps://…`.",
    )
    public_url: str = Field(
        default="", description="Where the web pages are reached from outside, without a path."
    )
    secret_keys: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(),
        description="Keys that sign links, comma-separated: the first signs, all verify.",
        repr=False,
    )
    # "from" is a keyword of Python.
    sender: str = Field(
        default="",
        validation_alias="DIGEST_FROM",
        description="Who the mail is from: `Daily Papers <digest@example.org>`.",
    )
    postal_address: str = Field(
        default="", description="The postal address that bulk mail has to carry by law."
    )
    unsubscribe_address: str = Field(
        default="", description="A mailbox that takes requests to unsubscribe, for mailto links."
    )
    bounce_address: str = Field(
        default="",
        description="A mailbox that takes what comes back, as `bounces@bounces.example.org`.",
    )
    ses_topic: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(),
        description="The ARN of the SNS topic that carries the events of Amazon SES, and no other.",
    )
    sendgrid_key: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(), description="The public key with which SendGrid's events are verified."
    )
    mailgun_key: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(), description="The key with which Mailgun signs webhooks.", repr=False
    )
    postmark_password: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(),
        description="The `user:password` that Postmark's webhooks log in with.",
        repr=False,
    )
    time_zone: str = Field(
        default="UTC", description="Whose calendar decides what today is: an IANA zone name."
    )

    sources: Annotated[tuple[str, ...], NoDecode] = Field(
        default=("huggingface", "arxiv", "feeds", "authors"),
        description="Which sources are asked: any of huggingface, arxiv, feeds and authors.",
    )
    arxiv_categories: Annotated[tuple[str, ...], NoDecode] = Field(
        default=("cs.AI", "cs.CL", "cs.CV", "cs.LG", "stat.ML"),
        description="The arXiv categories, or archives such as `math`, whose papers we take.",
    )
    feeds: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(),
        description="RSS or Atom feeds of journals and the like: `Name=https://…` or the URL.",
    )
    contact: str = Field(
        default="",
        description="A mail address or page by which sources can reach you; sent as our User-Agent.",
    )
    pace_seconds: float | None = Field(
        default=None,
        ge=0,
        description="Seconds between two requests to one host; unset, what each host asks for.",
    )
    huggingface_token: str = Field(
        default="", description="A Hugging Face token, for twice the requests.", repr=False
    )
    openalex_key: str = Field(default="", description="A key of OpenAlex.", repr=False)
    semantic_scholar_key: str = Field(
        default="", description="A key of Semantic Scholar.", repr=False
    )
    huggingface_url: str = Field(
        default="https://huggingface.co", description="Where Hugging Face is, or a stand-in for it."
    )
    arxiv_feed_url: str = Field(
        default="https://rss.arxiv.org", description="Where arXiv's feeds are, or a stand-in."
    )
    arxiv_api_url: str = Field(
        default="https://export.arxiv.org", description="Where arXiv's API is, or a stand-in."
    )
    arxiv_oai_url: str = Field(
        default="https://oaipmh.arxiv.org/oai",
        description="Where arXiv speaks OAI-PMH, or a stand-in.",
    )
    openalex_url: str = Field(
        default="https://api.openalex.org", description="Where OpenAlex is, or a stand-in for it."
    )
    semantic_scholar_url: str = Field(
        default="https://api.semanticscholar.org",
        description="Where Semantic Scholar is, or a stand-in for it.",
    )

    host: str = Field(
        default="127.0.0.1", description="The address that `digest serve` listens on."
    )
    # Without the prefix: the name that hosts of containers give it.
    port: int = Field(
        default=8000,
        ge=0,
        le=65535,
        validation_alias="PORT",
        description="The port that `digest serve` listens on.",
    )
    trusted_proxies: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(),
        description="Proxies whose `X-Forwarded-For` we believe: addresses or networks.",
    )

    tick_seconds: float = Field(
        default=60, gt=0, description="How often beat looks who is due, in seconds."
    )
    time_shift_seconds: float = Field(
        default=0, description="Seconds the clock is ahead, to rehearse another day."
    )

    @field_validator(
        "secret_keys",
        "ses_topic",
        "sendgrid_key",
        "mailgun_key",
        "postmark_password",
        "sources",
        "arxiv_categories",
        "feeds",
        "trusted_proxies",
        mode="before",
    )
    @classmethod
    def _split(cls, value: Any) -> Any:  # noqa: ANN401 - pydantic hands over what it found
        if isinstance(value, str):
            return tuple(part.strip() for part in value.split(",") if part.strip())
        return value

    @field_validator("bounce_address")
    @classmethod
    def _bounce_address_has_room(cls, value: str) -> str:
        if value and not _BOUNCE_ADDRESS.fullmatch(value):
            message = f"it is an address with up to {LONGEST_BOUNCE_NAME} letters before its @"
            raise ValueError(f"{message}, to which a signed tag is added")
        return value

    @field_validator("ses_topic")
    @classmethod
    def _topics_named(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if not all(_TOPIC.fullmatch(topic) for topic in value):
            raise ValueError("it is a topic's ARN, as in arn:aws:sns:eu-west-1:123456789012:mail")
        return value

    @field_validator("sendgrid_key")
    @classmethod
    def _keys_encoded(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for key in value:
            try:
                b64decode(key, validate=True)
            except ValueError:
                raise ValueError("it is the base64 that SendGrid shows, in one line") from None
        return value

    @field_validator("postmark_password")
    @classmethod
    def _passwords_have_users(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if not all(re.fullmatch("[^:]+:.+", one) for one in value):
            raise ValueError("it is user:password, as in the URL that Postmark is given")
        return value

    @field_validator("sources")
    @classmethod
    def _sources_known(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if unknown := sorted(set(value) - set(SOURCES)):
            raise ValueError(f"{unknown[0]!r} is none of {', '.join(SOURCES)}")
        return value

    @field_validator("arxiv_categories")
    @classmethod
    def _categories_shaped(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if wrong := [name for name in value if not _CATEGORY.fullmatch(name)]:
            raise ValueError(f"{wrong[0]!r} is not an arXiv category such as cs.CL or hep-th")
        return value

    @field_validator("trusted_proxies")
    @classmethod
    def _proxies_are_networks(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for proxy in value:
            try:
                ip_network(proxy, strict=False)
            except ValueError:
                message = f"{proxy!r} is neither an IP address nor a network such as 10.0.0.0/8"
                raise ValueError(message) from None
        return value

    @field_validator("feeds")
    @classmethod
    def _feeds_named(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for feed in value:
            _source_url(feed_name_and_url(feed)[1])
        names = [feed_name_and_url(feed)[0] for feed in value]
        if twice := sorted({name for name in names if names.count(name) > 1}):
            raise ValueError(f"two feeds are called {twice[0]!r}; write Name=https://… for one")
        return value

    @field_validator(
        "huggingface_url",
        "arxiv_feed_url",
        "arxiv_api_url",
        "arxiv_oai_url",
        "openalex_url",
        "semantic_scholar_url",
    )
    @classmethod
    def _source_url_safe(cls, value: str) -> str:
        return _source_url(value).rstrip("/")

    @field_validator("contact")
    @classmethod
    def _contact_plain(cls, value: str) -> str:
        if not value.isascii() or not value.isprintable() or "(" in value or ")" in value:
            raise ValueError("it is a mail address or a URL, in ASCII and without brackets")
        return value.strip()

    @field_validator("time_zone")
    @classmethod
    def _zone_exists(cls, value: str) -> str:
        if value not in available_timezones():
            raise ValueError(f"{value!r} is not an IANA time zone such as Europe/Vienna")
        return value

    @field_validator("public_url")
    @classmethod
    def _public_url_plain(cls, value: str) -> str:
        if not value:
            return value
        found = _PUBLIC_URL.fullmatch(value.strip())
        if not found:
            raise ValueError("it is a scheme and a host alone, as in https://papers.example.org")
        scheme, host, port = (part.lower() for part in found.groups(default=""))
        if scheme != "https" and host not in _THIS_MACHINE:
            raise ValueError(
                "it starts with https://; http:// is only for localhost, 127.0.0.1 and [::1]"
            )
        if port and not 0 < int(port) <= _LAST_PORT:
            raise ValueError("its port is between 1 and 65535")
        return f"{scheme}://{host}{f':{int(port)}' if port else ''}"

    @field_validator("mailer_url")
    @classmethod
    def _mailer_known(cls, value: str) -> str:
        scheme = urlsplit(value).scheme
        if scheme not in {"outbox", "smtp", "smtps"}:
            raise ValueError("it starts with outbox://, smtp:// or smtps://")
        parts = urlsplit(value)
        if scheme == "outbox" and (parts.netloc or not Path(unquote(parts.path)).is_absolute()):
            raise ValueError("an outbox needs an absolute folder, as in outbox:///srv/outbox")
        return value

    @cached_property
    def outbox_folder(self) -> Path | None:
        """The folder that mails are written to, None where a server takes them."""
        parts = urlsplit(self.mailer_url)
        return Path(unquote(parts.path)) if parts.scheme == "outbox" else None

    def require_for_mail(self) -> None:
        """Raise SettingsInvalid, naming each that is missing, unless real mail may leave."""
        if self.outbox_folder is not None:
            return
        needed = {
            "DIGEST_PUBLIC_URL": self.public_url,
            "DIGEST_SECRET_KEYS": self.secret_keys,
            "DIGEST_FROM": self.sender,
            "DIGEST_POSTAL_ADDRESS": self.postal_address,
        }
        if missing := [name for name, value in needed.items() if not value]:
            raise SettingsInvalid(f"To send real mail, set {', '.join(missing)}.")


SOURCES = ("huggingface", "arxiv", "feeds", "authors")
"""The names of what can be fetched, as settings and commands know them."""

_BOUNCE_ADDRESS = re.compile(
    rf"[a-z0-9](?:[a-z0-9_-]{{0,{LONGEST_BOUNCE_NAME - 2}}}[a-z0-9])?"
    r"@[a-z0-9](?:[a-z0-9.-]{0,187}[a-z0-9])?",
    re.IGNORECASE | re.ASCII,
)
_TOPIC = re.compile(r"arn:aws(?:-cn|-us-gov)?:sns:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_.-]{1,256}")

_CATEGORY = re.compile(r"[a-z]+(-[a-z]+)*(\.[A-Za-z]+(-[a-z]+)?)?", re.ASCII)


def feed_name_and_url(feed: str) -> tuple[str, str]:
    """Return the name, its host where none is given, and the URL of an entry of DIGEST_FEEDS."""
    name, equals, url = feed.partition("=")
    if not equals or "://" in name:
        return urlsplit(feed).hostname or feed, feed
    return name.strip(), url.strip()


def _source_url(url: str) -> str:
    """Return *url*; raise ValueError where a request to it could be read on its way."""
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError:
        host = None
    if not host or parts.username or parts.password or parts.fragment or not url.isprintable():
        raise ValueError("it is a URL such as https://example.org/path, without a password")
    if parts.scheme != "https" and not (parts.scheme == "http" and host in _LOOPBACK):
        raise ValueError(
            "it starts with https://; http:// is only for localhost, 127.0.0.1 and ::1"
        )
    return url


_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})

# A name as it stands in headers: an international one in its ASCII form, xn--….
_PUBLIC_URL = re.compile(
    r"(https?)://(\[[0-9a-f:.]+\]|[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?)(?::([0-9]{1,5}))?/?",
    re.IGNORECASE | re.ASCII,
)
_THIS_MACHINE = frozenset({"localhost", "127.0.0.1", "[::1]"})
_LAST_PORT = 65_535


def load() -> Settings:
    """Return the settings of this process; raise SettingsInvalid, naming all that is wrong."""
    try:
        return Settings()
    except ValidationError as invalid:
        problems = [_problem(error["loc"], error["msg"]) for error in invalid.errors()]
        raise SettingsInvalid("; ".join(problems) + ".") from None


def _problem(place: tuple[int | str, ...], message: str) -> str:
    # The value is left out: it may be a secret or a URL that carries one.
    name = str(place[0]).upper() if place else "SETTINGS"
    name = name if name.startswith("DIGEST_") else f"DIGEST_{name}"
    return f"{name}: {message.removeprefix('Value error, ')}"
