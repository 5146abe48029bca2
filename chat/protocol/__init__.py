# SPDX-License-Identifier: AGPL-3.0-or-later
"""The one definition of what crosses a WebSocket, its codec, and the generator of its TypeScript twin."""
