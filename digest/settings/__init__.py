"""Every setting, declared once and read once, from variables whose names begin with DIGEST_."""

from functools import cached_property
from pathlib import Path
from typing import Annotated
from urllib.parse import unquote, urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, ValidationError
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from digest.errors import SettingsInvalid
from digest.settings import checks
from digest.settings.checks import SOURCES, feed_name_and_url

__all__ = ["PACKAGE", "SOURCES", "Settings", "feed_name_and_url", "load", "state_folder"]

Listed = Annotated[tuple[str, ...], NoDecode, BeforeValidator(checks.split)]
SourceUrl = Annotated[str, AfterValidator(checks.source_url)]

PACKAGE = Path(__file__).resolve().parent.parent


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
    mailer_url: Annotated[str, AfterValidator(checks.mailer_url)] = Field(
        default_factory=lambda: f"outbox://{state_folder() / 'outbox'}",
        description="Who carries the mail: `outbox:///folder`, `smtp://…` or `smtps://…`.",
    )
    public_url: Annotated[str, AfterValidator(checks.public_url)] = Field(
        default="", description="Where the web pages are reached from outside, without a path."
    )
    secret_keys: Listed = Field(
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
    bounce_address: Annotated[str, AfterValidator(checks.bounce_address)] = Field(
        default="",
        description="A mailbox that takes what comes back, as `bounces@bounces.example.org`.",
    )
    ses_topic: Annotated[Listed, AfterValidator(checks.topics)] = Field(
        default=(),
        description="The ARN of the SNS topic that carries the events of Amazon SES, and no other.",
    )
    sendgrid_key: Annotated[Listed, AfterValidator(checks.encoded_keys)] = Field(
        default=(), description="The public key with which SendGrid's events are verified."
    )
    mailgun_key: Listed = Field(
        default=(), description="The key with which Mailgun signs webhooks.", repr=False
    )
    postmark_password: Annotated[Listed, AfterValidator(checks.logins)] = Field(
        default=(),
        description="The `user:password` that Postmark's webhooks log in with.",
        repr=False,
    )
    time_zone: Annotated[str, AfterValidator(checks.time_zone)] = Field(
        default="UTC", description="Whose calendar decides what today is: an IANA zone name."
    )

    sources: Annotated[Listed, AfterValidator(checks.known_sources)] = Field(
        default=("huggingface", "arxiv", "feeds", "authors"),
        description="Which sources are asked: any of huggingface, arxiv, feeds and authors.",
    )
    arxiv_categories: Annotated[Listed, AfterValidator(checks.categories)] = Field(
        default=("cs.AI", "cs.CL", "cs.CV", "cs.LG", "stat.ML"),
        description="The arXiv categories, or archives such as `math`, whose papers we take.",
    )
    feeds: Annotated[Listed, AfterValidator(checks.feeds)] = Field(
        default=(),
        description="RSS or Atom feeds of journals and the like: `Name=https://…` or the URL.",
    )
    contact: Annotated[str, AfterValidator(checks.contact)] = Field(
        default="",
        description="A mail address or page by which sources can reach you; in our User-Agent.",
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
    huggingface_url: SourceUrl = Field(
        default="https://huggingface.co", description="Where Hugging Face is, or a stand-in for it."
    )
    arxiv_feed_url: SourceUrl = Field(
        default="https://rss.arxiv.org", description="Where arXiv's feeds are, or a stand-in."
    )
    arxiv_api_url: SourceUrl = Field(
        default="https://export.arxiv.org", description="Where arXiv's API is, or a stand-in."
    )
    arxiv_oai_url: SourceUrl = Field(
        default="https://oaipmh.arxiv.org/oai",
        description="Where arXiv speaks OAI-PMH, or a stand-in.",
    )
    openalex_url: SourceUrl = Field(
        default="https://api.openalex.org", description="Where OpenAlex is, or a stand-in for it."
    )
    semantic_scholar_url: SourceUrl = Field(
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
    trusted_proxies: Annotated[Listed, AfterValidator(checks.networks)] = Field(
        default=(),
        description="Proxies whose `X-Forwarded-For` we believe: addresses or networks.",
    )

    tick_seconds: float = Field(
        default=60, gt=0, description="How often beat looks who is due, in seconds."
    )
    time_shift_seconds: float = Field(
        default=0, description="Seconds the clock is ahead, to rehearse another day."
    )

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
