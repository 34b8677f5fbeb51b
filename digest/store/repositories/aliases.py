"""Ids of papers that turned out to be others."""

from collections.abc import Collection, Mapping

from sqlalchemy import Connection, select, update

from digest.store.statements import chunks, insert_or_replace
from digest.store.tables import paper_aliases, papers


def moved(connection: Connection, ids: Collection[str]) -> Mapping[str, str]:
    """Return the id that the paper has today, of each of *ids* that became another."""
    found: dict[str, str] = {}
    for chunk in chunks(set(ids)):
        statement = select(paper_aliases.c.id, paper_aliases.c.paper_id)
        rows = connection.execute(statement.where(paper_aliases.c.id.in_(chunk)))
        found |= {row.id: row.paper_id for row in rows}
    return found


def held(connection: Connection, ids: Collection[str]) -> Mapping[str, str]:
    """Return `moved` of *ids*, none of which will become another before the block ends.

    Who writes of papers it read in an earlier block asks this first.
    """
    there: set[str] = set()
    for chunk in chunks(sorted(set(ids))):
        statement = select(papers.c.id).where(papers.c.id.in_(chunk)).order_by(papers.c.id)
        there.update(connection.scalars(statement.with_for_update(read=True, key_share=True)))
    return moved(connection, set(ids) - there)


def lead(connection: Connection, old: str, new: str) -> None:
    """Let the id *old* lead to the paper *new*, and so all that led to *old*: at one step."""
    leading = update(paper_aliases).where(paper_aliases.c.paper_id == old)
    connection.execute(leading.values(paper_id=new))
    insert_or_replace(connection, paper_aliases, [{"id": old, "paper_id": new}], key=["id"])
