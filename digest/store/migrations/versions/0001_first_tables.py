"""The first tables, and the key of addresses, which is made here and never again."""

import secrets

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make them in the order in which they refer to each other."""
    _papers()
    _people()
    _issues()
    _deliveries()
    keyring = op.create_table(
        "keyring",
        sa.Column("name", TEXT, nullable=False),
        sa.Column("value", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_keyring"),
    )
    op.bulk_insert(keyring, [{"name": "address", "value": secrets.token_bytes(32)}])


def _papers() -> None:
    op.create_table(
        "papers",
        sa.Column("number", SERIAL, nullable=False),
        sa.Column("id", TEXT, nullable=False),
        sa.Column("title", TEXT, nullable=False),
        sa.Column("abstract", TEXT, nullable=False),
        sa.Column("summary", TEXT, nullable=False),
        sa.Column("authors", sa.JSON(), nullable=False),
        sa.Column("author_count", sa.BigInteger()),
        sa.Column("published", sa.Date()),
        sa.Column("categories", sa.JSON(), nullable=False),
        sa.Column("institutions", sa.JSON(), nullable=False),
        sa.Column("arxiv_id", TEXT),
        sa.Column("doi", TEXT),
        sa.Column("has_code", sa.Boolean(), nullable=False),
        sa.Column("code_url", TEXT),
        sa.Column("project_url", TEXT),
        sa.PrimaryKeyConstraint("number", name="pk_papers"),
        sa.UniqueConstraint("id", name="uq_papers_id"),
    )
    op.create_table(
        "paper_keys",
        sa.Column("key", TEXT, nullable=False),
        sa.Column("paper_id", TEXT, nullable=False),
        _refers("paper_keys", "paper_id", "papers", "id"),
        sa.PrimaryKeyConstraint("key", "paper_id", name="pk_paper_keys"),
    )
    op.create_index("ix_paper_keys_paper_id", "paper_keys", ["paper_id"])
    op.create_table(
        "sightings",
        sa.Column("paper_id", TEXT, nullable=False),
        sa.Column("source", TEXT, nullable=False),
        sa.Column("listed_on", sa.Date(), nullable=False),
        sa.Column("seen_at", MOMENT, nullable=False),
        sa.Column("position", sa.BigInteger()),
        sa.Column("upvotes", sa.BigInteger()),
        sa.Column("comments", sa.BigInteger()),
        sa.Column("stars", sa.BigInteger()),
        sa.Column("score", sa.Double()),
        _refers("sightings", "paper_id", "papers", "id"),
        sa.PrimaryKeyConstraint("paper_id", "source", "listed_on", "seen_at", name="pk_sightings"),
    )
    op.create_index("ix_sightings_listed_on_paper_id", "sightings", ["listed_on", "paper_id"])
    op.create_table(
        "author_figures",
        sa.Column("key", TEXT, nullable=False),
        sa.Column("seen_at", MOMENT, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("field", TEXT),
        sa.Column("h_index", sa.BigInteger()),
        sa.Column("paper_count", sa.BigInteger()),
        sa.Column("citations", sa.BigInteger()),
        sa.Column("novelty", sa.Double()),
        sa.Column("ai_score", sa.Double()),
        sa.PrimaryKeyConstraint("key", "seen_at", name="pk_author_figures"),
    )


def _people() -> None:
    op.create_table(
        "subscribers",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("address", TEXT, nullable=False),
        sa.Column("address_hmac", TEXT, nullable=False),
        sa.Column("state", TEXT, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_subscribers"),
        sa.UniqueConstraint("address_hmac", name="uq_subscribers_address_hmac"),
    )
    op.create_table(
        "subscriptions",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("subscriber_id", TEXT, nullable=False),
        sa.Column("interests", sa.JSON(), nullable=False),
        sa.Column("cadence", TEXT, nullable=False),
        sa.Column("paper_limit", sa.Integer(), nullable=False),
        sa.Column("dial", sa.Double(), nullable=False),
        sa.Column("send_at", sa.Time(), nullable=False),
        sa.Column("time_zone", TEXT, nullable=False),
        _refers("subscriptions", "subscriber_id", "subscribers", "id"),
        sa.PrimaryKeyConstraint("id", name="pk_subscriptions"),
    )
    op.create_index("ix_subscriptions_subscriber_id", "subscriptions", ["subscriber_id"])
    op.create_index(
        "ix_subscriptions_time_zone_send_at_id", "subscriptions", ["time_zone", "send_at", "id"]
    )


def _issues() -> None:
    op.create_table(
        "issues",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("subscription_id", TEXT, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("composed_at", MOMENT, nullable=False),
        sa.Column("considered", sa.Integer(), nullable=False),
        sa.Column("new_papers", sa.Integer(), nullable=False),
        sa.Column("matching", sa.Integer(), nullable=False),
        sa.Column("picks", sa.JSON(), nullable=False),
        sa.Column("sources", sa.JSON(), nullable=False),
        _refers("issues", "subscription_id", "subscriptions", "id"),
        sa.PrimaryKeyConstraint("id", name="pk_issues"),
    )
    op.create_index("ix_issues_subscription_id_number", "issues", ["subscription_id", "number"])
    op.create_table(
        "picks",
        sa.Column("subscription_id", TEXT, nullable=False),
        sa.Column("paper_id", TEXT, nullable=False),
        sa.Column("issue_id", TEXT, nullable=False),
        _refers("picks", "paper_id", "papers", "id"),
        _refers("picks", "issue_id", "issues", "id"),
        sa.PrimaryKeyConstraint("subscription_id", "paper_id", "issue_id", name="pk_picks"),
    )
    op.create_index("ix_picks_issue_id", "picks", ["issue_id"])


def _deliveries() -> None:
    op.create_table(
        "runs",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("candidates", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("day", name="pk_runs"),
    )
    op.create_table(
        "deliveries",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("subscription_id", TEXT, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("issue_id", TEXT),
        sa.Column("state", TEXT, nullable=False),
        sa.Column("reason", TEXT, nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("retry_at", MOMENT),
        sa.Column("fence", TEXT),
        sa.Column("lease_until", MOMENT),
        _refers("deliveries", "subscription_id", "subscriptions", "id"),
        _refers("deliveries", "day", "runs", "day"),
        _refers("deliveries", "issue_id", "issues", "id", deferred=True),
        sa.PrimaryKeyConstraint("id", name="pk_deliveries"),
    )
    op.create_index("ix_deliveries_day_state_id", "deliveries", ["day", "state", "id"])
    op.create_index("ix_deliveries_issue_id", "deliveries", ["issue_id"])
    op.create_index("ix_deliveries_subscription_id_day", "deliveries", ["subscription_id", "day"])
    for name in ("fence", "lease_until"):
        held = sa.text(f"{name} IS NOT NULL")
        op.create_index(
            f"ix_deliveries_{name}",
            "deliveries",
            [name],
            sqlite_where=held,
            postgresql_where=held,
        )


def _refers(
    table: str, column: str, other: str, key: str, *, deferred: bool = False
) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [column],
        [f"{other}.{key}"],
        name=f"fk_{table}_{column}_{other}",
        deferrable=deferred or None,
        initially="DEFERRED" if deferred else None,
    )
