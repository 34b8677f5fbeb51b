"""What a server answers, read strictly: what is not a reply of RFC 5321 is not guessed at."""

import re
from dataclasses import dataclass
from datetime import timedelta

_LINE = re.compile(rb"([2-5][0-9]{2})(?:([ -])(.*))?", re.DOTALL)
_ENHANCED = re.compile(r"^([245]\.\d{1,3}\.\d{1,3})(?:\s+|$)")
# qmail and its kin put the status last: "sorry, no mailbox here by that name. (#5.1.1)"
_ENHANCED_LAST = re.compile(r"\(#([245]\.\d{1,3}\.\d{1,3})\)")
_WAIT = re.compile(
    r"\b(?:in|after|for|wait|least)\s+(\d{1,6})\s*"
    r"(s|secs?|seconds?|m|mins?|minutes?|h|hrs?|hours?)\b",
    re.IGNORECASE,
)
_SECONDS = {"s": 1, "m": 60, "h": 3600}

MAX_REPLY = 64 * 1024
"""A reply longer than this, in bytes, is an attack or a mistake."""


class ReplyMalformed(Exception):
    """The server said something that is not a reply."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """One reply: *code* from 200 to 599, *lines* without codes and line ends."""

    code: int
    lines: tuple[str, ...]

    @property
    def positive(self) -> bool:
        """Whether what was asked for is done."""
        return 200 <= self.code < 300  # noqa: PLR2004 - the classes of RFC 5321 4.2.1

    @property
    def temporary(self) -> bool:
        """Whether what was asked for may work later."""
        return 400 <= self.code < 500  # noqa: PLR2004 - the classes of RFC 5321 4.2.1

    @property
    def enhanced(self) -> str:
        """The status of RFC 3463, as "5.1.1", or empty."""
        first = _ENHANCED.match(self.lines[0]) if self.lines else None
        found = first or _ENHANCED_LAST.search(" ".join(self.lines))
        return found[1] if found else ""

    @property
    def text(self) -> str:
        """What it says to people, on one line, without codes."""
        words = " ".join(_ENHANCED.sub("", line, count=1) for line in self.lines)
        return " ".join("".join(c if c.isprintable() else " " for c in words).split())

    @property
    def retry_after(self) -> timedelta | None:
        """How long it asks us to wait, where it says so: "try again in 300 seconds"."""
        found = _WAIT.search(self.text)
        return timedelta(seconds=int(found[1]) * _SECONDS[found[2][0].lower()]) if found else None


def take_reply(received: bytearray) -> Reply | None:
    """Remove the first whole reply from *received* and return it, None if there is none yet.

    Raise ReplyMalformed for what cannot become a reply, whatever follows.
    """
    codes: set[bytes] = set()
    lines: list[str] = []
    start = 0
    while 0 <= (end := received.find(b"\n", start)) < MAX_REPLY:
        line = _LINE.fullmatch(received[start:end].removesuffix(b"\r"))
        if line is None:
            raise ReplyMalformed
        codes.add(bytes(line[1]))
        lines.append(bytes(line[3] or b"").decode(errors="replace"))
        start = end + 1
        if len(codes) > 1:
            raise ReplyMalformed
        if line[2] != b"-":
            del received[:start]
            return Reply(code=int(codes.pop()), lines=tuple(lines))
    if len(received) > MAX_REPLY:
        raise ReplyMalformed
    return None


# The wide @ is how some servers quote an address that was typed with it.
_ADDRESS = re.compile(
    r"[^\s<>()\[\],;:'\"]*(?:@|%40|\N{FULLWIDTH COMMERCIAL AT})[^\s<>()\[\],;'\"]*"
)
_READ = 2000
_QUOTED = 300


def scrubbed(text: str, *, words: tuple[str, ...] = (), secrets: tuple[str, ...] = ()) -> str:
    """Return *text* without addresses, *words* and *secrets*, cut to a few lines' length.

    A word is taken out where it stands alone, so that a reader called "a" leaves the words
    of others whole; a secret wherever it is.
    """
    text = text[:_READ]
    for secret in sorted(filter(None, secrets), key=len, reverse=True):
        text = re.sub(re.escape(secret), "[hidden]", text, flags=re.IGNORECASE)
    text = _ADDRESS.sub("[address]", text)
    for word in sorted(filter(None, words), key=len, reverse=True):
        alone = rf"(?<!\w){re.escape(word)}(?!\w)"
        text = re.sub(alone, "[address]", text, flags=re.IGNORECASE)
    return text if len(text) <= _QUOTED else f"{text[:_QUOTED].rstrip()}…"
