# SPDX-License-Identifier: AGPL-3.0-or-later
from __future__ import annotations

import msgspec
import pytest

from chat.records import Records
from chat.records.content import SHIPPED_LANGUAGES, Held, shipped
from chat.records.refusals import RecordsRefused, Refusal
from chat.rules.content import Choices, Kind, Limits, Malformed, Procedure, QuickReplies, Texts
from chat.rules.crisis_lines import CrisisLines
from tests.records.support import NOW

pytestmark = pytest.mark.anyio

TOPICS = ["greeting", "confidentiality", "danger", "suicide", "ending", "abusive"]


async def test_until_somebody_sets_it_ours_holds(records: Records) -> None:
    found = await records.content.all()

    assert found == {kind: Held(kind, 0, value) for kind, value in shipped().items()}
    assert await records.content.find(Kind.LIMITS) == Held(Kind.LIMITS, 0, Limits())
    assert set((await records.content.numbers()).values()) == {0}


async def test_what_is_set_holds_and_what_was_can_be_read(records: Records) -> None:
    first = await records.content.put(Kind.LIMITS, Limits(cap=2), version=0, by=None, now=NOW)
    await records.content.put(Kind.LIMITS, Limits(cap=4), version=1, by=None, now=NOW)

    assert await records.content.find(Kind.LIMITS) == Held(Kind.LIMITS, 2, Limits(cap=4))
    assert (await records.content.all())[Kind.LIMITS].version == 2
    assert await records.content.earlier(Kind.LIMITS, 1) == first
    assert await records.content.earlier(Kind.LIMITS, 0) == Held(Kind.LIMITS, 0, Limits())
    assert [one.version for one in await records.content.versions(Kind.LIMITS)] == [2, 1]
    with pytest.raises(RecordsRefused) as refused:
        await records.content.put(Kind.LIMITS, Limits(), version=1, by=None, now=NOW)
    assert refused.value.refusal is Refusal.STALE


async def test_a_value_of_another_version_of_the_program_gives_way_to_ours(records: Records) -> None:
    await records.settings.put(Kind.LIMITS.value, '{"cap": "many"}', version=0, by=None, now=NOW)

    assert await records.content.find(Kind.LIMITS) == Held(Kind.LIMITS, 1, Limits())
    with pytest.raises(RecordsRefused) as refused:
        await records.content.earlier(Kind.LIMITS, 1)
    assert refused.value.refusal is Refusal.NOT_FOUND
    await records.content.put(Kind.LIMITS, Limits(cap=1), version=1, by=None, now=NOW)


async def test_a_value_over_its_limit_is_not_kept(records: Records) -> None:
    reply = {"id": "a", "name": "a", "text": "x" * 1000}
    large = msgspec.convert(
        {"languages": {name: [reply | {"id": f"a{n}"} for n in range(40)] for name in ("en", "nl")}},
        QuickReplies,
    )

    with pytest.raises(Malformed):
        await records.content.put(Kind.QUICK_REPLIES, large, version=0, by=None, now=NOW)
    assert await records.content.find(Kind.QUICK_REPLIES) == Held(
        Kind.QUICK_REPLIES, 0, shipped()[Kind.QUICK_REPLIES]
    )


def test_every_language_has_every_quick_reply_in_one_order() -> None:
    replies = shipped()[Kind.QUICK_REPLIES]
    assert isinstance(replies, QuickReplies)

    assert tuple(replies.languages) == SHIPPED_LANGUAGES
    assert [[one.id for one in each] for each in replies.languages.values()] == [TOPICS] * 4
    texts = [one.text for each in replies.languages.values() for one in each]
    assert len(set(texts)) == len(texts)
    assert not [text for text in texts if "!" in text or "http" in text or "www." in text]


def test_choices_are_named_in_every_language() -> None:
    choices = shipped()[Kind.CHOICES]
    assert isinstance(choices, Choices)

    groups = [choices.matters, choices.risks, choices.outcomes, choices.referrals]
    assert all(tuple(choice.labels) == SHIPPED_LANGUAGES for group in groups for choice in group)


def test_the_procedure_is_a_draft_that_says_so_and_what_the_software_does_not_do() -> None:
    procedure = shipped()[Kind.PROCEDURE]
    assert isinstance(procedure, Procedure)

    assert procedure.draft
    assert tuple(procedure.languages) == SHIPPED_LANGUAGES
    assert len({len(card.checklist) for card in procedure.languages.values()}) == 1
    english = procedure.languages["en"].text
    assert english.startswith("This is a draft")
    assert "passes nothing on by itself" in english


def test_no_confidentiality_text_is_approved_by_us() -> None:
    texts = shipped()[Kind.TEXTS]
    assert isinstance(texts, Texts)

    assert all(words.boundary and words.welcome for words in texts.languages.values())
    assert not any(words.approved or words.confidentiality for words in texts.languages.values())


def test_no_crisis_line_is_confirmed_by_us_and_each_has_its_source() -> None:
    lines = shipped()[Kind.LINES]
    assert isinstance(lines, CrisisLines)

    assert all(line.source and line.confirmed_by is None and line.checked_on is None for line in lines.lines)
    assert {line.country for line in lines.lines} >= {"EU", "BE", "NL", "FR", "DE", "LU"}
