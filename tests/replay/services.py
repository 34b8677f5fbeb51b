"""What the services say, each in its own words, from made-up replies or from recorded ones."""

import hashlib
import json
import tarfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from lxml import etree

from tests.replay.server import Said, path_of, query_of
from tests.sources.http.server import Asked

DATA = Path(__file__).parents[1] / "data" / "replay"
TODAY = date(2026, 11, 18)
YESTERDAY = date(2026, 11, 17)
NOON = datetime(2026, 11, 18, 12, tzinfo=UTC)
"""The day of the made-up replies, a Wednesday, and when they are asked for."""

JSON = {"Content-Type": "application/json; charset=utf-8"}
XML = {"Content-Type": "text/xml; charset=utf-8"}
_ATOM = "{http://www.w3.org/2005/Atom}"


@dataclass(frozen=True, kw_only=True)
class Services:
    """All services at one address, each below its own path.

    *days* and *pages* are Hugging Face's lists by day, as JSON and HTML; *feeds* are by path;
    *catalogue* is by "set day" and by token; *details* are entries of arXiv's API; *scholars*
    are by what Semantic Scholar calls a paper; *works* and *authors* are rows of OpenAlex.
    """

    days: Mapping[str, bytes] = field(default_factory=dict)
    pages: Mapping[str, bytes] = field(default_factory=dict)
    feeds: Mapping[str, bytes] = field(default_factory=dict)
    catalogue: Mapping[str, bytes] = field(default_factory=dict)
    details: bytes = b""
    scholars: Mapping[str, Any] = field(default_factory=dict)
    works: tuple[Mapping[str, Any], ...] = ()
    authors: tuple[Mapping[str, Any], ...] = ()

    def __call__(self, asked: Asked) -> Said:
        for prefix, saying in (
            ("/api/daily_papers", self._daily),
            ("/papers/date/", self._page),
            ("/oai", self._catalogue),
            ("/api/query", self._details),
            ("/s2/graph/v1/paper/batch", self._scholars),
            ("/openalex/works", self._works),
            ("/openalex/authors", self._authors),
        ):
            if path_of(asked).startswith(prefix):
                return saying(asked)
        return self._feed(asked)

    def _daily(self, asked: Asked) -> Said:
        content = self.days.get(query_of(asked)["date"], b"[]")
        page, size = int(query_of(asked).get("p", "0")), int(query_of(asked).get("limit", "50"))
        rows = json.loads(content)
        if isinstance(rows, list) and (page or len(rows) > size):
            content = json.dumps(rows[page * size : (page + 1) * size]).encode()
        return Said(headers=JSON, body=content)

    def _page(self, asked: Asked) -> Said:
        content = self.pages.get(path_of(asked).rpartition("/")[2])
        return Said(status=404) if content is None else Said(body=content)

    def _feed(self, asked: Asked) -> Said:
        content = self.feeds.get(path_of(asked))
        if content is None:
            return Said(status=404)
        # As arXiv's, without quotation marks.
        tag = hashlib.sha256(content).hexdigest()
        if asked.headers.get("if-none-match") == tag:
            return Said(status=304, headers={"ETag": tag})
        return Said(headers=XML | {"ETag": tag}, body=content)

    def _catalogue(self, asked: Asked) -> Said:
        query = query_of(asked)
        token = query.get("resumptionToken")
        if token is None:
            content = self.catalogue.get(f"{query['set']} {query['from']}")
            code = "noRecordsMatch"
        else:
            content, code = self.catalogue.get(token), "badResumptionToken"
        return Said(headers=XML, body=oai_error(code) if content is None else content)

    def _details(self, asked: Asked) -> Said:
        wanted = query_of(asked)["id_list"].split(",")
        feed = etree.fromstring(self.details)
        kept = 0
        for entry in feed.findall(f"{_ATOM}entry"):
            name = (entry.findtext(f"{_ATOM}id") or "").rpartition("/abs/")[2]
            if name.rpartition("v")[0] in wanted:
                kept += 1
            else:
                feed.remove(entry)
        for total in feed.findall("{http://a9.com/-/spec/opensearch/1.1/}totalResults"):
            total.text = str(kept)
        return Said(headers=XML, body=etree.tostring(feed))

    def _scholars(self, asked: Asked) -> Said:
        names = json.loads(asked.body)["ids"]
        return Said(headers=JSON, body=json.dumps([self.scholars.get(n) for n in names]).encode())

    def _works(self, asked: Asked) -> Said:
        return _found(self.works, "doi", query_of(asked)["filter"].removeprefix("doi:"))

    def _authors(self, asked: Asked) -> Said:
        names = query_of(asked)["filter"].removeprefix("openalex:").split("|")
        wanted = "|".join(f"https://openalex.org/{name}" for name in names)
        return _found(self.authors, "id", wanted)


def _found(rows: tuple[Mapping[str, Any], ...], key: str, wanted: str) -> Said:
    results = [row for row in rows if row[key] in wanted.split("|")]
    answer = {"meta": {"count": len(results)}, "results": results}
    return Said(headers=JSON, body=json.dumps(answer).encode())


def oai_error(code: str) -> bytes:
    """Return how OAI-PMH says that something is wrong, with status 200."""
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        '<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/">'
        f'<error code="{code}">Nothing to be said.</error></OAI-PMH>'
    ).encode()


def made_up() -> Services:
    """Return services whose replies were written for these tests, for TODAY and YESTERDAY."""
    rss = (DATA / "rss.xml").read_bytes()
    works = json.loads((DATA / "works.json").read_bytes())
    return Services(
        days={path.stem: path.read_bytes() for path in (DATA / "daily").glob("*.json")},
        pages={"2026-08-20": (DATA.parent / "huggingface/2026-08-20.html").read_bytes()},
        feeds={
            "/rss/cs.LG+eess.AS": rss,
            "/journal/rss.xml": (DATA / "journal.xml").read_bytes(),
        },
        catalogue={
            f"cs {YESTERDAY}": (DATA / "oai_first.xml").read_bytes(),
            "cs&from=2026-11-17&skip=2": (DATA / "oai_second.xml").read_bytes(),
        },
        details=(DATA / "api.xml").read_bytes(),
        scholars=json.loads((DATA / "scholars.json").read_bytes()),
        works=tuple(works["works"]),
        authors=tuple(works["authors"]),
    )


def lists_of(archive: Path) -> dict[str, bytes]:
    """Return the lists in an *archive* of them, by day."""
    found = {}
    with tarfile.open(archive) as files:
        for member in files:
            if content := files.extractfile(member):
                found[Path(member.name).stem] = content.read()
    return found


def generated_days(days: tuple[date, ...], *, each: int) -> Services:
    """Return services with *each* made-up rows on every one of *days*, some on two of them."""
    lists = {}
    for place, day in enumerate(days):
        rows = [_row(day, 1000 * place + number) for number in range(each)]
        if place:
            # Now and then one comes back.
            rows.append(_row(day, 1000 * (place - 1)))
        lists[day.isoformat()] = json.dumps(rows).encode()
    return Services(days=lists)


def _row(day: date, number: int) -> Mapping[str, Any]:
    said = f"Tide {number:05} teaches a net to wait"
    return {
        "paper": {
            "id": f"2608.{number:05}",
            "title": said,
            "summary": f"{said}, and we measure for how long.",
            "authors": [{"name": f"Ada Okafor{number}"}, {"name": "Bo Lindqvist"}],
            "publishedAt": f"{day}T00:00:00.000Z",
            "submittedOnDailyAt": f"{day}T00:00:00.000Z",
            "upvotes": number % 97,
        },
        "numComments": number % 7,
    }


def recorded(payloads: Path) -> Services:
    """Return services whose replies are those that others recorded, in the folder *payloads*."""
    arxiv = payloads / "arxiv"
    openalex = json.loads((payloads / "openalex/authors_2026-10_trim.json").read_bytes())
    works = json.loads((payloads / "openalex/works_3_full_2026.json").read_bytes())
    scholars = json.loads((payloads / "s2/paper_batch_2026-10_trim.json").read_bytes())
    return Services(
        days={path.stem: path.read_bytes() for path in (payloads / "hf/daily").glob("*.json")},
        pages={"2024-08-01": (payloads / "hf/html/papers_2024-08-01.html").read_bytes()},
        feeds={
            "/rss/stat+hep-th": (arxiv / "feed/rss2_2024-03-26_stat_full.xml").read_bytes(),
            "/journal/rss.xml": (payloads / "biorxiv/rss1_biorxiv.xml").read_bytes(),
        },
        catalogue={
            "physics:hep-th 2017-12-14": (
                arxiv / "oai/hepcrawl_arxiv-physics-hep-th.xml"
            ).read_bytes()
        },
        details=(arxiv / "api/2026-08-15_idlist_2.xml").read_bytes(),
        scholars={f"ARXIV:{row['externalIds']['ArXiv']}": row for row in scholars},
        works=tuple(works["results"]),
        authors=tuple(openalex["results"]),
    )
