"""What it costs to take papers in: `--papers N --runs N`.

Lists of Hugging Face are parsed and taken into an empty archive day by day, 50 papers each:
into SQLite, and into PostgreSQL where DIGEST_TEST_POSTGRES_URL names a server. They are
made up, with titles, abstracts and authors of the usual length, or those of an archive of
lists in the folder that DIGEST_REAL_INPUT names. Seconds are of this process's CPU.
"""

import argparse
import json
import os
import random
import tarfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from secrets import token_hex
from tempfile import TemporaryDirectory
from typing import Any

from pydantic import BaseModel, TypeAdapter
from sqlalchemy import create_engine, make_url, text

from digest.errors import ListingUnreadable
from digest.services.ingest import ingest
from digest.sources.huggingface import parse_daily
from digest.store.schema import upgrade
from digest.store.sql import SqlStore

FIRST = date(2024, 5, 27)
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
ROWS = 50
"""Papers of one list."""

SYLLABLES = "an be cor di el fo gan hi is jo ka lem mo net or pa qui ras so ti un ve wa xi yo za"
Day = tuple[date, bytes]


def words(draw: random.Random, vocabulary: Sequence[str], count: int) -> str:
    """Return a sentence of *count* words, by a law of Zipf."""
    ranks = (int(draw.paretovariate(1.0)) % len(vocabulary) for _ in range(count))
    return " ".join(vocabulary[rank] for rank in ranks).capitalize()


def made_up(count: int) -> list[Day]:
    """Return lists of *count* papers in all."""
    draw = random.Random(0)  # noqa: S311 - nothing to guess
    vocabulary = [
        "".join(draw.choices(SYLLABLES.split(), k=draw.randint(1, 4))) for _ in range(20_000)
    ]
    days = []
    for number in range(0, count, ROWS):
        day = FIRST + timedelta(days=number // ROWS)
        many = min(ROWS, count - number)
        rows = [row(draw, vocabulary, day, number + place) for place in range(many)]
        days.append((day, json.dumps(rows, ensure_ascii=False).encode()))
    return days


def row(draw: random.Random, vocabulary: Sequence[str], day: date, number: int) -> Any:  # noqa: ANN401 - JSON
    """Return a paper as the list of *day* has it."""
    abstract = ". ".join(words(draw, vocabulary, draw.randint(12, 30)) for _ in range(8))
    title = words(draw, vocabulary, draw.randint(6, 14))
    if number % 60 == 0:
        title += r" with $\mathcal{O}(n^2)$ M\"unster"
    user = {"_id": f"{number:024x}", "avatarUrl": "/avatars/0.svg", "name": f"user{number}"}
    authors = [
        {"_id": f"{draw.getrandbits(64):024x}", "hidden": False, "name": name}
        for name in (words(draw, vocabulary, 2).title() for _ in range(draw.randint(2, 16)))
    ]
    at = f"{day}T00:00:00.000Z"
    return {
        "paper": {
            "id": f"{day:%y%m}.{number % 100_000:05}",
            "authors": authors,
            "publishedAt": at,
            "submittedOnDailyAt": at,
            "submittedOnDailyBy": user,
            "title": title,
            "summary": abstract,
            "upvotes": draw.randint(0, 250),
            "discussionId": f"{number:024x}",
            "githubRepo": f"https://github.com/someone/{number}" if number % 2 else None,
            "githubStars": draw.randint(0, 5000),
            "ai_summary": words(draw, vocabulary, 20),
            "ai_keywords": [words(draw, vocabulary, 2) for _ in range(8)],
            "organization": {"name": f"lab{number % 300}", "fullname": f"Lab {number % 300}"},
        },
        "publishedAt": at,
        "title": title,
        "summary": abstract,
        "thumbnail": f"https://cdn-thumbnails.huggingface.co/social-thumbnails/{number}.png",
        "numComments": draw.randint(0, 20),
        "submittedBy": user,
    }


def recorded(archive: Path) -> list[Day]:
    """Return the lists in *archive* that can be read, oldest first."""
    days = []
    with tarfile.open(archive) as files:
        for member in files:
            content = files.extractfile(member)
            if content is not None:
                days.append((date.fromisoformat(Path(member.name).stem), content.read()))
    return sorted(each for each in days if is_readable(*each))


def is_readable(day: date, content: bytes) -> bool:
    """Return whether *content* is a list."""
    try:
        parse_daily(content, day=day, seen_at=None)
    except ListingUnreadable:
        return False
    return True


class Author(BaseModel):
    """An author, as a typed client of the service declares one."""

    name: str
    hidden: bool = False


class Paper(BaseModel):
    """A paper, with the fields that we read."""

    id: str
    title: str
    summary: str = ""
    authors: list[Author] = []
    publishedAt: datetime | None = None  # noqa: N815 - the service's names
    submittedOnDailyAt: datetime | None = None  # noqa: N815
    upvotes: int | None = None
    githubRepo: str | None = None  # noqa: N815
    projectPage: str | None = None  # noqa: N815
    githubStars: int | None = None  # noqa: N815
    ai_summary: str | None = None
    ai_keywords: list[str] | None = None


class Row(BaseModel):
    """A row of a list."""

    paper: Paper
    numComments: int | None = None  # noqa: N815
    thumbnail: str | None = None


ROWS_OF = TypeAdapter(list[Row])


def cpu_of(work: Callable[[], object], *, runs: int) -> float:
    """Return the CPU seconds of *work*, the least of *runs*."""
    spent = []
    for _ in range(runs):
        start = time.process_time()
        work()
        spent.append(time.process_time() - start)
    return min(spent)


def compare_parsers(days: Sequence[Day], runs: int) -> None:
    """Print how fast lists are parsed: by us, by json alone, by pydantic."""
    count = sum(len(json.loads(content)) for _, content in days)
    size = sum(len(content) for _, content in days) / 2**20
    print(f"parsing {count:,} papers in {len(days)} lists, {size:.1f} MiB:")
    contenders: dict[str, Callable[[bytes], object]] = {
        "json.loads alone": json.loads,
        "pydantic, same fields": ROWS_OF.validate_json,
        "json.loads, then pydantic": lambda content: ROWS_OF.validate_python(json.loads(content)),
        "ours": lambda content: parse_daily(content, day=None, seen_at=NOON),
    }
    floor = 0.0
    for name, parse in contenders.items():
        spent = cpu_of(lambda parse=parse: [parse(content) for _, content in days], runs=runs)  # type: ignore[misc]
        floor = floor or spent
        print(f"  {name:26} {count / spent:8,.0f} papers/s  {spent / floor:5.2f} x json.loads")


def measure_ingest(name: str, url: str, days: Sequence[Day]) -> None:
    """Print what taking *days* into the empty archive at *url* cost, at 1/8, 1/4, 1/2 and all."""
    upgrade(url)
    store = SqlStore(url)
    total = sum(len(json.loads(content)) for _, content in days)
    marks = [total // 8, total // 4, total // 2, total]
    papers, wall = 0, time.perf_counter()
    start, before = time.process_time(), (0, 0.0)
    print(f"taking {total:,} papers into {name}, one list at a time:")
    for day, content in days:
        listing = parse_daily(content, day=day, seen_at=NOON)
        papers += ingest([listing], day, store=store).entries
        if papers >= marks[0]:
            marks.pop(0)
            spent = time.process_time() - start
            pace = (papers - before[0]) / (spent - before[1])
            print(
                f"  {papers:6,} papers {spent:6.2f} CPU-s {papers / spent:6,.0f} papers/CPU-s, "
                f"the last {papers - before[0]:5,} at {pace:6,.0f}"
            )
            before = papers, spent
    print(f"  in {time.perf_counter() - wall:.1f} s by the clock")
    again, start = 0, time.process_time()
    for day, content in days:
        listing = parse_daily(content, day=day, seen_at=NOON)
        again += ingest([listing], day, store=store).new
    print(f"  once more: {time.process_time() - start:.2f} CPU-s, {again} new")
    store.close()


@contextmanager
def schema_of(server: str) -> Iterator[str]:
    """Yield the URL of an empty schema of our own on *server*."""
    schema = f"benchmark_{token_hex(6)}"
    engine = create_engine(server)
    with engine.begin() as connection:
        connection.execute(text(f"CREATE SCHEMA {schema}"))
    try:
        url = make_url(server).update_query_dict({"options": f"-c search_path={schema}"})
        yield url.render_as_string(hide_password=False)
    finally:
        with engine.begin() as connection:
            connection.execute(text(f"DROP SCHEMA {schema} CASCADE"))
        engine.dispose()


def main() -> None:
    """Print what parsing and taking in took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--papers", type=int, default=10_000)
    parser.add_argument("--runs", type=int, default=3, help="of each parser; the best counts")
    options = parser.parse_args()
    folder = os.environ.get("DIGEST_REAL_INPUT")
    if folder:
        days = recorded(Path(folder) / "payloads/hf/archive-2024-05-to-2026-05.tar.xz")
        print("recorded lists:")
    else:
        days = made_up(options.papers)
        print("made-up lists:")
    compare_parsers(days, options.runs)
    with TemporaryDirectory() as here:
        measure_ingest("SQLite", f"sqlite:///{here}/digest.sqlite3", days)
    server = os.environ.get("DIGEST_TEST_POSTGRES_URL")
    if server:
        with schema_of(server) as url:
            measure_ingest("PostgreSQL", url, days)


if __name__ == "__main__":
    main()
