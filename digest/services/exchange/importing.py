"""Take a file of subscribers in: nobody is mailed, and nobody's state is raised."""

from collections.abc import Iterable, Iterator
from itertools import islice

from digest.errors import InputRefused
from digest.ports import Clock, Store, Tokens
from digest.services.exchange.batches import Batch
from digest.services.exchange.outcomes import Import, Outcome, Problem, Progress
from digest.services.exchange.rows import Row, Said, said
from digest.services.exchange.seen import Seen

BATCH = 5_000
"""Rows that are taken in by one transaction."""

MOST_PROBLEMS = 20
"""Rows of which the reason is kept that they could not be taken in."""


def take_in(
    rows: Iterable[Row], how: Import, *, store: Store, clock: Clock, tokens: Tokens
) -> Iterator[Progress]:
    """Take *rows* in, and yield how far it is after each batch, at least once.

    A batch is one transaction. Whoever stops in between and begins anew ends the same: what
    is in by then is known. A dry run decides the same of every row, and keeps nothing.
    """
    progress, seen = Progress(), Seen()
    left = iter(rows)
    while True:
        rows_now = list(islice(left, BATCH))
        people = [each for row in rows_now if (each := _read(row, progress)) is not None]
        with store.read() if how.dry_run else store.begin() as work:
            batch = Batch(
                how=how, work=work, now=clock.now(), tokens=tokens, seen=seen, progress=progress
            )
            silenced = batch.take_in(people)
        if silenced:
            # In a second transaction, which sees what was planned while the first was open.
            with store.begin() as work:
                for subscription_id, state in silenced.items():
                    work.deliveries.suppress(subscription_id, reason=f"the reader is {state}")
        progress.rows += len(rows_now)
        yield progress
        if len(rows_now) < BATCH:
            return


def _read(row: Row, progress: Progress) -> Said | None:
    try:
        return said(row)
    except InputRefused as refused:
        progress.outcomes[Outcome.INVALID] += 1
        if len(progress.problems) < MOST_PROBLEMS:
            progress.problems.append(Problem(line=row.line, reason=str(refused)))
        return None
