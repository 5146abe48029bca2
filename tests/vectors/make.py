# SPDX-License-Identifier: AGPL-3.0-or-later
"""Writes our vectors: `python -m tests.vectors.make`. Everything is derived from names, but for HPKE's
own randomness (`handshake.txt`), which is why that file is only written when it is missing."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from chat.sealing import blob, certificate, chain, enrolment, envelope, fingerprint, handshake, offer
from chat.sealing.alias import is_alias
from chat.sealing.certificate import DAY, Role
from chat.sealing.errors import SealingError
from chat.sealing.labels import sha256
from chat.sealing.trust import Trust
from tests.vectors.read import FOLDER, Case, case, write

NOW = 1_800_000_000


def some(name: str, length: int) -> bytes:
    """Bytes that look random and are the same every time."""
    return hashlib.shake_256(b"vector " + name.encode()).digest(length)


@dataclass(frozen=True)
class Key:
    private: Ed25519PrivateKey
    ed: bytes

    def sign(self, message: bytes) -> bytes:
        return self.private.sign(message)


def key(name: str) -> Key:
    private = Ed25519PrivateKey.from_private_bytes(some(name, 32))
    return Key(private, private.public_key().public_bytes_raw())


ROOT, OTHER_ROOT, MANAGER, ANNA, BEN, CARLA = map(
    key, ("root", "other root", "manager", "anna", "ben", "carla")
)
TRUST = Trust((OTHER_ROOT.ed, ROOT.ed), frozenset(), NOW - 30 * DAY, demo=False)


@dataclass(frozen=True)
class Draft:
    """A certificate to be; `replace` one field to spoil it."""

    signer: Key
    role: Role
    id: bytes
    ed: bytes
    issuer: bytes
    issued: int
    not_after: int
    alias: str

    def make(self) -> bytes:
        fields = {name: value for name, value in vars(self).items() if name != "signer"}
        return certificate.certify(self.signer.sign, **fields)


MANAGER_DRAFT = Draft(
    ROOT,
    Role.MANAGER,
    some("manager id", 16),
    MANAGER.ed,
    sha256(ROOT.ed),
    NOW - DAY,
    NOW + 399 * DAY,
    "Maria",
)
MANAGER_CERT = MANAGER_DRAFT.make()
MANAGER_ID = certificate.parse(MANAGER_CERT).cert_id


def staff_draft(who: Key, role: Role, alias: str) -> Draft:
    return Draft(MANAGER, role, some(alias + " id", 16), who.ed, MANAGER_ID, NOW - DAY, NOW + 29 * DAY, alias)


ANNA_DRAFT = staff_draft(ANNA, Role.COUNSELLOR, "Anna")
ANNA_CERT = ANNA_DRAFT.make()
BEN_CERT = staff_draft(BEN, Role.COUNSELLOR, "Ben").make()
CARLA_CERT = staff_draft(CARLA, Role.SUPERVISOR, "Carla").make()
SID = some("sid", 16)


def outcome(call: Callable[[], object]) -> str:
    try:
        call()
    except SealingError as refused:
        return str(refused.code)
    return "ok"


def certificate_case(
    name: str, staff: bytes, manager: bytes = MANAGER_CERT, trust: Trust = TRUST, now: int = NOW
) -> Case:
    expect = outcome(lambda: certificate.verify_chain(staff, manager, trust, now))
    made = case(
        "certificate", name, staff=staff, manager=manager, root=list(trust.roots),
        revoked=sorted(trust.revoked), built=trust.built, now=now, expect=expect,
    )  # fmt: skip
    if expect == "ok":
        chain_ = certificate.verify_chain(staff, manager, trust, now)
        ids = case(
            "", "", cert_id=chain_.staff.cert_id, manager_id=chain_.manager.cert_id, text=chain_.staff.alias
        )
        made.fields |= ids.fields
    return made


def resigned(body: bytes, by: Key) -> bytes:
    return body + by.sign(b"kentering/1 certificate\0" + body)


def certificates() -> list[Case]:
    parsed, above = certificate.parse(ANNA_CERT), certificate.parse(MANAGER_CERT)
    end, m_end = parsed.not_after, above.not_after
    revoked_staff = replace(TRUST, revoked=frozenset({parsed.cert_id}))
    revoked_manager = replace(TRUST, revoked=frozenset({above.cert_id, some("another", 32)}))
    long_staff = replace(ANNA_DRAFT, not_after=ANNA_DRAFT.issued + 90 * DAY)
    long_manager = replace(MANAGER_DRAFT, not_after=MANAGER_DRAFT.issued + 800 * DAY)
    by_long = replace(ANNA_DRAFT, issuer=certificate.parse(long_manager.make()).cert_id)
    too_long = replace(MANAGER_DRAFT, not_after=MANAGER_DRAFT.issued + 800 * DAY + 1)
    by_too_long = replace(ANNA_DRAFT, issuer=certificate.parse(too_long.make()).cert_id)
    under_staff = replace(ANNA_DRAFT, signer=BEN, issuer=certificate.parse(BEN_CERT).cert_id)
    flat = resigned(parsed.body[:1] + b"\x01" + parsed.body[2:], MANAGER)
    found = [
        certificate_case("good counsellor", ANNA_CERT),
        certificate_case("good supervisor", CARLA_CERT),
        certificate_case("good with a name of another script", replace(ANNA_DRAFT, alias="Олена").make()),
        certificate_case("good at the longest lifetimes", replace(by_long, not_after=long_staff.not_after).make(), long_manager.make()),
        certificate_case("slow clock", ANNA_CERT, now=1_000_000),
        certificate_case("last second of the grace", ANNA_CERT, now=end + 7 * DAY),
        certificate_case("one second past the grace", ANNA_CERT, now=end + 7 * DAY + 1),
        certificate_case("8 days past", ANNA_CERT, now=end + 8 * DAY),
        certificate_case("bundle built past the grace", ANNA_CERT, trust=replace(TRUST, built=end + 8 * DAY)),
        certificate_case("bundle built past the grace of the manager", ANNA_CERT, trust=replace(TRUST, built=m_end + 8 * DAY)),
        certificate_case("empty staff", b""),
        certificate_case("trailing byte", ANNA_CERT + b"\0"),
        certificate_case("trailing byte of the manager", ANNA_CERT, MANAGER_CERT + b"\0"),
        certificate_case("cut short", ANNA_CERT[:-1]),
        certificate_case("cut before the alias", ANNA_CERT[:90]),
        certificate_case("version 2", b"\x02" + ANNA_CERT[1:]),
        certificate_case("role 0", resigned(parsed.body[:1] + b"\0" + parsed.body[2:], MANAGER)),
        certificate_case("role 4", resigned(parsed.body[:1] + b"\x04" + parsed.body[2:], MANAGER)),
        certificate_case("roles swapped", MANAGER_CERT, ANNA_CERT),
        certificate_case("staff as manager", under_staff.make(), BEN_CERT),
        certificate_case("manager as staff", flat),
        certificate_case("manager under both", MANAGER_CERT, MANAGER_CERT),
        certificate_case("other root", ANNA_CERT, trust=replace(TRUST, roots=(OTHER_ROOT.ed,))),
        certificate_case("no roots", ANNA_CERT, trust=replace(TRUST, roots=())),
        certificate_case("signed by the other root", ANNA_CERT, replace(MANAGER_DRAFT, signer=OTHER_ROOT).make()),
        certificate_case("other manager named", replace(ANNA_DRAFT, issuer=some("issuer", 32)).make()),
        certificate_case("signed by itself", replace(ANNA_DRAFT, signer=ANNA).make()),
        certificate_case("signed without label", parsed.body + MANAGER.sign(parsed.body)),
        certificate_case("revoked staff", ANNA_CERT, trust=revoked_staff),
        certificate_case("revoked manager", ANNA_CERT, trust=revoked_manager),
        certificate_case("staff for a second too long", replace(long_staff, not_after=long_staff.not_after + 1).make()),
        certificate_case("manager for a second too long", by_too_long.make(), too_long.make()),
        certificate_case("ends before it begins", replace(ANNA_DRAFT, issued=NOW, not_after=NOW - 1).make()),
    ]  # fmt: skip
    names = [
        b"Anna ",
        b" Anna",
        b"An  na",
        b"Anna1",
        b"An\xd0\xbda",
        b"Anna\xcc\x81",
        b"An\xffna",
        b"",
        b"A" * 49,
    ]
    for name in names:
        body = parsed.body[:90] + bytes([len(name)]) + name
        found.append(certificate_case(f"alias {name.hex() or 'empty'}", resigned(body, MANAGER)))
    return found


def aliases() -> list[Case]:
    names = [
        "A", "Anna", "Anna Maria", "A" * 48, "Zoë", "Łukasz", "Олена", "Ελένη", "Արամ", "דנה", "ليلى", "ნინო",
        "花子", "はなこ", "민준", "", " ", " Anna", "Anna ", "An  na", "Anna\tB", "Anna-Maria", "Anna1", "Аnna",
        "Zoe\u0308", "A" * 49, "Ж" * 24, "Ж" * 25, "O'Neil", "Anna\u200b", "\u202eAnna", "Ａnna", "ǃAnna", "×", "÷",
    ]  # fmt: skip
    return [
        case("alias", f"{i}", text=name, expect="ok" if is_alias(name) else "bad_alias")
        for i, name in enumerate(names)
    ]


def fingerprints() -> list[Case]:
    return [
        case("fingerprint", name, root=root, fingerprint=fingerprint.root_fingerprint(root))
        for name, root in (("root", ROOT.ed), ("other root", OTHER_ROOT.ed), ("zeros", bytes(32)))
    ]


def enrolments() -> list[Case]:
    invite, inv_id = some("invite", 16), some("inv_id", 16)
    good = enrolment.make_request(ANNA.sign, ANNA.ed, invite, inv_id)
    swapped = BEN.ed + good[32:64] + BEN.sign(b"kentering/1 enrol\0" + inv_id + BEN.ed)
    unproven = enrolment.make_request(BEN.sign, ANNA.ed, invite, inv_id)
    tries = [
        ("good", good, invite, inv_id),
        ("key swapped by the server", swapped, invite, inv_id),
        ("wrong invite", good, some("wrong", 16), inv_id),
        ("other invitation's id", good, invite, some("wrong id", 16)),
        ("signed by another key", unproven, invite, inv_id),
        ("trailing byte", good + b"\0", invite, inv_id),
        ("cut short", good[:-1], invite, inv_id),
    ]
    tries += [(f"byte {i} flipped", flip(good, i), invite, inv_id) for i in (0, 31, 32, 63, 64, 127)]
    found = []
    for name, request, inv, id_ in tries:
        expect = outcome(lambda r=request, i=inv, d=id_: enrolment.check_request(r, i, d))  # type: ignore[misc]
        fields = {"ed": request[:32]} if expect == "ok" else {}
        found.append(
            case("enrolment", name, request=request, invite=inv, inv_id=id_, expect=expect, **fields)
        )
    return found


def flip(data: bytes, at: int, bit: int = 1) -> bytes:
    return data[:at] + bytes([data[at] ^ bit]) + data[at + 1 :]


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
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # noqa: PLC0415 - here alone

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
        "open", name, ck=standing.ck, slot=slot, dir=int(TO_S), epoch=standing.epoch, n=standing.n, envelope=data,
        expect=expect, **fields,
    )  # fmt: skip


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
                )  # fmt: skip
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
        open_case("padding not zero at its beginning", raw(plain(packed)[: len(packed) + 2] + b"\1" + bytes(1021 - len(packed)))),
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
    ]  # fmt: skip
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
            )  # fmt: skip
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
        expect = outcome(lambda b=data, h=half_: blob.open_blob(b, h))  # type: ignore[misc]
        fields: dict[str, object] = {"state": b"state"} if expect == "ok" else {}
        found.append(case("blob-open", name, blob=data, half=half_, expect=expect, **fields))
    return found


def main() -> None:
    from tests.vectors.make_handshake import handshakes, offers  # noqa: PLC0415 - it builds on this module

    write("certificates.txt", "Chains of certificates, good and bad.", certificates())
    write("aliases.txt", "Names a certificate may carry, and names it may not.", aliases())
    write("fingerprints.txt", "Fingerprints of roots.", fingerprints())
    write("enrolment.txt", "Enrolment requests.", enrolments())
    write("offers.txt", "Offers, as a waiting help-seeker's browser answers them.", offers())
    write("ratchet.txt", "Steps of the ratchet.", ratchets())
    write("envelopes.txt", "Envelopes, sealed and opened.", envelopes())
    write("sizes.txt", "Sizes of envelopes.", sizes())
    write("blobs.txt", "Blobs for a reload.", blobs())
    if not (FOLDER / "handshake.txt").exists():
        write("handshake.txt", "Handshakes, to be opened with the receivers' seeds.", handshakes())


if __name__ == "__main__":
    main()
