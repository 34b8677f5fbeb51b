"""An SMTP server as a URL: `smtp://user:password@mail.example.org?starttls=require`.

No message from here repeats any of the URL: what stands in the wrong place in it may be
the password.
"""

import re
from typing import Any
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

import idna

from digest.mailers.smtp.server import Security, SmtpServer, is_loopback

SUBMISSION, TRANSFER, SUBMISSION_TLS = 587, 25, 465
"""The ports of smtp:// with a user, smtp:// without one, and smtps://."""

_OPTIONS = ("starttls", "ca", "timeout", "final_timeout", "hostname", "max_mails", "max_seconds")
_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
_HOSTNAME = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?|\[[0-9A-Fa-f.:IPv]+\]")


def parse_smtp_url(url: str) -> SmtpServer:
    """Return the server that *url* names; raise ValueError, without a secret, for nonsense.

    `smtp://[user:password@]host[:port]`, its user and password percent-encoded, asks for
    STARTTLS with a valid certificate, and on this machine takes it where it is offered;
    `?starttls=require|opportunistic|never` says otherwise. `smtps://` is TLS from the first
    byte. The port is 587 with a user and 25 without, and 465 for smtps. Further options:
    `ca` (a file), `timeout` and `final_timeout` (seconds), `hostname`, `max_mails` and
    `max_seconds`, as in SmtpServer.
    """
    parts = _split(url)
    host = _host(parts)
    username, password = _login(parts)
    options = _options(parts)
    security = _security(parts.scheme, options.pop("starttls", None), host)
    usual = SUBMISSION if username else TRANSFER
    return SmtpServer(
        host=host,
        port=_port(parts) or (SUBMISSION_TLS if security is Security.TLS else usual),
        security=security,
        username=username,
        password=password,
        **options,
    )


def _split(url: str) -> SplitResult:
    if not url.isprintable() or " " in url:
        raise ValueError("it holds a space or an invisible character")
    try:
        parts = urlsplit(url)
    except ValueError:
        parts = SplitResult("", "", "", "", "")
    if parts.scheme not in {"smtp", "smtps"}:
        raise ValueError("it is smtp://host or smtps://host")
    if "#" in url or parts.path not in {"", "/"}:
        raise ValueError(
            "nothing but options follows the host; in a user or password write "
            "/ as %2F, ? as %3F, # as %23, @ as %40 and : as %3A"
        )
    return parts


def _host(parts: SplitResult) -> str:
    host = parts.hostname or ""
    try:
        if host and not host.isascii():
            host = idna.encode(host, uts46=True).decode("ascii")
    except idna.IDNAError:
        host = ""
    if not re.fullmatch(r"[a-z0-9_]([a-z0-9._-]*[a-z0-9])?|[0-9a-f:.]+(%[a-z0-9]+)?", host):
        raise ValueError("it names no host, as in smtp://mail.example.org")
    return host


def _port(parts: SplitResult) -> int | None:
    text = parts.netloc.rpartition("@")[2].rpartition("]")[2].partition(":")[2]
    if text and not re.fullmatch(r"[0-9]{1,5}", text):
        raise ValueError("the port is a number from 1 to 65535")
    if text and not 0 < int(text) < 1 << 16:
        raise ValueError("the port is a number from 1 to 65535")
    return int(text) if text else None


def _login(parts: SplitResult) -> tuple[str, str]:
    login, _, _ = parts.netloc.rpartition("@")
    if "@" in login:
        raise ValueError("an @ in a user or password is written %40")
    username, _, password = login.partition(":")
    return _decoded(username), _decoded(password)


def _decoded(text: str) -> str:
    """Return *text* without its percent-encoding; what was not encoded rightly is refused."""
    if _PERCENT.search(text):
        raise ValueError("a % in a user, password or option is written %25")
    try:
        decoded = unquote(text, errors="strict")
    except UnicodeDecodeError:
        raise ValueError("a user, password or option is not percent-encoded UTF-8") from None
    if "\0" in decoded:
        raise ValueError("a user, password or option holds %00")
    return decoded


def _options(parts: SplitResult) -> dict[str, Any]:
    """Return the options of SmtpServer by name, each of its type."""
    _decoded(parts.query)
    # A + is itself here, as in the rest of a URL: only forms write a space that way.
    pairs = parse_qsl(parts.query.replace("+", "%2B"), keep_blank_values=True)
    given = dict(pairs)
    if len(given) < len(pairs) or not given.keys() <= set(_OPTIONS):
        raise ValueError(f"its options, each at most once, are {', '.join(_OPTIONS)}")
    options: dict[str, Any] = dict(given)
    for name in ("timeout", "final_timeout", "max_seconds", "max_mails"):
        if name in given:
            if not re.fullmatch(r"[0-9]{1,6}", given[name]) or not int(given[name]):
                raise ValueError(f"{name} is a whole number above zero")
            options[name] = int(given[name])
    if "ca" in given and not given["ca"].startswith("/"):
        raise ValueError("ca is the absolute path of a file")
    if "hostname" in given and not _HOSTNAME.fullmatch(given["hostname"]):
        raise ValueError("hostname is a name such as papers.example.org")
    return options


def _security(scheme: str, starttls: str | None, host: str) -> Security:
    if scheme == "smtps":
        if starttls is not None:
            raise ValueError("smtps:// is TLS from the first byte and takes no starttls")
        return Security.TLS
    if starttls is None:
        return Security.OPPORTUNISTIC if is_loopback(host) else Security.REQUIRE
    if starttls not in {"require", "opportunistic", "never"}:
        raise ValueError("starttls is require, opportunistic or never")
    return Security(starttls)
