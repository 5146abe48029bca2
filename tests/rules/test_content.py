# SPDX-License-Identifier: AGPL-3.0-or-later
from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chat.rules.content import (
    MAX_VALUE,
    TYPES,
    Kind,
    Limits,
    Malformed,
    OwnWords,
    QuickReplies,
    from_builtins,
    from_text,
    to_text,
)

NAMES = st.sampled_from(["languages", "nl", "en", "weekly", "exceptions", "lines", "id", "text", "cap", "x"])
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=12,
)


def test_a_refusal_says_nothing_of_what_was_sent():
    with pytest.raises(Malformed) as refused:
        from_builtins(Kind.LIMITS, {"zone": "canary canary"})

    assert refused.value.args == ()
    assert refused.value.__cause__ is None


def test_every_kind_has_its_type():
    assert set(TYPES) == set(Kind)
    assert len(set(TYPES.values())) == len(TYPES)


@given(st.sampled_from(Kind), JSON)
def test_whatever_is_sent_becomes_a_value_or_is_malformed(kind: Kind, sent: object):
    try:
        value = from_builtins(kind, sent)
    except Malformed:
        return
    assert isinstance(value, TYPES[kind])
    assert from_text(kind, to_text(value)) == value
    assert from_builtins(kind, msgspec.to_builtins(value)) == value


@pytest.mark.parametrize(
    ("kind", "sent"),
    [
        (Kind.LIMITS, {"cap": 11}),
        (Kind.LIMITS, {"waiting": 0}),
        (Kind.LIMITS, {"idle_lock_min": 0}),
        (Kind.LIMITS, {"languages": []}),
        (Kind.LIMITS, {"languages": ["en", "en"]}),
        (Kind.LIMITS, {"zone": "Europe/Brussels\n"}),
        (Kind.LIMITS, {"zone": "../x"}),
        (Kind.LIMITS, {"extra": 1}),
        (Kind.LIMITS, []),
        (Kind.TEXTS, {"languages": {"en": {"about": "x" * 2001}}}),
        (Kind.TEXTS, {"languages": {"en": {"approved": True}}}),
        (Kind.CHOICES, {"matters": [], "risks": [], "outcomes": [], "referrals": []}),
        (Kind.QUICK_REPLIES, {"languages": {"en": [{"id": "A", "name": "a", "text": "a"}]}}),
    ],
)
def test_limits_are_held(kind: Kind, sent: object):
    with pytest.raises(Malformed):
        from_builtins(kind, sent)


def test_a_value_is_as_large_as_one_may_be_and_no_larger():
    def replies(count: int) -> object:
        reply = {"name": "a", "text": "é" * 500}
        return {"languages": {"fr": [reply | {"id": f"a{number}"} for number in range(count)]}}

    most = next(count for count in range(60, 0, -1) if fits(replies(count)))

    assert 0 < MAX_VALUE - len(to_text(from_builtins(Kind.QUICK_REPLIES, replies(most))).encode()) < 1100
    with pytest.raises(Malformed):
        from_builtins(Kind.QUICK_REPLIES, replies(most + 1))


def fits(value: object) -> bool:
    try:
        return isinstance(from_builtins(Kind.QUICK_REPLIES, value), QuickReplies)
    except Malformed:
        return False


def test_defaults_are_what_the_documents_say():
    assert Limits() == Limits(
        cap=3,
        waiting=100,
        idle_lock_min=10,
        pause_min=10,
        zone="Europe/Brussels",
        languages=["en", "nl", "fr", "de", "ar"],
    )
    assert not OwnWords().approved
