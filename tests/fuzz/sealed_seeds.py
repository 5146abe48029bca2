# SPDX-License-Identifier: AGPL-3.0-or-later
"""Everything in `chat/sealing` that reads what somebody else wrote, with something good to begin from.

Some of it is read in the open; and some below a good key, where a bent peer could have put anything.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from chat.sealing import (
    alias,
    blob,
    certificate,
    enrolment,
    envelope,
    handshake,
    help_seeker_state,
    offer,
    sealer,
    trust,
)
from chat.sealing.chain import ChainKey
from chat.sealing.help_seeker_seat import HelpSeekerSeat
from chat.sealing.labels import label, sha256
from chat.sealing.offer import Mode, Purpose
from chat.sealing.sealer import Sealer
from chat.sealing.staff_seat import StaffSeat
from tests.sealing.page import TOKEN, Page
from tests.sealing.world import ANNA_ID, Randomness, World
from tests.vectors.people import ANNA, ANNA_CERT, BEN_CERT, CARLA_CERT, MANAGER_CERT, NOW, SID, TRUST, some

PAIR, OTHER_PAIR = handshake.key_pair(some("pair", 32)), handshake.key_pair(some("other pair", 32))
HALF, D, INVITE, INV_ID = some("half", 32), some("d", 32), some("invite", 16), some("inv_id", 16)
CHAIN = ChainKey(3, 5, some("chain", 32))


def _offers() -> list[bytes]:
    return [
        offer.make(
            ANNA.sign,
            purpose=purpose,
            mode=mode,
            slot=slot,
            sid=SID,
            epoch=epoch,
            cert_id=certificate.parse(ANNA_CERT).cert_id,
            pk=PAIR.pk,
        )
        for purpose in Purpose
        for mode, slot, epoch in ((Mode.BROWSER, 0, 1), (Mode.SERVER, 1, 2**32 - 1))
    ]


OFFERS = _offers()
OFFER = offer.parse(OFFERS[0])
PEER_OFFER = offer.parse(OFFERS[-2])
M1 = handshake.make_hello(OFFER, some("s_h", 32), OTHER_PAIR.pk)
M1_PEER = handshake.make_peer_hello(
    PEER_OFFER, some("s_h", 32), OTHER_PAIR.pk, certificate.parse(ANNA_CERT).cert_id, ANNA.sign
)
M2 = handshake.make_reply(OFFER, M1, OTHER_PAIR.pk, some("s_c", 32))
CERTIFICATES = [MANAGER_CERT, ANNA_CERT, BEN_CERT, CARLA_CERT]
INNERS = [
    envelope.Inner(envelope.Kind.READY, 0, 7, b"", bytes(16)),
    envelope.Inner(envelope.Kind.TEXT, 4, 7, bytes(16), b"The weather is mild"),
    envelope.Inner(envelope.Kind.PROPOSE, 5, 7, bytes(16), b"\2" + bytes(32)),
    envelope.Inner(envelope.Kind.ANSWER, 6, 7, bytes(16), b"\3" + bytes(33)),
    envelope.Inner(envelope.Kind.RELAY, 7, 7, bytes(16), b"\1It rains"),
    envelope.Inner(envelope.Kind.ROOM, 8, 7, bytes(16), b"\3"),
    envelope.Inner(envelope.Kind.TYPING, 0, 7),
    envelope.Inner(envelope.Kind.END, 9, 7, bytes(16)),
]


def _states() -> tuple[list[bytes], list[bytes], list[bytes]]:
    """Of a help-seeker's seat, of a staff browser's, of the sealer: from a conversation of a few lines."""
    world = World().open()
    world.write(world.h, "The weather is mild")
    world.settle()
    world.write(world.s, "It rains")
    world.settle()
    page = Page().open()
    page.post(page.form(), "The weather is mild")
    page.say("Good day")
    page.pump()
    h, s = world.h.seat, world.s.seat
    assert isinstance(h, HelpSeekerSeat)
    return (
        [h.snapshot(), h.snapshot_with_keys(), *world.h.blobs[:3]],
        [s.snapshot(), *world.s.blobs[:3]],
        [page.sealer.plain()],
    )


STATES, STAFF_STATES, SEALER_STATES = _states()


def _seal_state(plain: bytes) -> bytes:
    """A sealer's state under its own key, whatever it is."""
    head = b"\1" + sealer.sid_of(TOKEN)
    key = AESGCM(sealer._key(head[1:], TOKEN))
    return head + bytes(12) + key.encrypt(bytes(12), blob.pad_state(plain), head)


def _seal_blob(padded: bytes) -> bytes:
    head = b"\1" + SID + D
    return head + bytes(12) + AESGCM(blob._key(SID, D, HALF)).encrypt(bytes(12), padded, head)


def _seal_plain(plain: bytes) -> bytes:
    """An envelope with a good tag around anything of the right size."""
    head = envelope.Header(0, envelope.Direction.FROM_S, CHAIN.epoch, CHAIN.n).pack()
    size = envelope.PLAIN[len(plain) > envelope.PLAIN[0]]
    whole = plain[:size].ljust(size, b"\0")
    return head + bytes(12) + AESGCM(CHAIN.next()[1]).encrypt(bytes(12), whole, head)


def _open_envelope(data: bytes) -> None:
    inner, after = envelope.open_envelope(CHAIN, 0, envelope.Direction.FROM_S, data)
    assert after.n == CHAIN.n + 1
    assert envelope.unpad(envelope.pad(inner.pack())) == inner  # what was taken in has one form


def _parse_certificate(data: bytes) -> None:
    parsed = certificate.parse(data)
    assert parsed.data == data


def _parse_offer(data: bytes) -> None:
    parsed = offer.parse(data)
    assert parsed.body + parsed.signature == data


def _open_blob(data: bytes) -> None:
    assert _seal_blob(blob.pad_state(blob.open_blob(data, HALF)))[:49] == data[:49]


def _check_offer(data: bytes) -> None:
    offer.check(offer.parse(data), certificate.parse(ANNA_CERT))


def _check_place(data: bytes) -> None:
    chain = certificate.verify_chain(ANNA_CERT, MANAGER_CERT, TRUST, NOW)
    help_seeker_state.check_place(offer.parse(data), chain, SID, 0, Mode.BROWSER)


def _verify_staff(data: bytes) -> None:
    found = certificate.verify_chain(data, MANAGER_CERT, TRUST, NOW)
    assert found.staff.data == data


def _answered(data: bytes) -> None:
    """A hello that can be opened holds a key; whether it is one shows when it is used."""
    _, pk = handshake.open_hello(OFFER, PAIR, data)
    handshake.make_reply(OFFER, data, pk, bytes(32))


def _open_reply(data: bytes) -> None:
    assert len(handshake.open_reply(OFFER, M1, OTHER_PAIR, data)) == 32


def _open_peer_hello(data: bytes) -> None:
    handshake.open_peer_hello(PEER_OFFER, PAIR, data, ANNA_CERT, MANAGER_CERT, TRUST, NOW)


def _trust_text(data: bytes) -> None:
    trust.from_json(data.decode("utf-8", "surrogateescape"))


@dataclass(frozen=True, slots=True)
class Parser:
    """One thing that reads."""

    of: str
    """`module.name` in `chat.sealing`."""
    seeds: Sequence[bytes]
    read: Callable[[bytes], object]
    wrap: Callable[[bytes], bytes] = field(default=lambda data: data)
    """Puts what was mutated where it is read: below a key."""
    slow: bool = False


def _hello_of(inner: bytes) -> bytes:
    return handshake._seal(PAIR.pk, handshake._hello_info(OFFER), inner)


def _peer_hello_of(inner: bytes) -> bytes:
    return handshake._seal(PAIR.pk, handshake._hello_info(PEER_OFFER), inner)


def _random() -> Randomness:
    return Randomness("fuzz")


REQUEST = enrolment.make_request(ANNA.sign, ANNA.ed, INVITE, INV_ID)
BLOBS = [blob.seal_blob(SID, D, HALF, STATES[0], bytes(12))]
SEALED_STATES = [_seal_state(SEALER_STATES[0])]
PROOF = some("s_h", 32) + OTHER_PAIR.pk
SAID = ANNA.sign(label("peer") + PEER_OFFER.oh + sha256(OTHER_PAIR.pk))
SEALED = [envelope.pad(one.pack()) for one in INNERS]
PARSERS = (
    Parser("certificate.parse", CERTIFICATES, _parse_certificate),
    Parser("certificate.verify_chain", [ANNA_CERT, BEN_CERT, CARLA_CERT], _verify_staff),
    Parser(
        "certificate.verify_manager", CERTIFICATES, lambda data: certificate.verify_manager(data, TRUST, NOW)
    ),
    Parser(
        "certificate.verify_signature",
        [ANNA.ed + ANNA.sign(b"x") + b"x"],
        lambda data: certificate.verify_signature(data[:32], data[32:96], data[96:]),
    ),
    Parser("offer.parse", OFFERS, _parse_offer),
    Parser("offer.check", OFFERS, _check_offer),
    Parser("help_seeker_state.check_place", OFFERS, _check_place),
    Parser("envelope.read_header", [_seal_plain(b"")], envelope.read_header),
    Parser("envelope.open_envelope", [_seal_plain(one) for one in SEALED], _open_envelope),
    Parser("envelope.open_envelope", SEALED, _open_envelope, _seal_plain),
    Parser("envelope.unpad", SEALED, lambda data: envelope.unpad(data.ljust(2, b"\0"))),
    Parser("blob.read_head", BLOBS, blob.read_head),
    Parser("blob.open_blob", BLOBS, _open_blob),
    Parser("blob.open_blob", [blob.pad_state(STATES[0])], _open_blob, _seal_blob),
    Parser("blob.unpad_state", [blob.pad_state(STATES[0])], blob.unpad_state),
    Parser("handshake.open_hello", [M1], _answered, slow=True),
    Parser("handshake.open_hello", [PROOF], _answered, _hello_of, slow=True),
    Parser(
        "handshake.open_reply",
        [M2],
        _open_reply,
        slow=True,
    ),
    Parser(
        "handshake.open_peer_hello",
        [M1_PEER],
        _open_peer_hello,
        slow=True,
    ),
    Parser(
        "handshake.open_peer_hello",
        [PROOF + certificate.parse(ANNA_CERT).cert_id + SAID],
        _open_peer_hello,
        _peer_hello_of,
        slow=True,
    ),
    Parser("enrolment.check_request", [REQUEST], lambda data: enrolment.check_request(data, INVITE, INV_ID)),
    Parser("help_seeker_state.decode", STATES, help_seeker_state.decode),
    Parser(
        "help_seeker_seat.HelpSeekerSeat.restore",
        STATES,
        lambda data: HelpSeekerSeat.restore(data, TRUST, _random()).snapshot(),
    ),
    Parser(
        "staff_seat.StaffSeat.restore",
        STAFF_STATES,
        lambda data: StaffSeat.restore(data, ANNA_ID, _random()).snapshot(),
    ),
    Parser("sealer.Sealer.open", SEALED_STATES, lambda data: Sealer.open(data, TOKEN, TRUST, _random())),
    Parser(
        "sealer.Sealer.open",
        SEALER_STATES,
        lambda data: Sealer.open(data, TOKEN, TRUST, _random()).plain(),
        _seal_state,
    ),
    Parser("trust.from_json", [trust.to_json(TRUST).encode()], trust.from_json),
    Parser("trust.from_json", [trust.to_json(TRUST).encode()], _trust_text),
    Parser(
        "alias.is_alias",
        [b"Anna", "Åsa Öberg".encode(), "Ольга".encode()],
        lambda data: alias.is_alias(data.decode("utf-8", "surrogateescape")),
    ),
)
