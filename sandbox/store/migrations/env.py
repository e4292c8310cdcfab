"""Run by alembic: migrates over the connection that `configuration` was given."""

from alembic import context

from sandbox.store.schema import metadata

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=metadata, render_as_batch=True, transaction_per_migration=True)
with context.begin_transaction():
    context.run_migrations()
