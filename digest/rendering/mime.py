"""A message as bytes: quoted-printable text between headers that nothing can break out of."""

import binascii
import re
from collections.abc import Iterable
from email.utils import parseaddr
from urllib.parse import quote

import idna

from digest.errors import RenderingFailed

_LINE = 76
_ENDED = (b"\n", b"")
_STARTS_WITH_DOT = re.compile(rb"^\.+", re.MULTILINE)


def quoted_printable(text: str) -> bytes:
    """Return *text* as quoted-printable bytes that leave off at the start of a line.

    Lines are at most 76 long and end in CRLF; a soft break ends what does not end in a
    newline. No line starts with a dot, so that SMTP has none to double.
    """
    encoded = binascii.b2a_qp(text.encode())
    if b"\n." in encoded or encoded[:1] == b".":
        encoded = _STARTS_WITH_DOT.sub(lambda dots: b"=2E=\n" * len(dots[0]), encoded)
    encoded = encoded.replace(b"\n", b"\r\n")
    return encoded if encoded[-1:] in _ENDED else encoded + b"=\r\n"


def encoded_words(text: str) -> str:
    """Return *text* as a header may hold it: itself if it is plain ASCII, else RFC 2047 words.

    A value that itself looks like an encoded word is encoded too, so that it arrives as it
    was. The words are folded.
    """
    if text.isascii() and text.isprintable() and "=?" not in text:
        return text
    words, room = [""], _WORD
    for letter in text:
        code = _CODES.get(letter) or "".join(f"={byte:02X}" for byte in letter.encode())
        if len(code) > room:
            words.append("")
            room = _WORD
        words[-1] += code
        room -= len(code)
    return "\r\n ".join(f"=?utf-8?q?{word}?=" for word in words)


# An encoded word has 75 places; the first shares its line with "Subject: ".
_WORD = 75 - len("=?utf-8?q??=") - len("Subject: ")
_CODES = {
    letter: letter
    for letter in "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!*+-/"
} | {" ": "_"}


def folded(name: str, value: str) -> str:
    """Return the header line *name*: *value*, folded at spaces to 76 columns where it can be."""
    line = f"{name}: {value}"
    if len(line) <= _LINE or "\r\n" in value:
        return line
    lines = [f"{name}:"]
    for word in value.split(" "):
        if len(lines[-1]) + 1 + len(word) > _LINE and lines[-1] != f"{name}:":
            lines.append("")
        lines[-1] += f" {word}"
    return "\r\n".join(lines)


def mailbox(text: str) -> tuple[str, str]:
    """Return the name and the address in "Name <address>"; raise ValueError without one."""
    name, address = parseaddr(text)
    return name, wire_address(address)


def wire_address(address: str) -> str:
    """Return *address* as headers carry it: the domain in ASCII, the local part as it is.

    Raise ValueError where it is no address, or could break out of a header.
    """
    local, at, domain = address.rpartition("@")
    if not at or not _LOCAL.fullmatch(local):
        raise ValueError("not an address")
    host = domain if domain.isascii() else _ascii_domain(domain)
    if not _DOMAIN.fullmatch(host):
        raise ValueError("not an address")
    return f"{local}@{host}"


def _ascii_domain(domain: str) -> str:
    # The codec of the standard library is IDNA 2003, which writes "straße" as "strasse":
    # another domain, and somebody else's.
    try:
        return idna.encode(domain, uts46=True).decode("ascii")
    except idna.IDNAError as error:
        raise ValueError("not an address") from error


_LOCAL = re.compile(r"[^\s\x00-\x1f\x7f-\x9f\"(),:;<>@\[\\\]]{1,64}")
_DOMAIN = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?")


def named_mailbox(name: str, address: str) -> str:
    """Return "Name <address>" for a header, the name quoted or encoded where it must be."""
    if not name:
        return address
    if not name.isascii() or "=?" in name:
        return f"{encoded_words(name)} <{address}>"
    if _ATOMS.fullmatch(name):
        return f"{name} <{address}>"
    escaped = re.sub(r'(["\\])', r"\\\1", name)
    return f'"{escaped}" <{address}>'


_ATOMS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~ -]+")


def mailto(address: str, subject: str) -> str:
    """Return the link that opens a mail to *address* with *subject*."""
    return f"mailto:{quote(address, safe='@')}?subject={quote(subject, safe='')}"


def message(
    headers: Iterable[str], text: Iterable[bytes], html: Iterable[bytes], *, boundary: str
) -> bytes:
    """Return the whole message: *headers*, then the encoded *text* and *html*, text first.

    A line of quoted-printable never holds "=_", which every *boundary* starts with, so no
    content can end a part.
    """
    if not _BOUNDARY.fullmatch(boundary):
        raise RenderingFailed(f"{boundary!r} cannot part a message.")
    mark = boundary.encode()
    head = "\r\n".join((*headers, "MIME-Version: 1.0", "Content-Type: multipart/alternative;"))
    return b"".join(
        (
            b'%b\r\n boundary="%b"\r\n\r\n--%b\r\n' % (head.encode(), mark, mark),
            _PART % b"plain",
            *text,
            b"\r\n--%b\r\n" % mark,
            _PART % b"html",
            *html,
            b"\r\n--%b--\r\n" % mark,
        )
    )


_BOUNDARY = re.compile(r"=_[A-Za-z0-9_.-]{1,66}")
_PART = (
    b"Content-Type: text/%s; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
)
