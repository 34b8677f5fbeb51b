"""How fast readers are ranked, on synthetic papers and readers: `--readers N --papers N`.

Terms are drawn by rank, the commoner the more often, as words are. It times the whole of
`choose`: profiles, product, choice, and every reason of every pick as an object.
"""

import argparse
import resource
import time
from datetime import UTC, date, datetime

import numpy as np
import numpy.typing as npt

from digest.models.interests import Interest
from digest.models.papers import Paper, Sighting
from digest.models.subscribers import Subscription
from digest.ranking.pool import Pool
from digest.ranking.profiles import Profiles
from digest.ranking.scoring import fits
from digest.ranking.selection import choose

DAY = date(2026, 11, 20)
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
VOCABULARY = 20_000
WORDS_OF_A_PAPER = 160
TITLE = 10
CHUNK = 500
"""Readers handed over at once, as the service does."""

Draw = np.random.Generator


def words(draw: Draw, count: int) -> list[str]:
    """Return *count* words, by a law of Zipf."""
    ranks: npt.NDArray[np.int64] = draw.zipf(1.3, size=count) % VOCABULARY
    return [f"w{rank:05}x" for rank in ranks]


def make_papers(draw: Draw, count: int) -> list[Paper]:
    """Return *count* papers of made-up words."""
    papers = []
    for number in range(count):
        text = words(draw, WORDS_OF_A_PAPER)
        papers.append(
            Paper(
                id=f"{number:06}",
                title=" ".join(text[:TITLE]),
                abstract=" ".join(text[TITLE:]),
                authors=(f"Ada Name{draw.integers(900)}",),
                categories=(f"cs.{draw.choice(['CL', 'CV', 'LG', 'RO', 'AI'])}",),
            )
        )
    return papers


def make_readers(draw: Draw, count: int, papers: list[Paper]) -> list[Subscription]:
    """Return *count* readers who typed two to six words or phrases that papers have."""
    readers = []
    for number in range(count):
        phrases = []
        for _ in range(draw.integers(2, 7)):
            text = papers[draw.integers(len(papers))].abstract.split()
            start = draw.integers(len(text) - 2)
            phrases.append(" ".join(text[start : start + draw.integers(1, 3)]))
        interest = Interest(phrases=tuple(phrases), categories=("cs.CL",))
        name = f"{number:08}"
        readers.append(Subscription(id=name, subscriber_id=name, interests=(interest,)))
    return readers


def main() -> None:
    """Print what ranking took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--readers", type=int, default=5_000)
    parser.add_argument("--papers", type=int, default=500)
    parser.add_argument("--archive", type=int, default=5_000)
    options = parser.parse_args()
    draw = np.random.default_rng(0)
    archive = make_papers(draw, options.archive)
    papers = archive[: options.papers]
    seen = [
        Sighting(
            paper_id=paper.id,
            source="synthetic",
            listed_on=DAY,
            seen_at=NOON,
            position=place,
            upvotes=int(draw.integers(200)),
        )
        for place, paper in enumerate(papers, start=1)
    ]
    start = time.process_time()
    pool = Pool.prepare(papers, seen, day=DAY, archive=archive)
    print(f"prepared {options.archive} + {len(papers)} papers: {time.process_time() - start:.1f} s")
    readers = make_readers(draw, options.readers, papers)
    picked, product, whole = 0, 0.0, 0.0
    for first in range(0, len(readers), CHUNK):
        chunk = readers[first : first + CHUNK]
        start = time.process_time()
        choices = choose(chunk, pool)
        whole += time.process_time() - start
        picked += sum(len(choice.picks) for choice in choices)
        profiles = Profiles.of([each.interests[0] for each in chunk], pool, seeds={})
        start = time.process_time()
        fits(profiles, slice(None))
        product += time.process_time() - start
    each = 1e6 / len(readers)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
    print(f"{len(readers)} readers x {len(papers)} papers, {picked} picks with reasons:")
    print(f"  {whole:.1f} CPU-s, {whole * each:.0f} us a reader, one core; peak {memory:.2f} GiB")
    print(f"  of it the sparse product: {product * each:.0f} us a reader")


if __name__ == "__main__":
    main()
