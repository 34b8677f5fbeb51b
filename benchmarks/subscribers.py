"""What a million subscribers cost: `subscribers.py [N]`, on the server of DIGEST_TEST_POSTGRES_URL.

    .venv/bin/python script/bootstrap .venv/bin/python benchmarks/subscribers.py 1000000

A file of N is written, taken in through `digest subscribers import` in a process of its own, and
again, and written out; then what is asked every minute and on every page is timed. The peers of
the import are one COPY, and rows handed to executemany, of the same file into one table of the
same columns and one unique key, without a check, a consent record or an index more.
"""

import argparse
import csv
import os
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg

from digest.bootstrap import upgrade_database
from digest.models.subscribers import address_hmac
from digest.services.exchange import BATCH
from digest.services.schedule import due
from digest.store.sql import SqlStore

COLUMNS = ("email", "name", "interests", "categories", "time_zone", "send_at")
WRONG = 600
"""Of so many rows one has no address, and one an address that was there before."""

ZONES = ("Europe/Vienna", "America/New_York", "Asia/Tokyo", "UTC", "Asia/Kolkata", "Africa/Lagos")
WORDS = tuple(
    f"{first}{last}" for first in "bdfglmnprst" for last in ("eep", "ision", "obot", "ale")
)


def write_file(path: Path, count: int) -> None:
    """Write a table of *count* made-up people, a few of them wrong or repeated."""
    draw = random.Random(7)  # noqa: S311 - made-up people
    with path.open("w", newline="") as file:
        table = csv.writer(file)
        table.writerow(COLUMNS)
        for number in range(count):
            email = f"Reader.{number}+list@mail{number % 5000}.example.org"
            if number % WRONG == 1:
                email = "nobody"
            elif number % WRONG == WRONG // 2:
                email = "reader.0+list@mail0.example.org"
            words = draw.sample(WORDS, 4)
            table.writerow(
                (
                    email,
                    f"Reader {number}",
                    f"{words[0]} {words[1]}; {words[2]}; {words[3]} {number % 997}",
                    "cs.CL, cs.LG",
                    ZONES[number % len(ZONES)],
                    f"{draw.randrange(24):02}:{draw.randrange(0, 60, 5):02}",
                )
            )


@dataclass(frozen=True)
class Run:
    """What a command took: wall and CPU seconds of its own, its peak memory in MiB."""

    wall: float
    cpu: float
    memory: float
    said: str


def run(url: str, *arguments: object) -> Run:
    """Run `digest` with the database at *url*."""
    start = time.perf_counter()
    command = [sys.executable, "-c", MEASURED, *map(str, arguments)]
    environment = os.environ | {"DIGEST_DATABASE_URL": url}
    done = subprocess.run(  # noqa: S603 - our own command
        command, env=environment, capture_output=True, text=True, check=False
    )
    wall = time.perf_counter() - start
    if done.returncode:
        sys.exit(done.stderr)
    memory, cpu = map(float, done.stderr.splitlines()[-1].split())
    return Run(wall=wall, cpu=cpu, memory=memory, said=done.stdout.strip())


MEASURED = """
import resource, sys
from digest.cli.main import main
try:
    main(sys.argv[1:])
except SystemExit as end:
    if end.code:
        raise
used = resource.getrusage(resource.RUSAGE_SELF)
print(used.ru_maxrss / 1024, used.ru_utime + used.ru_stime, file=sys.stderr)
"""


def peers(url: str, path: Path) -> tuple[float, float]:
    """Return the seconds of a COPY and of an executemany of the file's rows."""
    columns = ", ".join(COLUMNS)
    with psycopg.connect(url, autocommit=True) as connection:
        seconds = []
        for way in (_copy, _executemany):
            connection.execute("DROP TABLE IF EXISTS peer")
            texts = ", ".join(f"{name} text" for name in COLUMNS)
            connection.execute(f"CREATE TABLE peer (n bigserial PRIMARY KEY, {texts})")
            connection.execute("CREATE INDEX ON peer (email)")
            start = time.perf_counter()
            way(connection, path, columns)
            seconds.append(time.perf_counter() - start)
        connection.execute("DROP TABLE peer")
    return seconds[0], seconds[1]


def _copy(connection: psycopg.Connection, path: Path, columns: str) -> None:
    with (
        connection.cursor() as cursor,
        cursor.copy(f"COPY peer ({columns}) FROM STDIN (FORMAT csv, HEADER)") as copy,
        path.open("rb") as file,
    ):
        while piece := file.read(1 << 16):
            copy.write(piece)


def _executemany(connection: psycopg.Connection, path: Path, columns: str) -> None:
    marks = ", ".join(["%s"] * len(COLUMNS))
    with path.open(newline="") as file, connection.cursor() as cursor, connection.transaction():
        rows = csv.reader(file)
        next(rows)
        statement = f"INSERT INTO peer ({columns}) VALUES ({marks})"  # noqa: S608 - our names
        cursor.executemany(statement, rows)


def timed(what: str, repeat: int, call: Callable[[], object]) -> None:
    """Print the median and the slowest of *repeat* calls, in milliseconds."""
    spent = []
    for _ in range(repeat):
        start = time.perf_counter()
        call()
        spent.append((time.perf_counter() - start) * 1000)
    print(f"{what:48} {statistics.median(spent):8.1f} ms, at most {max(spent):.1f}")


def main() -> None:
    """Print what a service with so many subscribers costs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("count", type=int, nargs="?", default=100_000)
    count = parser.parse_args().count
    url = os.environ.get("DIGEST_TEST_POSTGRES_URL")
    if not url:
        sys.exit("DIGEST_TEST_POSTGRES_URL names no server: run it through script/bootstrap.")
    with tempfile.TemporaryDirectory() as folder:
        measure(url, Path(folder), count)


def measure(url: str, folder: Path, count: int) -> None:
    """Take in, give out, and ask."""
    path, small = folder / "people.csv", folder / "few.csv"
    write_file(path, count)
    write_file(small, 4 * BATCH)
    name = "digest_benchmark"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {name}")
        connection.execute(f"CREATE DATABASE {name}")
    url = url.rpartition("/")[0] + f"/{name}"
    copied, inserted = peers(url, path)
    upgrade_database(url)
    how = ("subscribers", "import", "--confirmed", "--evidence", "made up")
    few = run(url, *how, "--dry-run", small)
    tried = run(url, *how, "--dry-run", path)
    taken = run(url, *how, path)
    again = run(url, *how, path)
    written = run(url, "subscribers", "export", folder / "out.csv")
    print(taken.said)
    print(f"import of {count:,}: {taken.wall:.1f} s, {1e6 * taken.wall / count:.0f} us a row")
    print(f"  of it CPU of ours {taken.cpu:.1f} s, the rest is the server's and waiting")
    print(f"  peak {taken.memory:.0f} MiB; of {4 * BATCH:,} rows {few.memory:.0f} MiB")
    print(f"  peers: executemany {inserted:.1f} s (ours / peer {taken.wall / inserted:.2f})")
    print(f"         COPY {copied:.1f} s (ours / peer {taken.wall / copied:.1f})")
    print(f"  dry run {tried.wall:.1f} s; the same file again {again.wall:.1f} s")
    print(f"export: {written.wall:.1f} s, peak {written.memory:.0f} MiB")
    ask(url)


def ask(url: str) -> None:
    """Time what is asked every minute and for every page."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("ANALYZE")
    store = SqlStore(url)
    noon = datetime.now(tz=UTC) + timedelta(days=1)
    with store.read() as work:
        key = work.address_key()
        [reader] = work.subscribers.page(after="", limit=1)
    hmac = address_hmac(reader.subscriber.address, key=key)

    def due_now() -> None:
        with store.read() as work:
            found = due(work.subscribers.schedules(), noon)
        for schedule, day in found[-3:]:
            with store.read() as work:
                work.subscribers.waiting(schedule, day, joined_by=noon, after="", limit=500)

    def schedules() -> None:
        with store.read() as work:
            due(work.subscribers.schedules(), noon)

    def page() -> None:
        with store.read() as work:
            work.subscribers.by_address(hmac)
            work.subscribers.by_id(reader.subscriber.id)
            work.suppressions.among([hmac])
            work.consents.of(reader.subscriber.id)
            work.deliveries.of_subscription(reader.subscription.id)

    def listed() -> None:
        with store.read() as work:
            work.subscribers.page(after=reader.subscriber.id, limit=100)

    timed("which schedules are due in a minute", 20, schedules)
    timed("that, and the first 500 readers of three", 20, due_now)
    timed("all look-ups of a page about one reader", 100, page)
    timed("100 readers of the list", 50, listed)
    store.close()
    print(f"this process: peak {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MiB")


if __name__ == "__main__":
    main()
