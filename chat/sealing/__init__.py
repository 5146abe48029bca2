"""The cryptography, version 1: the same bytes as `chat/browser/sealing`. No clock, no socket, no store."""
# SPDX-License-Identifier: AGPL-3.0-or-later
