# SPDX-License-Identifier: AGPL-3.0-or-later
"""Steps of the schema, oldest first: r0001, r0002, ... Never edit one that was released; add the next."""
