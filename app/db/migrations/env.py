"""Alembic's entry: always on a connection that ``app.db.migrate`` passes in."""

from alembic import context

from app.db.schema import metadata

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=metadata, render_as_batch=connection.dialect.name == "sqlite")
with context.begin_transaction():
    context.run_migrations()
