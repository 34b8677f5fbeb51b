"""What readers are called and wish, what they agreed to, and the letters we owe them."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
MOMENT = sa.DateTime(timezone=True)

NOBODY_WRITES_OVER = {
    "sqlite": (
        """
        CREATE TRIGGER consents_stay BEFORE UPDATE ON consents
        BEGIN SELECT RAISE(ABORT, 'a consent is never changed'); END
        """,
    ),
    "postgresql": (
        """
        CREATE FUNCTION consents_stay() RETURNS trigger LANGUAGE plpgsql AS
        'BEGIN RAISE EXCEPTION ''a consent is never changed''; END'
        """,
        """
        CREATE TRIGGER consents_stay BEFORE UPDATE ON consents
        FOR EACH ROW EXECUTE FUNCTION consents_stay()
        """,
    ),
}
"""Deleting is allowed: who never confirmed is forgotten, with what they were asked."""


def upgrade() -> None:
    """Add to the tables, with defaults for what is there: SQLite then copies nothing."""
    _subscribers()
    _subscriptions()
    _consents()
    _feedbacks()
    _signups()
    _letters()


def _subscribers() -> None:
    for column in (
        sa.Column("name", TEXT, nullable=False, server_default=""),
        sa.Column("version", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("confirmed_at", MOMENT),
        sa.Column("paused_until", sa.Date()),
        # Not "false", which SQLite would keep as that word.
        sa.Column("catch_up", sa.Boolean(), nullable=False, server_default="0"),
    ):
        op.add_column("subscribers", column)
    _index("subscribers", "state", "created_at")
    paused = sa.text("paused_until IS NOT NULL")
    op.create_index(
        "ix_subscribers_paused_until",
        "subscribers",
        ["paused_until"],
        sqlite_where=paused,
        postgresql_where=paused,
    )


def _subscriptions() -> None:
    for column in (
        sa.Column("weekdays", sa.SmallInteger(), nullable=False, server_default="127"),
        sa.Column("active", sa.Boolean(), nullable=False, server_default="0"),
        sa.Column("served_on", sa.Date(), nullable=False, server_default="0001-01-01"),
    ):
        op.add_column("subscriptions", column)
    op.execute(
        """
        UPDATE subscriptions SET
          active = subscriber_id IN (SELECT id FROM subscribers WHERE state = 'active'),
          served_on = coalesce(
            (SELECT max(day) FROM deliveries WHERE subscription_id = subscriptions.id), served_on
          )
        """
    )
    op.drop_index("ix_subscriptions_time_zone_send_at_id", "subscriptions")
    _index("subscriptions", "active", "time_zone", "send_at", "weekdays", "served_on")
    _index("subscriptions", "active", "time_zone", "send_at", "weekdays", "id")


def _consents() -> None:
    op.create_table(
        "consents",
        sa.Column("number", SERIAL, nullable=False),
        sa.Column("subscriber_id", TEXT, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("act", TEXT, nullable=False),
        sa.Column("source", TEXT, nullable=False),
        sa.Column("wording", TEXT, nullable=False),
        sa.Column("evidence", sa.JSON(), nullable=False),
        _refers("consents", "subscriber_id", "subscribers"),
        sa.PrimaryKeyConstraint("number", name="pk_consents"),
    )
    _index("consents", "subscriber_id", "number")
    for statement in NOBODY_WRITES_OVER[op.get_bind().dialect.name]:
        op.execute(statement)
    op.create_table(
        "suppressions",
        sa.Column("address_hmac", TEXT, nullable=False),
        sa.Column("reason", TEXT, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("evidence", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("address_hmac", name="pk_suppressions"),
    )


def _feedbacks() -> None:
    op.create_table(
        "feedbacks",
        sa.Column("subscription_id", TEXT, nullable=False),
        sa.Column("paper_id", TEXT, nullable=False),
        sa.Column("verdict", TEXT, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        _refers("feedbacks", "subscription_id", "subscriptions"),
        _refers("feedbacks", "paper_id", "papers"),
        sa.PrimaryKeyConstraint("subscription_id", "paper_id", "verdict", name="pk_feedbacks"),
    )
    _index("feedbacks", "paper_id")


def _signups() -> None:
    op.create_table(
        "forms",
        sa.Column("name", TEXT, nullable=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("secrets", sa.JSON(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.Column("origins", sa.JSON(), nullable=False),
        sa.Column("confirmed", sa.Boolean(), nullable=False),
        sa.Column("evidence", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_forms"),
    )
    op.create_table(
        "signups",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("form", TEXT, nullable=False),
        sa.Column("external_id", TEXT, nullable=False),
        sa.Column("submission", TEXT),
        sa.Column("received_at", MOMENT, nullable=False),
        sa.Column("address", TEXT, nullable=False),
        sa.Column("interests", sa.JSON(), nullable=False),
        sa.Column("time_zone", TEXT, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("network", TEXT, nullable=False),
        sa.Column("wording", TEXT, nullable=False),
        sa.Column("mover_id", TEXT, nullable=False),
        sa.Column("state", TEXT, nullable=False),
        sa.Column("mailed_at", MOMENT),
        sa.Column("subscriber_id", TEXT, nullable=False),
        sa.Column("address_hmac", TEXT, nullable=False),
        sa.Column("domain", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_signups"),
        sa.UniqueConstraint("submission", name="uq_signups_submission"),
    )
    _index("signups", "state", "received_at", "id")
    _index("signups", "address_hmac", "mailed_at")
    _index("signups", "network", "mailed_at")
    _index("signups", "domain", "mailed_at")
    _index("signups", "mailed_at", "id")
    _index("signups", "mover_id")
    _index("signups", "subscriber_id")


def _letters() -> None:
    op.create_table(
        "letters",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("subscriber_id", TEXT, nullable=False),
        sa.Column("address", TEXT, nullable=False),
        sa.Column("subject_id", TEXT, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("words", sa.JSON(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("state", TEXT, nullable=False),
        sa.Column("ended_at", MOMENT),
        sa.Column("retry_at", MOMENT),
        sa.Column("fence", TEXT),
        sa.Column("lease_until", MOMENT),
        _refers("letters", "subscriber_id", "subscribers"),
        sa.PrimaryKeyConstraint("id", name="pk_letters"),
    )
    _index("letters", "state", "created_at", "id")
    _index("letters", "subscriber_id")
    op.create_table(
        "events",
        sa.Column("source", TEXT, nullable=False),
        sa.Column("external_id", TEXT, nullable=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("mail_id", TEXT, nullable=False),
        sa.Column("subscriber_id", TEXT, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("status", TEXT, nullable=False),
        _refers("events", "subscriber_id", "subscribers"),
        sa.PrimaryKeyConstraint("source", "external_id", name="pk_events"),
    )
    _index("events", "subscriber_id", "kind", "at")


def _index(table: str, *columns: str) -> None:
    op.create_index(f"ix_{table}_{'_'.join(columns)}", table, list(columns))


def _refers(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=f"fk_{table}_{column}_{other}")
