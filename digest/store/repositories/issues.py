"""The issues that were composed."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from sqlalchemy import Connection, Row, func, select

from digest.models.deliveries import DeliveryState
from digest.models.issues import Issue
from digest.models.papers import Paper
from digest.store.documents import (
    paper_ids,
    picks,
    picks_document,
    sources,
    sources_document,
)
from digest.store.repositories.aliases import held, moved
from digest.store.repositories.papers import SqlPapers
from digest.store.statements import chunks, insert_missing, insert_new
from digest.store.tables import deliveries, issues
from digest.store.tables import picks as pick_rows


class SqlIssues:
    """Issues, each with its picks."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, added: Iterable[Issue]) -> None:
        """Keep issues; one whose id is known stays as it is."""
        for chunk in chunks(added):
            kept = set(
                insert_new(
                    self._connection,
                    issues,
                    [_record(issue) for issue in chunk],
                    returning=issues.c.id,
                )
            )
            # Of two issues with one id in one chunk the first is kept, so walk them backwards.
            new = {issue.id: issue for issue in reversed(chunk) if issue.id in kept}
            self._add_picks(list(new.values()))

    def get(self, ids: Collection[str]) -> Mapping[str, Issue]:
        """Return the issues of *ids*, with their papers as we know them now."""
        found: dict[str, Issue] = {}
        for chunk in chunks(set(ids)):
            rows = self._connection.execute(select(issues).where(issues.c.id.in_(chunk))).all()
            wanted = {id_ for row in rows for id_ in paper_ids(row.picks)}
            papers = SqlPapers(self._connection).get(wanted)
            found |= {row.id: _issue(row, papers) for row in rows}
        return found

    def _add_picks(self, added: Collection[Issue]) -> None:
        """Keep who is to be sent which paper, by the id that each paper has today."""
        today = held(self._connection, {pick.paper.id for issue in added for pick in issue.picks})
        rows = [
            {
                "subscription_id": issue.subscription_id,
                "paper_id": today.get(pick.paper.id, pick.paper.id),
                "issue_id": issue.id,
            }
            for issue in added
            for pick in issue.picks
        ]
        insert_missing(self._connection, pick_rows, rows)

    def numbers(self, subscription_ids: Collection[str]) -> Mapping[str, int]:
        """Return the highest issue number of each subscription that has one."""
        found: dict[str, int] = {}
        for chunk in chunks(set(subscription_ids)):
            statement = (
                select(issues.c.subscription_id, func.max(issues.c.number))
                .where(issues.c.subscription_id.in_(chunk))
                .group_by(issues.c.subscription_id)
            )
            found |= dict(self._connection.execute(statement).all())
        return found

    def picked(
        self, subscription_ids: Collection[str], paper_ids: Collection[str]
    ) -> Mapping[str, frozenset[str]]:
        """Return which of *paper_ids* each subscription was already sent, or is to be sent."""
        found: dict[str, set[str]] = {id_: set() for id_ in subscription_ids}
        asked = defaultdict[str, set[str]](set)
        # A paper may have become another since it was read.
        today = moved(self._connection, paper_ids)
        for id_ in paper_ids:
            asked[today.get(id_, id_)].add(id_)
        for readers in chunks(found):
            for papers in chunks(asked):
                statement = (
                    select(pick_rows.c.subscription_id, pick_rows.c.paper_id)
                    .join(deliveries, deliveries.c.issue_id == pick_rows.c.issue_id)
                    .where(
                        pick_rows.c.subscription_id.in_(readers),
                        pick_rows.c.paper_id.in_(papers),
                        deliveries.c.state.not_in(_NEVER_SENT),
                    )
                )
                for subscription_id, paper_id in self._connection.execute(statement):
                    found[subscription_id] |= asked[paper_id]
        return {id_: frozenset(papers) for id_, papers in found.items()}


_NEVER_SENT = (DeliveryState.FAILED, DeliveryState.SUPPRESSED, DeliveryState.RENDER_FAILED)


def _record(issue: Issue) -> dict[str, Any]:
    return {
        "id": issue.id,
        "subscription_id": issue.subscription_id,
        "day": issue.day,
        "number": issue.number,
        "composed_at": issue.composed_at,
        "considered": issue.considered,
        "new_papers": issue.new_papers,
        "matching": issue.matching,
        "picks": picks_document(issue.picks),
        "sources": sources_document(issue.sources),
    }


def _issue(row: Row[*tuple[Any, ...]], papers: Mapping[str, Paper]) -> Issue:
    return Issue(
        id=row.id,
        subscription_id=row.subscription_id,
        day=row.day,
        number=row.number,
        composed_at=row.composed_at,
        picks=picks(row.picks, papers),
        considered=row.considered,
        new_papers=row.new_papers,
        matching=row.matching,
        sources=sources(row.sources),
    )
