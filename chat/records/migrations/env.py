# SPDX-License-Identifier: AGPL-3.0-or-later
"""Run by Alembic: migrate on the connection that `chat.records.migrate` hands over."""

from __future__ import annotations

from alembic import context

from chat.records.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,  # SQLite cannot alter a column in place; Alembic then copies the table
)
with context.begin_transaction():
    context.run_migrations()
