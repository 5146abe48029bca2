# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a help-seeker's connection may send, and when.

How this works: the shell decodes a frame and asks `admit`; None means carry it out, anything else is
the refusal to answer. The first frame must be Start or Attach, before a Start the work it costs. While
that is carried out the connection is `joining` and everything else is out of state (a browser waits for
Welcome). After `joined` the frames of a conversation are admitted until `over`.

```
new --Start|Attach--> joining --joined--> joined --over--> over
                         +------refused------> new
```
"""

from __future__ import annotations

import enum

from chat.protocol import frames
from chat.protocol.types import VERSION, ErrorCode
from chat.rules.pace import Bucket, spend


class Standing(enum.Enum):
    """Where the connection stands."""

    NEW = enum.auto()
    JOINING = enum.auto()
    JOINED = enum.auto()
    OVER = enum.auto()


JOINED = Standing.JOINED
"""By a name of its own: asked for every frame."""
_OPENING = (frames.Start, frames.Attach)
_BEFORE = (*_OPENING, frames.Work)


class HelpSeekerSession:
    """One connection of a help-seeker's browser."""

    __slots__ = ("_bucket", "_felt", "asks_after", "generation", "sid", "standing", "work")

    def __init__(self, bucket: Bucket) -> None:
        self._bucket = bucket
        self.standing = Standing.NEW
        self.sid = b""
        self.generation = 0
        self.work = b""
        """What came in the newest `Work` frame."""
        self.asks_after = False
        """It saw the end of a talk: how it feels now may be said once."""
        self._felt = False

    def admit(self, frame: frames.FromHelpSeeker, now: int) -> ErrorCode | None:
        """Whether this frame may be carried out now.

        Args:
            frame: decoded, so its fields are within their limits.
            now: unix milliseconds.
        """
        self._bucket, allowed = spend(self._bucket, now)
        if not allowed:
            return ErrorCode.TOO_FAST
        if frame.__class__ is frames.Felt:
            return self._feels(frame)
        if self.standing is JOINED:
            return ErrorCode.OUT_OF_STATE if frame.__class__ in _BEFORE else None
        if self.standing is Standing.NEW and isinstance(frame, frames.Work):
            self.work = frame.solution
            return None
        if self.standing is not Standing.NEW or not isinstance(frame, _OPENING):
            return ErrorCode.OUT_OF_STATE
        if frame.version != VERSION:
            return ErrorCode.VERSION
        self.standing = Standing.JOINING
        self.sid = frame.sid
        return None

    def joined(self, generation: int) -> None:
        """Start or Attach was carried out."""
        self.standing = Standing.JOINED
        self.generation = generation

    def refused(self) -> None:
        """Start or Attach was refused: the browser may try again."""
        self.standing = Standing.NEW

    def over(self, *, asks_after: bool = False) -> None:
        """The conversation is closed, or continued in another tab: nothing more is admitted.

        But for one `Felt`, if this connection saw the end of a talk.
        """
        if self.standing is not Standing.OVER:
            self.standing, self.asks_after, self._felt = Standing.OVER, asks_after, False

    def _feels(self, frame: frames.Felt) -> ErrorCode | None:
        asked = self.asks_after if frame.after else self.standing is JOINED
        if self._felt or not asked:
            return ErrorCode.OUT_OF_STATE
        self._felt = True
        return None
