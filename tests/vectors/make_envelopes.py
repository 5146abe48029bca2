# SPDX-License-Identifier: AGPL-3.0-or-later
"""Ratchet, envelopes, sizes and blobs of our vectors."""

from __future__ import annotations

from dataclasses import replace

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from chat.sealing import blob, chain, envelope
from chat.sealing.errors import SealingError
from tests.vectors.people import SID, flip, outcome, some
from tests.vectors.read import Case, case


def ratchets() -> list[Case]:
    found = []
    for name in ("a", "b"):
        standing, keys = chain.ChainKey(1, 0, some("ck " + name, 32)), []
        first = standing.ck
        for _ in range(3):
            standing, mk = standing.next()
            keys.append(mk)
        found.append(case("ratchet", name, ck=first, mk0=keys[0], mk1=keys[1], mk2=keys[2], ck3=standing.ck))
    return found


CK = chain.ChainKey(7, 3, some("envelope ck", 32))
TO_S = envelope.Direction.FROM_H


def inner(kind: envelope.Kind, content: bytes, seq: int = 5, ack: int = 4) -> envelope.Inner:
    counted = kind in envelope.MUST_ARRIVE
    return envelope.Inner(kind, seq if counted else 0, ack, some("mid", 16) if counted else b"", content)


INNERS: list[tuple[str, envelope.Inner]] = [
    ("ready", inner(envelope.Kind.READY, some("mid", 16))),
    ("ready with nothing taken in", inner(envelope.Kind.READY, bytes(16), ack=0)),
    ("text", inner(envelope.Kind.TEXT, b"The weather is mild.")),
    ("empty text", inner(envelope.Kind.TEXT, b"")),
    ("text with a byte order mark", inner(envelope.Kind.TEXT, "\ufeffThe weather".encode())),
    ("text of 997 bytes", inner(envelope.Kind.TEXT, b"a" * 997)),
    ("text of 998 bytes", inner(envelope.Kind.TEXT, b"a" * 998)),
    ("text of 4069 bytes", inner(envelope.Kind.TEXT, "é".encode() * 2034 + b"a")),
    ("highest numbers", inner(envelope.Kind.TEXT, b"x", seq=0xFFFFFFFF, ack=0xFFFFFFFF)),
    ("typing", inner(envelope.Kind.TYPING, b"")),
    ("ack", inner(envelope.Kind.ACK, b"")),
    ("propose", inner(envelope.Kind.PROPOSE, b"\x02" + some("cert", 32))),
    ("answer", inner(envelope.Kind.ANSWER, b"\x03" + some("cert", 32) + b"\x01")),
    ("summary", inner(envelope.Kind.SUMMARY, b"It rained twice.")),
    ("relay", inner(envelope.Kind.RELAY, b"\x01The sun is out.")),
    ("relay of the help-seeker's own line", inner(envelope.Kind.RELAY, b"\x02The sun is out.")),
    ("room", inner(envelope.Kind.ROOM, b"\x03")),
    ("end", inner(envelope.Kind.END, b"")),
]


def raw(plain: bytes) -> bytes:
    """An envelope around any plaintext: what a peer that breaks the format could send."""
    header = envelope.Header(0, TO_S, CK.epoch, CK.n).pack()
    iv = some("raw iv", 12)
    return header + iv + AESGCM(CK.next()[1]).encrypt(iv, plain, header)


def plain(packed: bytes, size: int = 1024) -> bytes:
    return (len(packed).to_bytes(2, "big") + packed).ljust(size, b"\0")


def open_case(name: str, data: bytes, standing: chain.ChainKey = CK, slot: int = 0) -> Case:
    fields: dict[str, object] = {}
    try:
        got, _ = envelope.open_envelope(standing, slot, TO_S, data)
    except SealingError as refused:
        expect = type(refused).__name__.lower()
    else:
        expect = "ok"
        fields = {"kind": got.kind, "seq": got.seq, "ack": got.ack, "mid": got.mid, "content": got.content}
    return case(
        "open",
        name,
        ck=standing.ck,
        slot=slot,
        dir=int(TO_S),
        epoch=standing.epoch,
        n=standing.n,
        envelope=data,
        expect=expect,
        **fields,
    )


def envelopes() -> list[Case]:
    found = []
    for name, what in INNERS:
        for direction in envelope.Direction:
            iv = some(f"iv {name} {direction}", 12)
            sealed, _ = envelope.seal(CK, 1 - direction, direction, what, iv)
            found.append(
                case(
                    "seal",
                    f"{name}, direction {int(direction)}",
                    ck=CK.ck,
                    slot=1 - int(direction),
                    dir=int(direction),
                    epoch=CK.epoch,
                    n=CK.n,
                    iv=iv,
                    kind=int(what.kind),
                    seq=what.seq,
                    ack=what.ack,
                    mid=what.mid,
                    content=what.content,
                    envelope=sealed,
                )
            )
    text = inner(envelope.Kind.TEXT, b"The weather is mild.")
    good, after = envelope.seal(CK, 0, TO_S, text, some("good iv", 12))
    packed = text.pack()
    found.append(open_case("good", good))
    found += [open_case(f"byte {i} flipped", flip(good, i)) for i in (*range(24), 500, 1046, 1047, 1062)]
    found += [
        open_case("empty", b""),
        open_case("one byte short", good[:-1]),
        open_case("one byte more", good + b"\0"),
        open_case("version 2", b"\x02" + good[1:]),
        open_case("reflected", envelope.seal(CK, 0, envelope.Direction.FROM_S, text, some("r", 12))[0]),
        open_case("other slot", good, slot=1),
        open_case("earlier epoch", good, replace(CK, epoch=8)),
        open_case("later epoch", good, replace(CK, epoch=6)),
        open_case("taken in already", good, after),
        open_case("n skipped", envelope.seal(after, 0, TO_S, text, some("s", 12))[0]),
        open_case("other key", good, replace(CK, ck=some("other ck", 32))),
        open_case("good in the larger size", raw(plain(packed, 4096))),
        open_case("padding not zero at the end", raw(plain(packed)[:-1] + b"\1")),
        open_case(
            "padding not zero at its beginning",
            raw(plain(packed)[: len(packed) + 2] + b"\1" + bytes(1021 - len(packed))),
        ),
        open_case("length past the end", raw(b"\x03\xff" + bytes(1022))),
        open_case("length zero", raw(bytes(1024))),
        open_case("length shorter than the fixed fields", raw(plain(b"\1" * 8))),
        open_case("kind 10", raw(plain(b"\x0a" + packed[1:]))),
        open_case("text without seq", raw(plain(b"\x01" + bytes(8) + packed[9:]))),
        open_case("ack with seq", raw(plain(b"\x03" + packed[1:25]))),
        open_case("text cut inside its mid", raw(plain(packed[:20]))),
        open_case("text that is not UTF-8", raw(plain(packed + b"\xff"))),
        open_case("text with a surrogate", raw(plain(packed + b"\xed\xa0\x80"))),
        open_case("ready without mid", raw(plain(bytes(9)))),
        open_case("ready with more", raw(plain(bytes(26)))),
        open_case("ack with content", raw(plain(b"\x03" + bytes(9)))),
        open_case("end with content", raw(plain(b"\x09" + packed[1:]))),
        open_case("propose of purpose 1", raw(plain(b"\x04" + packed[1:25] + b"\x01" + bytes(32)))),
        open_case("propose cut short", raw(plain(b"\x04" + packed[1:25] + b"\x02" + bytes(31)))),
        open_case("answer 2", raw(plain(b"\x05" + packed[1:25] + b"\x02" + bytes(32) + b"\x02"))),
        open_case("relay of slot 3", raw(plain(b"\x07" + packed[1:25] + b"\x03hello"))),
        open_case("relay of nothing", raw(plain(b"\x07" + packed[1:25]))),
        open_case("room with unknown bits", raw(plain(b"\x08" + packed[1:25] + b"\x04"))),
    ]
    return found


def sizes() -> list[Case]:
    found = []
    for kind, lengths in (
        (envelope.Kind.TEXT, (0, 1, 996, 997, 998, 4068, 4069, 4070)),
        (envelope.Kind.SUMMARY, (997, 998, 4069, 4070)),
        (envelope.Kind.READY, (16,)),
        (envelope.Kind.ACK, (0,)),
        (envelope.Kind.TYPING, (0,)),
    ):
        for length in lengths:
            what = inner(kind, b"a" * length)
            try:
                result: dict[str, object] = {"size": len(envelope.seal(CK, 0, TO_S, what, bytes(12))[0])}
            except SealingError as refused:
                result = {"expect": str(refused.code)}
            found.append(
                case("size", f"{kind.name.lower()} of {length}", kind=int(kind), content=length, **result)
            )
    return found


def blobs() -> list[Case]:
    d, half, found = some("d", 32), some("half", 32), []
    for name, length in (("empty", 0), ("small", 100), ("just one step", 16_380), ("just two steps", 16_381)):
        state, iv = some("state " + name, length), some("blob iv " + name, 12)
        ticket = blob.ticket_of(d)
        found.append(
            case(
                "blob",
                name,
                sid=SID,
                d=d,
                half=half,
                iv=iv,
                state=state,
                ticket=ticket,
                ticket_hash=blob.ticket_hash(ticket),
                blob=blob.seal_blob(SID, d, half, state, iv),
            )
        )
    good = blob.seal_blob(SID, d, half, b"state", some("blob iv", 12))
    for name, data, half_ in (
        ("good", good, half),
        ("wrong half", good, some("wrong half", 32)),
        ("d as half", good, d),
        ("d flipped", flip(good, 48), half),
        ("version 2", b"\x02" + good[1:], half),
        ("trailing byte", good + b"\0", half),
        ("head alone", good[:49], half),
    ):
        expect = outcome(lambda b=data, h=half_: blob.open_blob(b, h))
        fields: dict[str, object] = {"state": b"state"} if expect == "ok" else {}
        found.append(case("blob-open", name, blob=data, half=half_, expect=expect, **fields))
    return found
