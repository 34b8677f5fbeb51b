"""How each service wants to be asked, and how we introduce ourselves."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from urllib.parse import urlsplit

PRODUCT = "paper-digest"


@dataclass(frozen=True, slots=True, kw_only=True)
class Manners:
    """How one service wants to be asked.

    *name* is the key of its turns: one budget, however many hosts it has. *pause* is kept
    between two requests, and *quiet* are UTC hours, from and to, in which it is not asked.
    *silence* follows a 429 that says no time. *deadline* is for one whole answer, which has
    at most *largest* bytes when unpacked.
    """

    name: str
    pause: timedelta
    quiet: tuple[time, time] | None = None
    silence: timedelta = timedelta(minutes=1)
    deadline: timedelta = timedelta(seconds=60)
    largest: int = 32 * 2**20

    def quiet_until(self, now: datetime) -> datetime | None:
        """Return when the quiet hours end that it is in at *now*, None outside of them."""
        if self.quiet is None:
            return None
        now = now.astimezone(UTC)
        start, end = self.quiet
        at = now.time()
        within = start <= at < end if start < end else at >= start or at < end
        if not within:
            return None
        ends = datetime.combine(now.date(), end, tzinfo=UTC)
        return ends if ends > now else ends + timedelta(days=1)


# Its terms: one connection, three seconds, for its feeds, API and OAI-PMH together. Around
# midnight it prepares the next announcement and refuses whole hours; a 429 lasts some minutes.
ARXIV = Manners(
    name="arXiv",
    pause=timedelta(seconds=3),
    quiet=(time(0), time(1)),
    silence=timedelta(minutes=10),
    deadline=timedelta(seconds=120),
)
# 500 requests in five minutes without a token.
HUGGING_FACE = Manners(name="Hugging Face", pause=timedelta(seconds=0.6))
OPENALEX = Manners(name="OpenAlex", pause=timedelta(seconds=0.2))
# One request a second with a key; all who have none share a pool.
SEMANTIC_SCHOLAR = Manners(name="Semantic Scholar", pause=timedelta(seconds=1.1))

_SERVICES = {
    "arxiv.org": ARXIV,
    "huggingface.co": HUGGING_FACE,
    "openalex.org": OPENALEX,
    "semanticscholar.org": SEMANTIC_SCHOLAR,
}
_STRANGER = Manners(name="", pause=timedelta(seconds=1))


def manners_of(url: str) -> Manners:
    """Return how to ask the host of *url*: as its service wants, or as one does a stranger."""
    host = urlsplit(url).hostname or ""
    for domain, manners in _SERVICES.items():
        if host == domain or host.endswith(f".{domain}"):
            return manners
    return replace(_STRANGER, name=host)


def is_loopback(host: str) -> bool:
    """Return whether *host* is this machine, where a stand-in needs no pause."""
    return host in {"127.0.0.1", "localhost", "::1"}


def user_agent(version: str, contact: str = "", public_url: str = "") -> str:
    """Return who we say we are, with what is known of how to reach whoever runs us."""
    product = f"{PRODUCT}/{version}"
    # An address that only this machine understands would tell nobody anything.
    page = "" if is_loopback(urlsplit(public_url).hostname or "") else public_url
    reach = [part for part in (page and f"+{page}", contact) if part]
    return f"{product} ({'; '.join(reach)})" if reach else product
