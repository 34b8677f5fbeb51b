"""Papers that know where each field is from, authors of papers, and the diary of sources."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
MOMENT = sa.DateTime(timezone=True)

CHUNK = 500
"""Papers read and written at once."""


def upgrade() -> None:
    """Add to the tables, with defaults for what is there: SQLite then copies nothing."""
    _papers()
    _search_text()
    _paper_aliases()
    _sightings()
    _authors()
    _diary()


def _papers() -> None:
    for column in (
        sa.Column("keywords", sa.JSON(), nullable=False, server_default="[]"),
        sa.Column("submitter", TEXT, nullable=False, server_default=""),
        sa.Column("thumbnail_url", TEXT),
        sa.Column("comment", TEXT, nullable=False, server_default=""),
        sa.Column("journal", TEXT, nullable=False, server_default=""),
        sa.Column("version", sa.BigInteger()),
        sa.Column("withdrawn", sa.Boolean()),
        sa.Column("also_named", sa.JSON(), nullable=False, server_default="[]"),
        # Where it is empty, what a paper is known by is told from its fields.
        sa.Column("known_as", sa.JSON(), nullable=False, server_default="[]"),
        sa.Column("origins", sa.JSON(), nullable=False, server_default="[]"),
        sa.Column("authors_asked_at", MOMENT),
        sa.Column("search_text", TEXT, nullable=False, server_default=""),
    ):
        op.add_column("papers", column)


def _search_text() -> None:
    """Write what a search looks through; no database casefolds as Python does."""
    papers = sa.table(
        "papers",
        sa.column("number", sa.BigInteger()),
        sa.column("title", TEXT),
        sa.column("authors", sa.JSON()),
        sa.column("abstract", TEXT),
        sa.column("search_text", TEXT),
    )
    some = (
        sa.select(papers.c.number, papers.c.title, papers.c.authors, papers.c.abstract)
        .where(papers.c.number > sa.bindparam("last"))
        .order_by(papers.c.number)
        .limit(CHUNK)
    )
    write = (
        sa.update(papers)
        .where(papers.c.number == sa.bindparam("this"))
        .values(search_text=sa.bindparam("text"))
    )
    connection = op.get_bind()
    last = -1
    while rows := connection.execute(some, {"last": last}).all():
        texts = ["\n".join((row.title, *row.authors, row.abstract)).casefold() for row in rows]
        connection.execute(
            write,
            [{"this": row.number, "text": text} for row, text in zip(rows, texts, strict=True)],
        )
        last = rows[-1].number


def _paper_aliases() -> None:
    op.create_table(
        "paper_aliases",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("paper_id", TEXT, nullable=False),
        _of_a_paper("paper_aliases"),
        sa.PrimaryKeyConstraint("id", name="pk_paper_aliases"),
    )
    op.create_index("ix_paper_aliases_paper_id", "paper_aliases", ["paper_id"])
    op.create_index("ix_picks_paper_id", "picks", ["paper_id"])


def _sightings() -> None:
    op.drop_index("ix_sightings_listed_on_paper_id", "sightings")
    op.create_index(
        "ix_sightings_listed_on_source_paper_id_seen_at",
        "sightings",
        ["listed_on", "source", "paper_id", "seen_at"],
    )


def _authors() -> None:
    op.add_column("author_figures", sa.Column("identity", TEXT, nullable=False, server_default=""))
    op.create_table(
        "bylines",
        sa.Column("paper_id", TEXT, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("author_key", TEXT, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        _of_a_paper("bylines"),
        sa.PrimaryKeyConstraint("paper_id", "position", name="pk_bylines"),
    )


def _diary() -> None:
    op.create_table(
        "visits",
        sa.Column("source", TEXT, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("state", TEXT, nullable=False),
        sa.Column("papers", sa.Integer(), nullable=False),
        sa.Column("complete_at", MOMENT),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("retry_at", MOMENT),
        sa.Column("message", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("source", "day", name="pk_visits"),
    )
    op.create_index("ix_visits_day", "visits", ["day"])
    op.create_table(
        "turns",
        sa.Column("host", TEXT, nullable=False),
        sa.Column("holder", TEXT, nullable=False),
        sa.Column("free_at", MOMENT, nullable=False),
        sa.Column("silent_until", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("host", name="pk_turns"),
    )
    op.create_table(
        "notes",
        sa.Column("key", TEXT, nullable=False),
        sa.Column("note", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_notes"),
    )


def _of_a_paper(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["paper_id"], ["papers.id"], name=f"fk_{table}_paper_id_papers")
