"""A server on this machine that answers as Hugging Face, arXiv, a feed and a directory do."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

from digest.bootstrap import SystemClock

DATA = Path(__file__).parent.parent / "data"
FORBIDDEN = 403
LATE = 429
"""The answers of a service that says no, and of one that wants to be left alone for an hour."""


def today() -> date:
    """Return the day that it is now, UTC."""
    return SystemClock().now().astimezone(UTC).date()


def make_row(day: date, identity: str, title: str, upvotes: int = 3) -> dict[str, Any]:
    """Return a row of Hugging Face's list of *day*."""
    return {
        "title": title,
        "numComments": 2,
        "paper": {
            "id": identity,
            "title": title,
            "summary": f"We look into {title.lower()} for a year, and say what we saw.",
            "authors": [{"name": "Ada Okafor"}, {"name": "Bo Lindqvist"}],
            "publishedAt": f"{day}T00:00:00.000Z",
            "submittedOnDailyAt": f"{day}T00:00:00.000Z",
            "upvotes": upvotes,
        },
    }


@dataclass
class StandIn:
    """What it answers: rows by day, pages by path, h-indices by arXiv id; or a status."""

    url: str
    days: dict[date, list[Any] | int] = field(default_factory=dict)
    pages: dict[str, bytes | int] = field(default_factory=dict)
    authors: Mapping[str, int] | int = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def list_papers(self, day: date, *titles: str, first: int = 1) -> None:
        """Let Hugging Face list papers of those *titles* on *day*, numbered from *first* on."""
        self.days[day] = [
            make_row(day, f"{day:%y%m}.{number:05}", title)
            for number, title in enumerate(titles, start=first)
        ]

    def answer(self, target: str, body: bytes) -> tuple[int, bytes]:
        parts = urlsplit(target)
        self.asked.append(target)
        if parts.path == "/api/daily_papers":
            found = self.days.get(date.fromisoformat(parse_qs(parts.query)["date"][0]), [])
            return (found, b"{}") if isinstance(found, int) else (200, json.dumps(found).encode())
        if parts.path.endswith("/paper/batch"):
            if isinstance(self.authors, int):
                return self.authors, b"{}"
            known = [_known(each, self.authors) for each in json.loads(body)["ids"]]
            return 200, json.dumps(known).encode()
        page = self.pages.get(parts.path, 404)
        return (page, b"") if isinstance(page, int) else (200, page)


def _known(name: str, authors: Mapping[str, int]) -> dict[str, Any] | None:
    """Return what a directory says of the paper of that *name*, with the h-index of its author."""
    arxiv_id = name.rpartition(":")[2]
    if arxiv_id not in authors:
        return None
    author = {"authorId": "7", "name": "Ada Okafor", "hIndex": authors[arxiv_id]}
    return {
        "paperId": "p",
        "externalIds": {"ArXiv": arxiv_id},
        "title": "",
        "authors": [author | {"paperCount": 44, "citationCount": 910}],
    }


@contextmanager
def stand_in() -> Iterator[StandIn]:
    """Run one while the block lasts."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            length = int(self.headers.get("Content-Length", 0))
            status, body = standing.answer(self.path, self.rfile.read(length))
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            if status == LATE:
                self.send_header("Retry-After", "3600")
            self.end_headers()
            self.wfile.write(body)

        do_POST = do_GET  # noqa: N815 - the name it is called by

        def log_message(self, *_arguments: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        standing = StandIn(url=f"http://127.0.0.1:{server.server_port}")
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield standing
        finally:
            server.shutdown()
            thread.join()
