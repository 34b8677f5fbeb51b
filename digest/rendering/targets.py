"""Where the words of a card lead: only to what exists, only over https, never through us."""

import re
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from digest.models.papers import Paper, bare_arxiv_id
from digest.rendering.words import counted, plain


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """Where a word leads, and the word."""

    url: str
    label: str


def title_link(paper: Paper) -> tuple[str, str]:
    """Return where a title leads and what a button there says; both empty if nowhere."""
    if arxiv_id := _arxiv_id(paper):
        return f"https://arxiv.org/abs/{arxiv_id}", "Read on arXiv"
    doi = plain(paper.doi or "")
    if _DOI.fullmatch(doi):
        return f"https://doi.org/{quote(doi, safe='/:;()._-')}", "Read the paper"
    return "", ""


_DOI = re.compile(r"10\.\d{4,9}/\S+")


def _arxiv_id(paper: Paper) -> str | None:
    return bare_arxiv_id(paper.arxiv_id) if paper.arxiv_id else None


def other_links(paper: Paper) -> tuple[Link, ...]:
    """Return where else to read of *paper*."""
    links = []
    if arxiv_id := _arxiv_id(paper):
        links.append(Link(url=f"https://arxiv.org/pdf/{arxiv_id}", label="PDF"))
    if project := _safe_url(paper.project_url):
        links.append(Link(url=project, label="Project page"))
    return tuple(links)


def code_link(paper: Paper, stars: int | None) -> Link | None:
    """Return where the code of *paper* is, with its *stars*, or None."""
    url = _safe_url(paper.code_url)
    if not url:
        return None
    return Link(url=url, label=f"Code, {counted(stars, 'star')}" if stars else "Code")


def _safe_url(url: str | None) -> str:
    """Return *url* over https if it names a public host and nothing else odd, or ""."""
    text = plain(url or "")
    if not text.isascii() or " " in text or len(text) > _LONGEST_URL:
        return ""
    try:
        parts = urlsplit(text)
        odd = parts.port or parts.username or parts.password
    except ValueError:
        return ""
    host = (parts.hostname or "").lower()
    if parts.scheme not in {"http", "https"} or odd or not _HOST.fullmatch(host):
        return ""
    path = quote(parts.path, safe="/%:@!$&'()*+,;=~-._")
    query = f"?{quote(parts.query, safe='/%:@!$&()*+,;=~-._?')}" if parts.query else ""
    fragment = f"#{quote(parts.fragment, safe='/%:@!$&()*+,;=~-._?')}" if parts.fragment else ""
    return f"https://{host}{path}{query}{fragment}"


_LONGEST_URL = 500
# The last label has a letter, so that no bare IP address is a host.
_HOST = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9]")
