# SPDX-License-Identifier: AGPL-3.0-or-later
"""The outside of the house: HTTP and WebSockets. Thin; every rule lives further in."""
