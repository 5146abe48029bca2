# SPDX-License-Identifier: AGPL-3.0-or-later
"""Every table of the durable store.

Times are unix seconds, days are `YYYY-MM-DD` in UTC. A new column needs its migration and its line in
the allow-list of `tests/records/test_schema.py`, with the reason why it is kept.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
)

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "ix": "ix_%(table_name)s_%(column_0_name)s",
    }
)

staff = Table(
    "staff",
    metadata,
    Column("id", LargeBinary(16), primary_key=True),
    Column("alias", String(48), nullable=False),
    Column("alias_key", String(96), nullable=False, unique=True),
    Column("roles", String(48), nullable=False),
)

devices = Table(
    "devices",
    metadata,
    Column("id", LargeBinary(16), primary_key=True),
    Column("staff", ForeignKey("staff.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("credential_id", LargeBinary(1023), nullable=False, unique=True),
    Column("credential_key", LargeBinary, nullable=False),
    Column("sign_count", BigInteger, nullable=False),
    Column("ed", LargeBinary(32), nullable=False, unique=True),
    Column("manager_certificate", LargeBinary(203)),
    Column("staff_certificate", LargeBinary(203)),
    Column("issuer_certificate", LargeBinary(203)),
    Column("created", String(10), nullable=False),
    Column("revoked", String(10)),
)

invitations = Table(
    "invitations",
    metadata,
    Column("id", LargeBinary(32), primary_key=True),
    Column("state", String(9), nullable=False),
    Column("staff", LargeBinary(16), nullable=False),
    Column("further_device", Boolean, nullable=False),
    Column("alias", String(48), nullable=False),
    Column("alias_key", String(96), nullable=False),
    Column("roles", String(48), nullable=False),
    Column("made_by", LargeBinary(16)),
    Column("created", BigInteger, nullable=False),
    Column("expires", BigInteger, nullable=False, index=True),
    Column("device", LargeBinary(16)),
    Column("credential_id", LargeBinary(1023)),
    Column("credential_key", LargeBinary),
    Column("sign_count", BigInteger),
    Column("request_ed", LargeBinary(32)),
    Column("request_hmac", LargeBinary(32)),
    Column("request_sig", LargeBinary(64)),
    Column("request_alias", String(48)),
)

settings = Table(
    "settings",
    metadata,
    Column("key", String(64), primary_key=True),
    Column("value", Text, nullable=False),
    Column("version", Integer, nullable=False),
)

setting_versions = Table(
    "setting_versions",
    metadata,
    Column("key", String(64), nullable=False),
    Column("version", Integer, nullable=False),
    Column("at", String(10), nullable=False),
    Column("by", ForeignKey("staff.id", ondelete="SET NULL")),
    Column("value", Text, nullable=False),
    PrimaryKeyConstraint("key", "version"),
)

own_quick_replies = Table(
    "own_quick_replies",
    metadata,
    Column("staff", ForeignKey("staff.id", ondelete="CASCADE"), primary_key=True),
    Column("value", Text, nullable=False),
    Column("version", Integer, nullable=False),
)

staff_actions = Table(
    "staff_actions",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("at", BigInteger, nullable=False, index=True),
    Column("action", String(16), nullable=False),
    Column("actor", LargeBinary(16)),
    Column("actor_alias", String(48)),
    Column("subject", LargeBinary(16)),
    Column("subject_alias", String(48)),
)

tallies = Table(
    "tallies",
    metadata,
    Column("day", String(10), nullable=False),
    Column("measure", String(32), nullable=False),
    Column("value", String(32), nullable=False),
    Column("count", Integer, nullable=False),
    PrimaryKeyConstraint("day", "measure", "value"),
)

tally_days = Table(
    "tally_days",
    metadata,
    Column("day", String(10), primary_key=True),
    Column("lost", Boolean, nullable=False),
)
