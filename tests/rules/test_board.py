# SPDX-License-Identifier: AGPL-3.0-or-later
from __future__ import annotations

import pytest

from chat.protocol.types import Phase
from chat.rules.board import Sees, minutes, on_board, sees
from chat.rules.conversation import step
from chat.rules.duty import Duty
from chat.rules.events import Claimed, ReplyPosted, Started
from chat.rules.roles import Role
from chat.rules.state import Conversation

NOW = 1_700_000_000_000


@pytest.mark.parametrize(
    ("roles", "seen"),
    [
        ((Role.COUNSELLOR,), Sees(conversations=False, heavy=False)),
        ((Role.SUPERVISOR,), Sees(conversations=True, heavy=True)),
        ((Role.MANAGER,), Sees(conversations=True, heavy=False)),
        ((Role.COUNSELLOR, Role.MANAGER), Sees(conversations=True, heavy=False)),
        ((Role.OPERATOR,), None),
        ((), None),
    ],
)
def test_who_sees_what(roles: tuple[Role, ...], seen: Sees | None):
    assert sees(Duty(bytes(16), "Anna", roles)) == seen


def after(state: Conversation | None, *events: object) -> Conversation:
    for event in events:
        state = step(state, event).state
    assert state is not None
    return state


def test_a_conversation_is_on_the_board_while_a_counsellor_has_it():
    waiting = after(None, Started("nl", 1, NOW))
    matched = after(waiting, Claimed(b"a" * 16, b"d" * 16, 1, NOW + 60_000))
    opened = after(matched, ReplyPosted(1, NOW + 120_000))

    assert on_board(None) is None
    assert on_board(waiting) is None
    shown = [on_board(state) for state in (matched, opened)]
    assert [one and (one.staff, one.language, one.supervisor) for one in shown] == [
        (b"a" * 16, "nl", None)
    ] * 2
    assert [one and minutes(one, NOW + 120_000 + 119_999) for one in shown] == [0, 1]
    assert opened.phase is Phase.OPEN
