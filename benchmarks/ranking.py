"""How well the ranking finds what readers saved, and how fast: `--data DIR` names the data.

The folder holds citeulike-a/ and citeulike-t/, laid out as benchmarks/README.md says. The
product's own code ranks; a plain peer ranks the same papers for the same readers beside it.
"""

import argparse
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Self

import numpy as np
import numpy.typing as npt
from scipy import sparse

from digest.models.interests import Interest
from digest.models.issues import Trend
from digest.models.papers import Paper
from digest.ranking.archive import Archive as Memory
from digest.ranking.pool import Pool
from digest.ranking.profiles import Profiles
from digest.ranking.scoring import fits
from digest.ranking.text import Bag, bag

BLOCK = 256
DAY = 500
READERS = 1500
RELEVANT = 3
KEYWORDS = 8
LIBRARY = 10
SPLITS = (0, 1, 2)
SEEDS = {1: 0.190, 3: 0.284, 5: 0.329, 10: 0.379}
"""How many papers a reader names, and the nDCG@10 that must be reached with them."""

Scores = npt.NDArray[np.float64]
Places = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of the table: what was measured, the least it must be, ours and the peers'."""

    what: str
    least: float
    ours: float
    peers: dict[str, float]
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Archive:
    """Papers as *words* that were counted, by bag, and who saved which."""

    bags: Sequence[Bag]
    words: Sequence[dict[str, float]]
    libraries: Sequence[Places]


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """Unseen papers to be ranked from all others, by the product and by its peers."""

    pool: Pool
    bags: Sequence[Bag]
    cold: Places
    counts: sparse.csr_array
    plain: sparse.csr_array
    rarity: Scores

    @classmethod
    def of(cls, archive: Archive, cold: Places) -> Self:
        """Return the trial of the papers *cold*, which nobody has seen."""
        unseen = set(cold.tolist())
        warm = [row for row in range(len(archive.bags)) if row not in unseen]
        known = Memory.of_bags([(f"{row:06}", archive.bags[row]) for row in warm])
        papers = [Paper(id=f"{row:06}", title="") for row in cold]
        silent = Trend(value=0.0, reasons=(), rank=1)
        counts = _counts(archive.words)
        seen = np.bincount(counts[warm].indices, minlength=counts.shape[1])
        rarity = np.log((1 + len(warm)) / (1 + seen)) + 1
        return cls(
            pool=Pool.of(
                papers,
                archive=known,
                trends={paper.id: silent for paper in papers},
                bags={f"{row:06}": archive.bags[row] for row in cold},
            ),
            bags=archive.bags,
            cold=cold,
            counts=counts,
            plain=_unit(counts @ sparse.diags_array(rarity)),
            rarity=rarity,
        )

    def scores(self, interests: Sequence[Interest]) -> Iterator[Scores]:
        """Yield the product's fit of every unseen paper to each of *interests*."""
        for first in range(0, len(interests), BLOCK):
            block = interests[first : first + BLOCK]
            named = {seed for interest in block for seed in interest.seeds}
            profiles = Profiles.of(
                block, self.pool, seeds={seed: self.bags[int(seed)] for seed in named}
            )
            yield from fits(profiles, slice(None))

    def centroid(self, library: Places) -> Scores:
        """Return the peer's: the cosine with the mean of tf-idf vectors, as scikit-learn's."""
        mean = self.plain[library].sum(axis=0)
        return np.asarray(self.plain[self.cold] @ mean)

    def matches(self, terms: Places) -> Scores:
        """Return the peer's: how many of *terms* a paper has."""
        return np.asarray((self.counts[self.cold][:, terms] > 0).sum(axis=1), dtype=np.float64)


def titles_archive(folder: Path) -> Archive:
    """Read citeulike-a: titles alone."""
    text = (folder / "titles.txt").read_text(encoding="utf-8", errors="replace")
    titles = text.split("\n")
    words: list[dict[str, float]] = []
    for title in titles:
        found: dict[str, float] = {}
        for word in title.lower().split():
            letters = "".join(letter for letter in word if letter.isalnum())
            found[letters] = found.get(letters, 0.0) + 1
        words.append(found)
    bags = [bag(Paper(id=str(row), title=title)) for row, title in enumerate(titles)]
    return Archive(bags=bags, words=words, libraries=_libraries(folder))


def counted_archive(folder: Path) -> Archive:
    """Read citeulike-t: titles and abstracts as counted words."""
    terms = (folder / "vocabulary.dat").read_text(encoding="utf-8").split("\n")
    words = []
    for line in (folder / "mult.dat").read_text(encoding="utf-8").splitlines():
        pairs = [pair.split(":") for pair in line.split()[1:]]
        words.append({terms[int(term)]: float(count) for term, count in pairs})
    bags = [Bag.of_counts(one) for one in words]
    return Archive(bags=bags, words=words, libraries=_libraries(folder))


def cold_split(folder: Path, *, quick: bool) -> Iterator[Row]:
    """Yield recall@100 over papers that nobody had saved yet: DropoutNet's split."""
    start = time.process_time()
    archive = titles_archive(folder)
    cold = np.sort(np.loadtxt(folder / "cold-test-items.csv", dtype=np.intp) - 1)
    train = _by_reader(folder / "cold-train.csv")
    test = _by_reader(folder / "cold-test.csv")
    people = sorted(test)[: 500 if quick else None]
    trial = Trial.of(archive, cold)
    interests = [Interest(seeds=tuple(map(str, train[reader]))) for reader in people]
    wanted = [np.searchsorted(cold, test[reader]) for reader in people]
    pairs = zip(trial.scores(interests), wanted, strict=True)
    ours = float(np.mean([_recall(scores, hits) for scores, hits in pairs]))
    seconds = time.process_time() - start
    plain = [
        _recall(trial.centroid(train[reader]), hits)
        for reader, hits in zip(people, wanted, strict=True)
    ]
    yield Row(
        what="citeulike-a, unseen papers: recall@100",
        least=0.5,
        ours=ours,
        peers={"tf-idf centroid": float(np.mean(plain))},
        seconds=seconds,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Morning:
    """One reader's day: the columns of 500 unseen papers, the first *relevant* of them saved."""

    library: Places
    columns: Places
    relevant: int


def mornings(archive: Archive, cold: Places, *, count: int, seed: int) -> list[Morning]:
    """Return the days of *count* readers with 10 seen and at least one unseen paper."""
    choice = np.random.default_rng(seed + 1)
    unseen = np.isin(np.arange(len(archive.bags)), cold)
    able = [
        library
        for library in archive.libraries
        if (~unseen[library]).sum() >= LIBRARY and unseen[library].any()
    ]
    days = []
    for at in choice.choice(len(able), size=min(count, len(able)), replace=False):
        saved = able[at]
        mine = choice.permutation(saved[unseen[saved]])[:RELEVANT]
        others = choice.choice(np.setdiff1d(cold, saved), size=DAY - len(mine), replace=False)
        days.append(
            Morning(
                library=choice.permutation(saved[~unseen[saved]]),
                columns=np.searchsorted(cold, np.concatenate((mine, others))),
                relevant=len(mine),
            )
        )
    return days


def days_of_500(archive: Archive, *, quick: bool, seed: int) -> Iterator[Row]:
    """Yield nDCG@10 of a day's 500 papers, from k named papers and from eight typed words."""
    size = len(archive.bags)
    cold = np.sort(np.random.default_rng(seed).permutation(size)[: size // 5])
    trial = Trial.of(archive, cold)
    days = mornings(archive, cold, count=200 if quick else READERS, seed=seed)
    for count, least in SEEDS.items():
        interests = [Interest(seeds=tuple(map(str, day.library[:count]))) for day in days]
        plain = (trial.centroid(day.library[:count]) for day in days)
        yield _compared(
            f"citeulike-t, a day of 500, {count} named: nDCG@10",
            least,
            trial,
            interests,
            days,
            {"tf-idf centroid": plain},
        )
    terms = sorted({term for words in archive.words for term in words})
    typable = np.array([term.isprintable() and term.strip() != "" for term in terms])
    typed = [_keywords(day, trial, typable) for day in days]
    interests = [Interest(phrases=tuple(terms[at] for at in row)) for row in typed]
    yield _compared(
        f"citeulike-t, a day of 500, {KEYWORDS} words: nDCG@10",
        0.27,
        trial,
        interests,
        days,
        {
            "match count": (trial.matches(row) for row in typed),
            "BM25": (_bm25(trial, row) for row in typed),
        },
    )


def _keywords(day: Morning, trial: Trial, typable: npt.NDArray[np.bool_]) -> Places:
    """Return the words with the highest tf-idf in the first five papers of a library."""
    mean = np.asarray(trial.plain[day.library[:5]].sum(axis=0)) * typable
    best = np.argsort(-mean, kind="stable")[:KEYWORDS]
    return np.asarray(best[mean[best] > 0])


def _bm25(trial: Trial, terms: Places) -> Scores:
    counts = trial.counts[trial.cold]
    lengths = np.asarray(counts.sum(axis=1))
    norm = 1.2 * (0.25 + 0.75 * lengths / lengths.mean())
    dense = counts[:, terms].toarray()
    seen = trial.rarity[terms] - 1
    return np.asarray((dense * 2.2 / (dense + norm[:, None])) @ seen)


def _compared(
    what: str,
    least: float,
    trial: Trial,
    interests: Sequence[Interest],
    days: Sequence[Morning],
    peers: dict[str, Iterator[Scores]],
) -> Row:
    start = time.process_time()
    ours = _ndcg(trial.scores(interests), days)
    seconds = time.process_time() - start
    return Row(
        what=what,
        least=least,
        ours=ours,
        peers={name: _ndcg(scores, days) for name, scores in peers.items()},
        seconds=seconds,
    )


def _ndcg(scores: Iterator[Scores], days: Sequence[Morning]) -> float:
    """Return the mean nDCG@10; equal scores are shuffled, for the saved papers stand first."""
    shuffle = np.random.default_rng(7)
    discounts = 1 / np.log2(np.arange(2, 12))
    found = []
    for row, day in zip(scores, days, strict=True):
        ties = shuffle.permutation(len(day.columns))
        order = np.lexsort((ties, -row[day.columns]))[:10]
        found.append(discounts[order < day.relevant].sum() / discounts[: day.relevant].sum())
    return float(np.mean(found))


def _recall(scores: Scores, hits: Places) -> float:
    top = np.argpartition(-scores, 100)[:100]
    return len(np.intersect1d(top, hits)) / len(hits)


def _by_reader(path: Path) -> dict[int, Places]:
    """Return the papers of each reader, from 0, in a file that counts both from 1."""
    pairs = np.loadtxt(path, delimiter=",", dtype=np.intp)[:, :2] - 1
    pairs = pairs[np.lexsort((pairs[:, 1], pairs[:, 0]))]
    readers, starts = np.unique(pairs[:, 0], return_index=True)
    parts = np.split(pairs[:, 1], starts[1:])
    return dict(zip(readers.tolist(), parts, strict=True))


def _libraries(folder: Path) -> list[Places]:
    lines = (folder / "users.dat").read_text(encoding="utf-8").splitlines()
    return [np.array(line.split()[1:], dtype=np.intp) for line in lines]


def _counts(words: Sequence[dict[str, float]]) -> sparse.csr_array:
    place = {term: at for at, term in enumerate(sorted({term for one in words for term in one}))}
    return sparse.csr_array(
        (
            [count for one in words for count in one.values()],
            [place[term] for one in words for term in one],
            np.cumsum([0, *map(len, words)]),
        ),
        shape=(len(words), len(place)),
    )


def _unit(matrix: sparse.csr_array) -> sparse.csr_array:
    norms = np.sqrt(np.asarray(matrix.multiply(matrix).sum(axis=1)))
    return sparse.csr_array(sparse.diags_array(1 / np.where(norms > 0, norms, 1)) @ matrix)


def averaged(folder: Path, *, quick: bool) -> Iterator[Row]:
    """Yield the rows of `days_of_500` as means over SPLITS, for one alone is off by .0075."""
    archive = counted_archive(folder)
    splits = [
        days_of_500(archive, quick=quick, seed=seed) for seed in SPLITS[: 1 if quick else None]
    ]
    for rows in zip(*splits, strict=True):
        yield replace(
            rows[0],
            ours=float(np.mean([row.ours for row in rows])),
            peers={
                name: float(np.mean([row.peers[name] for row in rows])) for name in rows[0].peers
            },
            seconds=sum(row.seconds for row in rows),
        )


def main() -> int:
    """Print the table; return 1 where something is below what it must be."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder with the two data sets")
    parser.add_argument("--quick", action="store_true", help="a sample, which proves nothing")
    options = parser.parse_args()
    low = 0
    print(f"{'':49} {'ours':>6} {'least':>6}       peers (ours / peer)")
    for row in (
        *cold_split(options.data / "citeulike-a", quick=options.quick),
        *averaged(options.data / "citeulike-t", quick=options.quick),
    ):
        low += row.ours < row.least
        peers = ", ".join(
            f"{name} {value:.3f} (x{row.ours / value:.2f})" for name, value in row.peers.items()
        )
        verdict = "low" if row.ours < row.least else "ok"
        figures = f"{row.ours:6.4f} {row.least:6.3f} {verdict:4}"
        print(f"{row.what:49} {figures} {peers}; {row.seconds:.0f} s")
    return 1 if low else 0


if __name__ == "__main__":
    sys.exit(main())
