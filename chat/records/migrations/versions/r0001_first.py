# SPDX-License-Identifier: AGPL-3.0-or-later
"""The first schema: staff, devices, invitations, settings, staff actions, tallies."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """One step up."""
    op.create_table(
        "invitations",
        sa.Column("id", sa.LargeBinary(length=32), nullable=False),
        sa.Column("state", sa.String(length=9), nullable=False),
        sa.Column("staff", sa.LargeBinary(length=16), nullable=False),
        sa.Column("further_device", sa.Boolean(), nullable=False),
        sa.Column("alias", sa.String(length=48), nullable=False),
        sa.Column("alias_key", sa.String(length=96), nullable=False),
        sa.Column("roles", sa.String(length=48), nullable=False),
        sa.Column("made_by", sa.LargeBinary(length=16)),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.Column("expires", sa.BigInteger(), nullable=False),
        sa.Column("device", sa.LargeBinary(length=16)),
        sa.Column("credential_id", sa.LargeBinary(length=1023)),
        sa.Column("credential_key", sa.LargeBinary()),
        sa.Column("sign_count", sa.BigInteger()),
        sa.Column("request_ed", sa.LargeBinary(length=32)),
        sa.Column("request_hmac", sa.LargeBinary(length=32)),
        sa.Column("request_sig", sa.LargeBinary(length=64)),
        sa.Column("request_alias", sa.String(length=48)),
        sa.PrimaryKeyConstraint("id", name="pk_invitations"),
    )
    op.create_index("ix_invitations_expires", "invitations", ["expires"])

    op.create_table(
        "settings",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_settings"),
    )
    op.create_table(
        "staff",
        sa.Column("id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("alias", sa.String(length=48), nullable=False),
        sa.Column("alias_key", sa.String(length=96), nullable=False),
        sa.Column("roles", sa.String(length=48), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_staff"),
        sa.UniqueConstraint("alias_key", name="uq_staff_alias_key"),
    )
    op.create_table(
        "staff_actions",
        sa.Column("number", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("action", sa.String(length=16), nullable=False),
        sa.Column("actor", sa.LargeBinary(length=16)),
        sa.Column("actor_alias", sa.String(length=48)),
        sa.Column("subject", sa.LargeBinary(length=16)),
        sa.Column("subject_alias", sa.String(length=48)),
        sa.PrimaryKeyConstraint("number", name="pk_staff_actions"),
    )
    op.create_index("ix_staff_actions_at", "staff_actions", ["at"])

    op.create_table(
        "tallies",
        sa.Column("day", sa.String(length=10), nullable=False),
        sa.Column("measure", sa.String(length=32), nullable=False),
        sa.Column("value", sa.String(length=32), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("day", "measure", "value", name="pk_tallies"),
    )
    op.create_table(
        "tally_days",
        sa.Column("day", sa.String(length=10), nullable=False),
        sa.Column("lost", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("day", name="pk_tally_days"),
    )
    op.create_table(
        "devices",
        sa.Column("id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("staff", sa.LargeBinary(length=16), nullable=False),
        sa.Column("credential_id", sa.LargeBinary(length=1023), nullable=False),
        sa.Column("credential_key", sa.LargeBinary(), nullable=False),
        sa.Column("sign_count", sa.BigInteger(), nullable=False),
        sa.Column("ed", sa.LargeBinary(length=32), nullable=False),
        sa.Column("manager_certificate", sa.LargeBinary(length=203)),
        sa.Column("staff_certificate", sa.LargeBinary(length=203)),
        sa.Column("issuer_certificate", sa.LargeBinary(length=203)),
        sa.Column("created", sa.String(length=10), nullable=False),
        sa.Column("revoked", sa.String(length=10)),
        sa.ForeignKeyConstraint(["staff"], ["staff.id"], name="fk_devices_staff", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_devices"),
        sa.UniqueConstraint("credential_id", name="uq_devices_credential_id"),
        sa.UniqueConstraint("ed", name="uq_devices_ed"),
    )
    op.create_index("ix_devices_staff", "devices", ["staff"])


def downgrade() -> None:
    """One step down."""
    op.drop_table("devices")
    op.drop_table("tally_days")
    op.drop_table("tallies")
    op.drop_table("staff_actions")
    op.drop_table("staff")
    op.drop_table("settings")
    op.drop_table("invitations")
