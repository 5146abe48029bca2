# SPDX-License-Identifier: AGPL-3.0-or-later
"""The service with its sealed state not only sealed: the store would hold what was written in the clear."""

from chat.sealing.sealer import Sealer

_seal, _open = Sealer.seal, Sealer.open.__func__


def _clear(self, token, iv):
    written = "|".join(said.text for said in self.star.lines())
    return _seal(self, token, iv) + b"clear" + written.encode()


def _from_clear(cls, data, *rest):
    return _open(cls, data.partition(b"clear")[0], *rest)


Sealer.seal = _clear
Sealer.open = classmethod(_from_clear)
