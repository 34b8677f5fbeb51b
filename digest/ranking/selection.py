"""Which papers make each reader's issue: limits, exclusions, no near-duplicates, no fillers."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from types import MappingProxyType
from typing import Self

import numpy as np

from digest.models.interests import LEARNED
from digest.models.issues import Pick, Reason
from digest.models.papers import Paper, bare_arxiv_id
from digest.models.subscribers import Subscription
from digest.ranking.asked import excluded, wants_something
from digest.ranking.pool import Pool, Rows
from digest.ranking.profiles import Profiles
from digest.ranking.scoring import Values, explained, fits, score
from digest.ranking.text import bag
from digest.ranking.variety import Mask, repeats, spread

LEAST_FIT = 8.0
"""The fit, of 100, below which a paper has too little of what a reader asked for."""

LEAST_TALK = 20.0
"""The trend, of 100, that lets a paper fill an issue it does not fit: being new is not enough."""

GEM_FIT = 25.0
"""The fit, of 100, that makes a paper nobody talks about a gem."""

GEM_LIMIT = 5
"""The shortest issue with a place for a quiet gem."""

BLOCK = 512
"""Readers chosen for at once: bounds memory to a few arrays of BLOCK × papers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What one subscription gets: *picks* by rank, or none and the *reason* in one sentence.

    *considered* papers were in the pool and not sent before; *matching* of them are about
    something the reader asked for.
    """

    subscription_id: str
    picks: tuple[Pick, ...]
    considered: int
    matching: int
    reason: str = ""


def choose(
    subscriptions: Sequence[Subscription],
    pool: Pool,
    *,
    seeds: Iterable[Paper] = (),
    sent: Mapping[str, Collection[str]] = MappingProxyType({}),
) -> tuple[Choice, ...]:
    """Return the choice of each of *subscriptions* from *pool*, in their order.

    *seeds* are papers that interests may name by id or arXiv id. *sent* maps subscription
    ids to papers that must not return.
    """
    library = _library(seeds)
    found: list[Choice] = []
    for first in range(0, len(subscriptions), BLOCK):
        block = subscriptions[first : first + BLOCK]
        if pool.papers:
            found += _chosen(_Desk.of(block, pool, library, sent), block, pool)
        else:
            found += [_nothing(one, considered=0, sent=0) for one in block]
    return tuple(found)


def _library(seeds: Iterable[Paper]) -> dict[str, Paper]:
    """Return *seeds* by each name that an interest may call them."""
    known: dict[str, Paper] = {}
    for paper in seeds:
        known[paper.id] = paper
        if paper.arxiv_id and (arxiv_id := bare_arxiv_id(paper.arxiv_id)):
            known[arxiv_id] = paper
    return known


def _meant(seed: str, library: Mapping[str, Paper]) -> Paper | None:
    return library.get(seed.strip()) or library.get(bare_arxiv_id(seed) or "")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Desk:
    """What a block of readers is chosen from: rows are readers, columns the pool's papers.

    *lanes* are the rows of *profiles* that each reader's interests have; *dial* is 1 where
    there are none. *value* is the score, *open* what may be chosen at all; who asked for
    nothing is *easy*: any paper suits.
    """

    profiles: Profiles
    lanes: tuple[range, ...]
    lane_fit: Values
    fit: Values
    dial: Values
    easy: Mask
    value: Values
    fresh: Mask
    open: Mask

    @classmethod
    def of(
        cls,
        block: Sequence[Subscription],
        pool: Pool,
        library: Mapping[str, Paper],
        sent: Mapping[str, Collection[str]],
    ) -> Self:
        wanted = [[one for one in each.interests if wants_something(one)] for each in block]
        starts = np.cumsum([0, *map(len, wanted)])
        lanes = tuple(range(low, high) for low, high in pairwise(starts.tolist()))
        interests = [interest for each in wanted for interest in each]
        meant = {
            seed: paper
            for each in block
            for interest in each.interests
            for seed in (*interest.seeds, *interest.unlike)
            if (paper := _meant(seed, library)) is not None
        }
        profiles = Profiles.of(
            interests, pool, seeds={seed: bag(paper) for seed, paper in meant.items()}
        )
        lane_fit = fits(profiles, slice(None))
        fit = _best(lane_fit, lanes)
        dial = np.array(
            [each.dial if lane else 1.0 for each, lane in zip(block, lanes, strict=True)]
        )[:, None]
        talk = np.array([trend.value for trend in pool.trends])
        fresh = _unsent(block, pool, sent)
        return cls(
            profiles=profiles,
            lanes=lanes,
            lane_fit=lane_fit,
            fit=fit,
            dial=dial[:, 0],
            easy=np.array(
                [
                    each.dial == 1 or all(one.name == LEARNED for one in interests)
                    for each, interests in zip(block, wanted, strict=True)
                ]
            ),
            value=(1 - dial) * fit + dial * talk,
            fresh=fresh,
            open=fresh & ~_refused(block, pool, meant),
        )


def _best(lane_fit: Values, lanes: Sequence[range]) -> Values:
    """Return for each reader the best fit among that reader's interests, 0 without any."""
    best = np.zeros((len(lanes), lane_fit.shape[1]))
    wanting = [row for row, lane in enumerate(lanes) if lane]
    if wanting:
        best[wanting] = np.maximum.reduceat(lane_fit, [lanes[row].start for row in wanting])
    return best


def _unsent(block: Sequence[Subscription], pool: Pool, sent: Mapping[str, Collection[str]]) -> Mask:
    unsent = np.ones((len(block), len(pool.papers)), dtype=np.bool_)
    for row, each in enumerate(block):
        for paper_id in sent.get(each.id, ()):
            if (column := pool.rows.get(paper_id)) is not None:
                unsent[row, column] = False
    return unsent


def _refused(block: Sequence[Subscription], pool: Pool, meant: Mapping[str, Paper]) -> Mask:
    """Return what a reader excluded, in any interest, or knows: a seed, what to be unlike."""
    refused = np.zeros((len(block), len(pool.papers)), dtype=np.bool_)
    ruled: dict[str, Rows] = {}
    for row, each in enumerate(block):
        for interest in each.interests:
            for text in interest.exclusions:
                if text not in ruled:
                    ruled[text] = excluded(text, pool)
                refused[row, ruled[text]] = True
            for known in (*interest.seeds, *interest.unlike):
                column = pool.rows.get(meant[known].id if known in meant else known)
                if column is not None:
                    refused[row, column] = True
    return refused


def _chosen(desk: _Desk, block: Sequence[Subscription], pool: Pool) -> list[Choice]:
    limits = np.array([each.paper_limit for each in block])
    fitting = desk.open & ((desk.fit >= LEAST_FIT) | desk.easy[:, None])
    eligible = fitting | _fillers(desk, fitting, limits, pool)
    places = spread(desk.value, eligible, limits, pool)
    places = _with_gem(places, desk, eligible, pool)
    return [
        _choice(
            each,
            [column for column in places[row].tolist() if column >= 0],
            row,
            desk=desk,
            pool=pool,
            fitting=fitting[row],
        )
        for row, each in enumerate(block)
    ]


def _fillers(desk: _Desk, fitting: Mask, limits: Rows, pool: Pool) -> Mask:
    """Return the most talked about papers that fill an issue though they do not fit.

    They take the dial's share of the places at most, and never more than fitting papers do.
    """
    allowed = np.minimum(np.floor(limits * desk.dial), fitting.sum(axis=1))
    by_trend = np.argsort([trend.rank for trend in pool.trends], kind="stable")
    talked_about = np.array([trend.value >= LEAST_TALK for trend in pool.trends])
    waiting = (desk.open & ~fitting & talked_about)[:, by_trend]
    chosen = np.zeros(waiting.shape, dtype=np.bool_)
    chosen[:, by_trend] = waiting & (waiting.cumsum(axis=1) <= allowed[:, None])
    return chosen


def _with_gem(places: Rows, desk: _Desk, eligible: Mask, pool: Pool) -> Rows:
    """Return *places* with the last one given to a quiet gem, where no place has one yet."""
    talk = np.array([trend.value for trend in pool.trends])
    gems = eligible & (desk.fit >= GEM_FIT) & (talk < np.median(talk))
    for row in np.flatnonzero(gems.any(axis=1)):
        taken = places[row][places[row] >= 0]
        if len(taken) < GEM_LIMIT or gems[row, taken].any():
            continue
        best = int(np.where(gems[row], desk.fit[row], -1).argmax())
        if not repeats(best, taken, pool).any():
            weakest = int(desk.value[row, taken].argmin())
            places[row, weakest] = best
    return places


def _choice(
    each: Subscription,
    columns: Sequence[int],
    row: int,
    *,
    desk: _Desk,
    pool: Pool,
    fitting: Mask,
) -> Choice:
    considered = int(desk.fresh[row].sum())
    if not columns:
        return _nothing(each, considered=considered, sent=len(pool.papers) - considered)
    reasons = _why(columns, desk.lanes[row], desk, pool)
    scored = [
        (score(reasons[column], pool.trends[column], dial=float(desk.dial[row])), column)
        for column in columns
    ]
    scored.sort(key=lambda item: (-item[0].value, item[1]))
    return Choice(
        subscription_id=each.id,
        picks=tuple(
            Pick(
                rank=rank,
                paper=pool.papers[column],
                score=value,
                trend=pool.trends[column],
                matches=bool(fitting[column]),
            )
            for rank, (value, column) in enumerate(scored, start=1)
        ),
        considered=considered,
        matching=int(fitting.sum()),
    )


def _why(
    columns: Sequence[int], lanes: range, desk: _Desk, pool: Pool
) -> dict[int, tuple[Reason, ...]]:
    """Return the reasons of the fit of each of *columns* to the interest it fits best."""
    if not lanes:
        return dict.fromkeys(columns, ())
    best = desk.lane_fit[lanes.start : lanes.stop, columns].argmax(axis=0) + lanes.start
    found: dict[int, tuple[Reason, ...]] = {}
    for lane in lanes:
        mine = [column for column, its in zip(columns, best, strict=True) if its == lane]
        found |= explained(desk.profiles, pool, lane=lane, rows=mine)
    return found


def _nothing(each: Subscription, *, considered: int, sent: int) -> Choice:
    papers = "1 paper" if considered == 1 else f"{considered} papers"
    if considered:
        reason = f"None of {papers} is close enough to what you asked for."
    elif sent:
        reason = "You have had every paper that was listed."
    else:
        reason = "No paper was listed."
    return Choice(
        subscription_id=each.id, picks=(), considered=considered, matching=0, reason=reason
    )
