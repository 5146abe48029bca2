# SPDX-License-Identifier: AGPL-3.0-or-later
"""Without script: what a copy of everything, taken in the middle of a conversation, is worth."""

from __future__ import annotations

import contextlib
from pathlib import Path

from chat.sealing.errors import SealingError
from chat.sealing.sealer import TOKEN, Sealer
from tests.privacy.scan import found, places
from tests.support.plain import Plain, PlainStream
from tests.support.sealed import Organisation, beside
from tests.support.service import running

OWN, THEIRS, KEPT = "The weather is mild over there", "Good day to you, it rains here", "Kept while waiting"
CONTROL = b"planted-control-7f3a"


def test_a_copy_taken_in_the_middle_holds_no_text_and_no_key_that_opens_it(tmp_path: Path) -> None:
    organisation = Organisation()
    organisation.install(tmp_path / "data")
    with running(tmp_path) as service, beside() as other:
        desk = other.counsellor(service)
        person = Plain.start(service)
        person.say(KEPT)
        stream = PlainStream(person, pictures=False)
        stream.shows(KEPT)
        needles = {text: text.encode() for text in (OWN, THEIRS, KEPT)}
        needles |= {"token": person.token, "cookie": person.cookie.partition("=")[2].encode()}
        waiting = found(service, needles)
        counsellor = other.take_next(desk, organisation.counsellor("Anna"))
        stream.shows("You are talking with Anna")
        person.say(OWN)
        other.do(counsellor.say(THEIRS))
        stream.shows(THEIRS)
        with contextlib.closing(service.look()) as store:
            store.set(b"k:control", CONTROL)
            sealed = store.hget(b"k:{%b}:sealed" % person.sid.hex().encode(), b"d")
        copied = found(service, {**needles, "control": CONTROL})
        everything = [content for place, content in places(service) if ":sealed" not in place]

        assert waiting == set()
        assert {needle for needle, _ in copied} == {"control"}
        assert Sealer.open(sealed, person.token, organisation.trust, bytes).star.lines() != []
        assert opened_by(sealed, organisation, [*everything, person.token]) == [person.token]
        stream.close()


def opened_by(sealed: bytes, organisation: Organisation, copies: list[bytes]) -> list[bytes]:
    """Every 32 bytes in a row of these copies that open the state."""
    opened = []
    # Files of the records are longer than all the rest, and hold nothing that changes with a conversation.
    for copy in (copy for copy in copies if len(copy) < 20_000):
        for at in range(len(copy) - TOKEN + 1):
            candidate = copy[at : at + TOKEN]
            with contextlib.suppress(SealingError):
                Sealer.open(sealed, candidate, organisation.trust, bytes)
                opened.append(candidate)
    return opened
