"""The first schema"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

STATE_CHECK = """
   (kind = 'with_bot'   AND agent IS NULL     AND lane IS NULL     AND queue_order IS NULL     AND deadline IS NOT NULL)
OR (kind = 'queued'     AND agent IS NULL     AND lane IS NOT NULL AND queue_order IS NOT NULL AND deadline IS NOT NULL)
OR (kind = 'offered'    AND agent IS NOT NULL AND lane IS NOT NULL AND queue_order IS NOT NULL AND deadline IS NOT NULL)
OR (kind = 'with_agent' AND agent IS NOT NULL AND lane IS NULL     AND queue_order IS NULL     AND deadline IS NOT NULL)
OR (kind = 'closed'     AND agent IS NULL     AND lane IS NULL     AND queue_order IS NULL     AND deadline IS NULL)
"""


def upgrade() -> None:
    op.create_table(
        "audit",
        sa.Column(
            "pos", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), sa.Identity(always=False), nullable=False
        ),
        sa.Column("at", sa.Double(), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("pos", name=op.f("pk_audit")),
    )
    op.create_index("ix_audit_who", "audit", ["who"], unique=False)

    op.create_table(
        "conversations",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("customer", sa.Text(), nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("verified", sa.Boolean(), nullable=False),
        sa.Column("tier", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("previous", sa.Text(), nullable=True),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("opened_at", sa.Double(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("turns", sa.Integer(), nullable=False),
        sa.Column("segment", sa.Integer(), nullable=False),
        sa.Column("locale", sa.Text(), nullable=False),
        sa.Column("alarm", sa.Text(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("agent", sa.Text(), nullable=True),
        sa.Column("lane", sa.Integer(), nullable=True),
        sa.Column("queue_order", sa.Double(), nullable=True),
        sa.Column("deadline", sa.Double(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("head", sa.LargeBinary(), nullable=False),
        sa.Column("signature", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint(STATE_CHECK, name=op.f("ck_conversations_state")),
        sa.CheckConstraint("signature IS NULL OR kind = 'closed'", name=op.f("ck_conversations_signature")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conversations")),
    )
    op.create_index(
        "ix_conversations_agent",
        "conversations",
        ["agent"],
        unique=False,
        sqlite_where=sa.text("agent IS NOT NULL"),
        postgresql_where=sa.text("agent IS NOT NULL"),
    )
    op.create_index("ix_conversations_customer", "conversations", ["customer", "opened_at"], unique=False)
    op.create_index(
        "ix_conversations_deadline",
        "conversations",
        ["deadline"],
        unique=False,
        sqlite_where=sa.text("deadline IS NOT NULL"),
        postgresql_where=sa.text("deadline IS NOT NULL"),
    )
    op.create_index(
        "ix_conversations_queue",
        "conversations",
        ["lane", "queue_order"],
        unique=False,
        sqlite_where=sa.text("lane IS NOT NULL"),
        postgresql_where=sa.text("lane IS NOT NULL"),
    )
    op.create_index(
        "uq_conversations_open",
        "conversations",
        ["customer", "topic"],
        unique=True,
        sqlite_where=sa.text("kind <> 'closed'"),
        postgresql_where=sa.text("kind <> 'closed'"),
    )

    op.create_table(
        "documents",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_documents")),
    )
    op.create_table(
        "events",
        sa.Column(
            "pos", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), sa.Identity(always=False), nullable=False
        ),
        sa.Column("conversation", sa.Text(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("at", sa.Double(), nullable=False),
        sa.Column("segment", sa.Integer(), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("client_id", sa.Text(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("audience", sa.Text(), nullable=False),
        sa.Column("holder", sa.Text(), nullable=True),
        sa.Column("capacity", sa.Integer(), nullable=True),
        sa.Column("body", sa.Text(), nullable=True),
        sa.Column("salt", sa.LargeBinary(), nullable=True),
        sa.Column("body_hash", sa.LargeBinary(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("audience IN ('customer', 'staff', 'supervisor')", name=op.f("ck_events_audience")),
        sa.CheckConstraint("(body IS NULL) = (salt IS NULL)", name=op.f("ck_events_erased")),
        sa.CheckConstraint("capacity IS NULL OR holder IS NOT NULL", name=op.f("ck_events_capacity")),
        sa.CheckConstraint("seq >= 1", name=op.f("ck_events_seq")),
        sa.PrimaryKeyConstraint("pos", name=op.f("pk_events")),
        sa.UniqueConstraint("conversation", "seq", name=op.f("uq_events_conversation_seq")),
    )
    op.create_index(
        "uq_events_author_client_id",
        "events",
        ["author", "client_id"],
        unique=True,
        sqlite_where=sa.text("client_id IS NOT NULL"),
        postgresql_where=sa.text("client_id IS NOT NULL"),
    )

    op.create_table(
        "presence",
        sa.Column("agent", sa.Text(), nullable=False),
        sa.Column("node", sa.Text(), nullable=False),
        sa.Column("ready", sa.Boolean(), nullable=False),
        sa.Column("until", sa.Double(), nullable=False),
        sa.Column("since", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("agent", name=op.f("pk_presence")),
    )
    op.create_table(
        "sessions",
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("staff", sa.Text(), nullable=False),
        sa.Column("csrf", sa.Text(), nullable=False),
        sa.Column("created", sa.Double(), nullable=False),
        sa.Column("expires", sa.Double(), nullable=False),
        sa.Column("idle_expires", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_sessions")),
    )
    op.create_index("ix_sessions_staff", "sessions", ["staff"], unique=False)

    op.create_table(
        "staff",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("roles", sa.Text(), nullable=False),
        sa.Column("skills", sa.Text(), nullable=False),
        sa.Column("languages", sa.Text(), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=False),
        sa.Column("disabled", sa.Boolean(), nullable=False),
        sa.Column("password", sa.Text(), nullable=False),
        sa.Column("totp", sa.Text(), nullable=False),
        sa.Column("totp_step", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("capacity >= 0", name=op.f("ck_staff_capacity")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff")),
    )
    op.create_table(
        "tickets",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("short", sa.Text(), nullable=False),
        sa.Column("conversation", sa.Text(), nullable=False),
        sa.Column("customer", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("skill", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("opened", sa.Double(), nullable=False),
        sa.Column("promised", sa.Double(), nullable=False),
        sa.Column("answered", sa.Double(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.CheckConstraint("status IN ('open', 'answered', 'closed')", name=op.f("ck_tickets_status")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tickets")),
    )
    op.create_index("ix_tickets_conversation", "tickets", ["conversation"], unique=False)
    op.create_index("ix_tickets_customer", "tickets", ["customer", "opened"], unique=False)
    op.create_index("ix_tickets_short", "tickets", ["short"], unique=False)
    op.create_index("ix_tickets_status_promised", "tickets", ["status", "promised"], unique=False)
