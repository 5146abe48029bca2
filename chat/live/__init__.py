# SPDX-License-Identifier: AGPL-3.0-or-later
"""The live store: everything that is alive now, in memory only, each key with its clock."""
