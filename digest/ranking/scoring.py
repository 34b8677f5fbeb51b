"""How well papers suit readers: one sparse product, and the reasons for the few that count.

The fit is linear: 100 times the sum of what an interest wants times what a paper has. What
passes 100 counts as 100, its reasons in proportion; what comes out below 0 counts as nothing,
for no reason. A score is the fit and the trend, mixed
by the reader's dial: (1 - dial) × fit + dial × trend.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise
from math import fsum

import numpy as np
import numpy.typing as npt

from digest.models.issues import Reason, Score, Signal, Trend
from digest.models.papers import Paper
from digest.ranking.matrices import Matrix
from digest.ranking.pool import Pool
from digest.ranking.profiles import Profiles
from digest.ranking.text import phrase_key, printed, quoted

Values = npt.NDArray[np.float64]

FULL_FIT = 100.0
"""The fit that cannot be passed."""

NAMED_TERMS = 5
"""Terms that are named one by one; the small rest is one reason."""


def fits(profiles: Profiles, lanes: slice) -> Values:
    """Return the fit of the interests *lanes* (rows) to all papers (columns), 0 to 100."""
    product = (profiles.wants[lanes] @ profiles.features).toarray()
    return np.clip(np.asarray(product) * FULL_FIT, 0, FULL_FIT)


def score(fit: Iterable[Reason], trend: Trend, *, dial: float) -> Score:
    """Return the score that the reasons of a *fit* and of a *trend* make, largest first."""
    mixed = [_times(reason, 1 - dial) for reason in fit]
    mixed += [_times(reason, dial) for reason in trend.reasons]
    reasons = sorted(
        (reason for reason in mixed if reason.points),
        key=lambda reason: (-reason.points, reason.signal, reason.subject),
    )
    return Score(value=fsum(reason.points for reason in reasons), reasons=tuple(reasons))


def explained(
    profiles: Profiles, pool: Pool, *, lane: int, rows: Iterable[int]
) -> dict[int, tuple[Reason, ...]]:
    """Return for each paper of *rows* the reasons that its fit to the interest *lane* sums."""
    wants = profiles.wants
    here = slice(wants.indptr[lane], wants.indptr[lane + 1])
    weights = np.zeros(wants.shape[1])
    weights[wants.indices[here]] = wants.data[here] * FULL_FIT
    return {int(row): _within_full(_summands(profiles, pool, weights, int(row))) for row in rows}


def _summands(profiles: Profiles, pool: Pool, weights: Values, row: int) -> Iterator[Reason]:
    """Yield what each thing that the *weights* want adds to the fit of the paper at *row*."""
    paper = pool.papers[row]
    width = pool.matrix.shape[1]
    terms: defaultdict[int, float] = defaultdict(float)
    for column, points in _products(pool.matrix, weights[:width], row):
        terms[int(pool.columns[column % len(pool.columns)])] += points
    phrases: defaultdict[tuple[int, ...], float] = defaultdict(float)
    facets: defaultdict[tuple[Signal, str], float] = defaultdict(float)
    for column, points in _products(profiles.extras, weights[width:], row):
        answer = profiles.answers[column]
        if answer.signal is Signal.TERM:
            phrases[answer.sequence] += points
        else:
            facets[answer.signal, answer.subject(paper)] += points
    yield from _named(terms, phrases, paper)
    for (signal, subject), points in facets.items():
        yield Reason(signal=signal, subject=subject, points=points)


def _products(matrix: Matrix, weights: Values, row: int) -> Iterator[tuple[int, float]]:
    """Yield the columns that count in the product of *row* and *weights*, and their part in it."""
    here = slice(matrix.indptr[row], matrix.indptr[row + 1])
    columns = matrix.indices[here]
    points = matrix.data[here] * weights[columns]
    for at in np.flatnonzero(points):
        yield int(columns[at]), float(points[at])


def _named(
    terms: Mapping[int, float], phrases: Mapping[tuple[int, ...], float], paper: Paper
) -> Iterator[Reason]:
    """Yield a reason a term, the small ones as one; a phrase has the points of its parts.

    What terms take off is one reason: they are shared with papers the reader wanted less of.
    """
    left = dict(terms)
    found: list[tuple[float, str]] = []
    for sequence, points in sorted(phrases.items(), key=lambda item: (-item[1], item[0])):
        parts = (*sequence, *(phrase_key(one, other) for one, other in pairwise(sequence)))
        whole = points + fsum(left.pop(part, 0.0) for part in parts)
        found.append((whole, quoted(sequence, paper) or ""))
    printings = printed(paper)
    for key in sorted(terms, key=lambda key: (-len(printings[key].words), -terms[key], key)):
        if key not in left:
            continue
        printing = printings[key]
        words = printing.words if len(printing.words) > 1 else ()
        points = left.pop(key) + fsum(left.pop(word, 0.0) for word in words)
        found.append((points, printing.surface))
    against = fsum(points for points, _surface in found if points < 0)
    found = sorted((one for one in found if one[0] > 0), key=lambda item: (-item[0], item[1]))
    named = len(found) if len(found) <= NAMED_TERMS + 1 else NAMED_TERMS
    for points, surface in found[:named]:
        yield Reason(signal=Signal.TERM, subject=surface, points=points)
    if rest := found[named:]:
        points = fsum(points for points, _surface in rest)
        yield Reason(signal=Signal.TERM, subject=f"{len(rest)} more shared terms", points=points)
    if against:
        yield Reason(signal=Signal.UNLIKE, subject="", points=against)


def _within_full(reasons: Iterable[Reason]) -> tuple[Reason, ...]:
    """Return *reasons* in proportion where they pass the full fit, none where nothing is left."""
    kept = tuple(reasons)
    total = fsum(reason.points for reason in kept)
    if total <= 0:
        return ()
    return kept if total <= FULL_FIT else tuple(_times(one, FULL_FIT / total) for one in kept)


def _times(reason: Reason, factor: float) -> Reason:
    return Reason(signal=reason.signal, subject=reason.subject, points=reason.points * factor)
