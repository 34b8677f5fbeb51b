"""Take a file of subscribers in: nobody is mailed, and nobody's state is raised."""

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
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
    # The next batch is read while the database is at work on this one.
    with ThreadPoolExecutor(max_workers=1) as reader:
        upcoming = reader.submit(_read, left)
        while True:
            batch_rows = upcoming.result()
            is_last = len(batch_rows) < BATCH
            if not is_last:
                upcoming = reader.submit(_read, left)
            people = _valid(batch_rows, progress)
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
            progress.rows += len(batch_rows)
            yield progress
            if is_last:
                return


def _read(left: Iterator[Row]) -> list[Said | Problem]:
    """Return what the next rows say, or why that cannot be told."""
    found: list[Said | Problem] = []
    for row in islice(left, BATCH):
        try:
            found.append(said(row))
        except InputRefused as refused:
            found.append(Problem(line=row.line, reason=str(refused)))
    return found


def _valid(rows: list[Said | Problem], progress: Progress) -> list[Said]:
    """Return what can be taken in of *rows*, and count the rest."""
    problems = [each for each in rows if isinstance(each, Problem)]
    if problems:
        progress.outcomes[Outcome.INVALID] += len(problems)
        progress.problems += problems[: MOST_PROBLEMS - len(progress.problems)]
    return [each for each in rows if isinstance(each, Said)]
