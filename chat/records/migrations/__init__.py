# SPDX-License-Identifier: AGPL-3.0-or-later
"""Alembic's environment and one file for each step of the schema."""
