# SPDX-License-Identifier: AGPL-3.0-or-later
"""This computer as `kentering doctor` and `kentering prove` see it: processes, memory, files, engine."""
