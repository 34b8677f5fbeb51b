"""What a value of a setting has to be: each returns it in its plain form, or raises ValueError."""

import re
from base64 import b64decode
from ipaddress import ip_network
from pathlib import Path
from urllib.parse import unquote, urlsplit
from zoneinfo import available_timezones

from digest.links import LONGEST_BOUNCE_NAME

SOURCES = ("huggingface", "arxiv", "feeds", "authors")
"""The names of what can be fetched, as settings and commands know them."""


def split(value: object) -> object:
    """Return the parts of a text with commas; leave alone what is no text."""
    if isinstance(value, str):
        return tuple(part.strip() for part in value.split(",") if part.strip())
    return value


def bounce_address(value: str) -> str:
    """Return an address that has room for a signed tag before its @."""
    if value and not _BOUNCE_ADDRESS.fullmatch(value):
        message = f"it is an address with up to {LONGEST_BOUNCE_NAME} letters before its @"
        raise ValueError(f"{message}, to which a signed tag is added")
    return value


def topics(value: tuple[str, ...]) -> tuple[str, ...]:
    """Return the ARNs of topics."""
    if not all(_TOPIC.fullmatch(topic) for topic in value):
        raise ValueError("it is a topic's ARN, as in arn:aws:sns:eu-west-1:123456789012:mail")
    return value


def encoded_keys(value: tuple[str, ...]) -> tuple[str, ...]:
    """Return keys in base64."""
    for key in value:
        try:
            b64decode(key, validate=True)
        except ValueError:
            raise ValueError("it is the base64 that SendGrid shows, in one line") from None
    return value


def logins(value: tuple[str, ...]) -> tuple[str, ...]:
    """Return users with their passwords."""
    if not all(re.fullmatch("[^:]+:.+", one) for one in value):
        raise ValueError("it is user:password, as in the URL that Postmark is given")
    return value


def known_sources(value: tuple[str, ...]) -> tuple[str, ...]:
    """Return names of sources that there are."""
    if unknown := sorted(set(value) - set(SOURCES)):
        raise ValueError(f"{unknown[0]!r} is none of {', '.join(SOURCES)}")
    return value


def categories(value: tuple[str, ...]) -> tuple[str, ...]:
    """Return names that categories or archives of arXiv can have."""
    if wrong := [name for name in value if not _CATEGORY.fullmatch(name)]:
        raise ValueError(f"{wrong[0]!r} is not an arXiv category such as cs.CL or hep-th")
    return value


def networks(value: tuple[str, ...]) -> tuple[str, ...]:
    """Return addresses or networks."""
    for proxy in value:
        try:
            ip_network(proxy, strict=False)
        except ValueError:
            message = f"{proxy!r} is neither an IP address nor a network such as 10.0.0.0/8"
            raise ValueError(message) from None
    return value


def feeds(value: tuple[str, ...]) -> tuple[str, ...]:
    """Return feeds with names of their own and URLs that may be asked."""
    for feed in value:
        source_url(feed_name_and_url(feed)[1])
    names = [feed_name_and_url(feed)[0] for feed in value]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise ValueError(f"two feeds are called {twice[0]!r}; write Name=https://… for one")
    return value


def contact(value: str) -> str:
    """Return what may stand in brackets in a header."""
    if not value.isascii() or not value.isprintable() or "(" in value or ")" in value:
        raise ValueError("it is a mail address or a URL, in ASCII and without brackets")
    return value.strip()


def time_zone(value: str) -> str:
    """Return the name of a time zone."""
    if value not in available_timezones():
        raise ValueError(f"{value!r} is not an IANA time zone such as Europe/Vienna")
    return value


def public_url(value: str) -> str:
    """Return a scheme and a host, in their plain form."""
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


def mailer_url(value: str) -> str:
    """Return the URL of a mailer that there is."""
    scheme = urlsplit(value).scheme
    if scheme not in {"outbox", "smtp", "smtps"}:
        raise ValueError("it starts with outbox://, smtp:// or smtps://")
    parts = urlsplit(value)
    if scheme == "outbox" and (parts.netloc or not Path(unquote(parts.path)).is_absolute()):
        raise ValueError("an outbox needs an absolute folder, as in outbox:///srv/outbox")
    return value


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


def source_url(url: str) -> str:
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
    return url.rstrip("/")


_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})

# A name as it stands in headers: an international one in its ASCII form, xn--….
_PUBLIC_URL = re.compile(
    r"(https?)://(\[[0-9a-f:.]+\]|[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?)(?::([0-9]{1,5}))?/?",
    re.IGNORECASE | re.ASCII,
)
_THIS_MACHINE = frozenset({"localhost", "127.0.0.1", "[::1]"})
_LAST_PORT = 65_535
