"""Replies of arXiv, made up for one test each, and somebody who gives them."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from xml.sax.saxutils import escape

import httpx

from digest.sources.http import Client
from tests.fakes import CountingTokens, MemoryTurns, StoppedClock

DATA = Path(__file__).parents[2] / "data" / "arxiv"


def saved(name: str) -> bytes:
    """Return the saved reply of that name."""
    return (DATA / name).read_bytes()


@dataclass(frozen=True, kw_only=True)
class Item:
    """An item of a feed as arXiv would write it."""

    number: int
    title: str = "Moss"
    abstract: str = "Moss grows."
    authors: str = "Ada Okafor, Bo Lindqvist"
    categories: tuple[str, ...] = ("cs.CL",)
    announce_type: str = "new"
    version: int = 1

    @property
    def arxiv_id(self) -> str:
        return f"2608.{self.number:05d}"

    def xml(self) -> str:
        named = f"{self.arxiv_id}v{self.version}"
        terms = "".join(f"<category>{escape(term)}</category>" for term in self.categories)
        return (
            f"<item><title>{escape(self.title)}</title>"
            f"<link>https://arxiv.org/abs/{self.arxiv_id}</link>"
            f"<description>arXiv:{named} Announce Type: {self.announce_type} \n"
            f"Abstract: {escape(self.abstract)}</description>"
            f'<guid isPermaLink="false">oai:arXiv.org:{named}</guid>{terms}'
            f"<arxiv:announce_type>{self.announce_type}</arxiv:announce_type>"
            f"<dc:creator>{escape(self.authors)}</dc:creator></item>\n"
        )


def rss(items: Iterable[Item], *, day: date, encoding: str = "UTF-8") -> bytes:
    """Return the feed of *items* that arXiv built on *day*."""
    text = (
        f"<?xml version='1.0' encoding='{encoding}'?>\n"
        '<rss xmlns:arxiv="http://arxiv.org/schemas/atom"'
        ' xmlns:dc="http://purl.org/dc/elements/1.1/" version="2.0"><channel>\n'
        "<title>cs.CL updates on arXiv.org</title><link>http://rss.arxiv.org/rss/cs.CL</link>\n"
        f"<pubDate>{day:%a, %d %b %Y} 00:00:00 -0400</pubDate>\n"
        f"{''.join(item.xml() for item in items)}</channel></rss>"
    )
    return text.encode(encoding)


@dataclass(frozen=True, kw_only=True)
class Kept:
    """A record of the catalogue as arXiv would write it."""

    number: int
    categories: str = "cs.CL"
    created: str = "2026-08-10"
    month: str = "2608"

    def xml(self, datestamp: date) -> str:
        arxiv_id = f"{self.month}.{self.number:05d}"
        return (
            f"<record><header><identifier>oai:arXiv.org:{arxiv_id}</identifier>"
            f"<datestamp>{datestamp}</datestamp></header><metadata>"
            f'<arXiv xmlns="http://arxiv.org/OAI/arXiv/"><id>{arxiv_id}</id>'
            f"<created>{self.created}</created><title>Moss {self.number}</title>"
            f"<categories>{self.categories}</categories></arXiv></metadata></record>\n"
        )


def page(records: Iterable[Kept], *, day: date, before: str = "") -> bytes:
    """Return a page of the catalogue, which *before* leads on from."""
    return _answer(
        f"<ListRecords>{''.join(record.xml(day) for record in records)}"
        f"<resumptionToken>{escape(before)}</resumptionToken></ListRecords>"
    )


def error(code: str, message: str = "") -> bytes:
    """Return the catalogue's answer that something is wrong."""
    return _answer(f"<error code='{code}'>{escape(message)}</error>")


def _answer(inside: str) -> bytes:
    return (
        "<?xml version='1.0' encoding='UTF-8'?>\n"
        '<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/">'
        f"<responseDate>2026-08-13T01:00:00Z</responseDate>{inside}</OAI-PMH>"
    ).encode()


class Breaking(httpx.SyncByteStream):
    """A body whose connection ends after *pieces* of it."""

    def __init__(self, *pieces: bytes) -> None:
        self._pieces = pieces

    def __iter__(self) -> Iterator[bytes]:
        yield from self._pieces
        raise httpx.RemoteProtocolError("peer closed connection")


def client(
    answer: Callable[[httpx.Request], httpx.Response], clock: StoppedClock | None = None
) -> Client:
    """Return a client that asks *answer* instead of the network, and waits for nothing."""
    return Client(
        user_agent="digest-tests",
        turns=MemoryTurns(),
        clock=clock or StoppedClock(),
        tokens=CountingTokens(),
        pause=timedelta(0),
        sleep=lambda _: None,
        transport=httpx.MockTransport(answer),
    )
