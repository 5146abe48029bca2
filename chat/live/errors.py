# SPDX-License-Identifier: AGPL-3.0-or-later
"""What can go wrong with the live store: a closed set. None of them carries a value, a key or a password."""

from __future__ import annotations


class StoreError(Exception):
    """Base of all errors of the live store."""


class StoreLost(StoreError):
    """The connection broke before the answer came: the command was carried out, or not.

    Every command of the live store may be sent again without harm.
    """


class StoreBusy(StoreError):
    """Too many commands wait for their answer; nothing was sent."""


class StoreRefused(StoreError):
    """The store answered with an error; `code` is its first word (`NOPERM`, `OOM`, `ERR`, ...).

    The rest of the store's sentence is dropped: it may quote what was sent.
    """

    def __init__(self, text: str) -> None:
        self.code = text.partition(" ")[0]
        super().__init__(self.code)


class StoreUnreachable(StoreError):
    """The address is wrong, or nothing usable answers there. Its text is one sentence for the operator.

    It names the host or the socket, never the password.
    """
