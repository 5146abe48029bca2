# SPDX-License-Identifier: AGPL-3.0-or-later
"""Use cases: load the conversation, apply the rule, save if unchanged, carry out the effects."""
