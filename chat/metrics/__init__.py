# SPDX-License-Identifier: AGPL-3.0-or-later
"""Numbers for Prometheus, served on an inner address by a process of its own, too coarse to tell anybody."""
