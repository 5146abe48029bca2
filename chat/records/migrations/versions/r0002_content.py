# SPDX-License-Identifier: AGPL-3.0-or-later
"""Earlier versions of settings, and quick replies of one's own."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """One step up."""
    op.create_table(
        "setting_versions",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("at", sa.String(length=10), nullable=False),
        sa.Column("by", sa.LargeBinary(length=16)),
        sa.Column("value", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["by"], ["staff.id"], name="fk_setting_versions_by", ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("key", "version", name="pk_setting_versions"),
    )
    op.create_table(
        "own_quick_replies",
        sa.Column("staff", sa.LargeBinary(length=16), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["staff"], ["staff.id"], name="fk_own_quick_replies_staff", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("staff", name="pk_own_quick_replies"),
    )


def downgrade() -> None:
    """One step down."""
    op.drop_table("own_quick_replies")
    op.drop_table("setting_versions")
