"""The index of client ids begins with the id: ids begin with the time, so new ones go side by side at its end"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.drop_index("uq_events_author_client_id", "events")
    op.create_index(
        "uq_events_client_id_author",
        "events",
        ["client_id", "author"],
        unique=True,
        sqlite_where=sa.text("client_id IS NOT NULL"),
        postgresql_where=sa.text("client_id IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_index("uq_events_client_id_author", "events")
    op.create_index(
        "uq_events_author_client_id",
        "events",
        ["author", "client_id"],
        unique=True,
        sqlite_where=sa.text("client_id IS NOT NULL"),
        postgresql_where=sa.text("client_id IS NOT NULL"),
    )
