"""Vectors: their reader, and the script that writes ours."""
# SPDX-License-Identifier: AGPL-3.0-or-later
