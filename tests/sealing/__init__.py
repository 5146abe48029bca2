"""The sealing, tested: published vectors, our own, and everything that can go wrong."""
# SPDX-License-Identifier: AGPL-3.0-or-later
