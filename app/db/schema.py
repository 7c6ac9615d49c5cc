"""The tables. One definition for SQLite and PostgreSQL; ``migrations/`` creates them and a test compares."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Double,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    text,
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "pk": "pk_%(table_name)s",
    }
)

STATE_CHECK = """
   (kind = 'with_bot'   AND agent IS NULL     AND lane IS NULL     AND queue_order IS NULL     AND deadline IS NOT NULL)
OR (kind = 'queued'     AND agent IS NULL     AND lane IS NOT NULL AND queue_order IS NOT NULL AND deadline IS NOT NULL)
OR (kind = 'offered'    AND agent IS NOT NULL AND lane IS NOT NULL AND queue_order IS NOT NULL AND deadline IS NOT NULL)
OR (kind = 'with_agent' AND agent IS NOT NULL AND lane IS NULL     AND queue_order IS NULL     AND deadline IS NOT NULL)
OR (kind = 'closed'     AND agent IS NULL     AND lane IS NULL     AND queue_order IS NULL     AND deadline IS NULL)
"""

_pos = BigInteger().with_variant(Integer, "sqlite")

events = Table(
    "events",
    metadata,
    Column("pos", _pos, Identity(always=False), primary_key=True),
    Column("conversation", Text, nullable=False),
    Column("seq", Integer, nullable=False),
    Column("at", Double, nullable=False),
    Column("segment", Integer, nullable=False),
    Column("author", Text, nullable=False),
    Column("client_id", Text),
    Column("kind", Text, nullable=False),
    Column("audience", Text, nullable=False),
    Column("holder", Text),
    Column("capacity", Integer),
    Column("body", Text),
    Column("salt", LargeBinary),
    Column("body_hash", LargeBinary, nullable=False),
    Column("hash", LargeBinary, nullable=False),
    UniqueConstraint("conversation", "seq"),
    CheckConstraint("seq >= 1", "seq"),
    CheckConstraint("audience IN ('customer', 'staff', 'supervisor')", "audience"),
    CheckConstraint("(body IS NULL) = (salt IS NULL)", "erased"),
    CheckConstraint("capacity IS NULL OR holder IS NOT NULL", "capacity"),
    Index(
        # Clients' ids begin with the time: this order puts what comes together side by side (RFC 9562, 6.2).
        "uq_events_client_id_author",
        "client_id",
        "author",
        unique=True,
        sqlite_where=text("client_id IS NOT NULL"),
        postgresql_where=text("client_id IS NOT NULL"),
    ),
)

conversations = Table(
    "conversations",
    metadata,
    Column("id", Text, primary_key=True),
    Column("customer", Text, nullable=False),
    Column("topic", Text, nullable=False),
    Column("verified", Boolean, nullable=False),
    Column("tier", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("previous", Text),
    Column("channel", Text, nullable=False),
    Column("opened_at", Double, nullable=False),
    Column("seq", Integer, nullable=False),
    Column("turns", Integer, nullable=False),
    Column("segment", Integer, nullable=False),
    Column("locale", Text, nullable=False),
    Column("alarm", Text),
    Column("kind", Text, nullable=False),
    Column("agent", Text),
    Column("lane", Integer),
    Column("queue_order", Double),
    Column("deadline", Double),
    Column("state", Text, nullable=False),
    Column("head", LargeBinary, nullable=False),
    Column("signature", LargeBinary),
    CheckConstraint(STATE_CHECK, "state"),
    CheckConstraint("signature IS NULL OR kind = 'closed'", "signature"),
    Index(
        "uq_conversations_open",
        "customer",
        "topic",
        unique=True,
        sqlite_where=text("kind <> 'closed'"),
        postgresql_where=text("kind <> 'closed'"),
    ),
    Index("ix_conversations_customer", "customer", "opened_at"),
    Index(
        "ix_conversations_agent",
        "agent",
        sqlite_where=text("agent IS NOT NULL"),
        postgresql_where=text("agent IS NOT NULL"),
    ),
    Index(
        "ix_conversations_queue",
        "lane",
        "queue_order",
        sqlite_where=text("lane IS NOT NULL"),
        postgresql_where=text("lane IS NOT NULL"),
    ),
    Index(
        "ix_conversations_deadline",
        "deadline",
        sqlite_where=text("deadline IS NOT NULL"),
        postgresql_where=text("deadline IS NOT NULL"),
    ),
)

tickets = Table(
    "tickets",
    metadata,
    Column("id", Text, primary_key=True),
    Column("short", Text, nullable=False),
    Column("conversation", Text, nullable=False),
    Column("customer", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("skill", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("opened", Double, nullable=False),
    Column("promised", Double, nullable=False),
    Column("answered", Double),
    Column("text", Text, nullable=False),
    CheckConstraint("status IN ('open', 'answered', 'closed')", "status"),
    Index("ix_tickets_status_promised", "status", "promised"),
    Index("ix_tickets_customer", "customer", "opened"),
    Index("ix_tickets_short", "short"),
    Index("ix_tickets_conversation", "conversation"),
)

staff = Table(
    "staff",
    metadata,
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("email", Text, nullable=False),
    Column("roles", Text, nullable=False),
    Column("skills", Text, nullable=False),
    Column("languages", Text, nullable=False),
    Column("capacity", Integer, nullable=False),
    Column("disabled", Boolean, nullable=False),
    Column("password", Text, nullable=False),
    Column("totp", Text, nullable=False),
    Column("totp_step", BigInteger, nullable=False),
    CheckConstraint("capacity >= 0", "capacity"),
)

presence = Table(
    "presence",
    metadata,
    Column("agent", Text, primary_key=True),
    Column("node", Text, nullable=False),
    Column("ready", Boolean, nullable=False),
    Column("until", Double, nullable=False),
    Column("since", Double, nullable=False),
)

sessions = Table(
    "sessions",
    metadata,
    Column("token_hash", Text, primary_key=True),
    Column("staff", Text, nullable=False),
    Column("csrf", Text, nullable=False),
    Column("created", Double, nullable=False),
    Column("expires", Double, nullable=False),
    Column("idle_expires", Double, nullable=False),
    Index("ix_sessions_staff", "staff"),
)

audit = Table(
    "audit",
    metadata,
    Column("pos", _pos, Identity(always=False), primary_key=True),
    Column("at", Double, nullable=False),
    Column("who", Text, nullable=False),
    Column("what", Text, nullable=False),
    Column("target", Text, nullable=False),
    Column("detail", Text, nullable=False),
    Index("ix_audit_who", "who"),
)

documents = Table(
    "documents",
    metadata,
    Column("key", Text, nullable=False),
    Column("value", Text, nullable=False),
    PrimaryKeyConstraint("key"),
)
