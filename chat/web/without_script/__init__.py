# SPDX-License-Identifier: AGPL-3.0-or-later
"""Talking without script: pages, a stream that stays open, and a cookie that holds the only key."""
