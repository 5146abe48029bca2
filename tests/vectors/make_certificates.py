# SPDX-License-Identifier: AGPL-3.0-or-later
"""Certificates, aliases, fingerprints and enrolments of our vectors."""

from __future__ import annotations

from dataclasses import replace

from chat.sealing import certificate, enrolment, fingerprint
from chat.sealing.alias import is_alias
from chat.sealing.certificate import DAY
from chat.sealing.trust import Trust
from tests.vectors.people import (
    ANNA,
    ANNA_CERT,
    ANNA_DRAFT,
    BEN,
    BEN_CERT,
    CARLA_CERT,
    MANAGER,
    MANAGER_CERT,
    MANAGER_DRAFT,
    NOW,
    OTHER_ROOT,
    ROOT,
    TRUST,
    Key,
    flip,
    outcome,
    some,
)
from tests.vectors.read import Case, case


def certificate_case(
    name: str, staff: bytes, manager: bytes = MANAGER_CERT, trust: Trust = TRUST, now: int = NOW
) -> Case:
    expect = outcome(lambda: certificate.verify_chain(staff, manager, trust, now))
    made = case(
        "certificate",
        name,
        staff=staff,
        manager=manager,
        root=list(trust.roots),
        revoked=sorted(trust.revoked),
        built=trust.built,
        now=now,
        expect=expect,
    )
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
        certificate_case(
            "good at the longest lifetimes",
            replace(by_long, not_after=long_staff.not_after).make(),
            long_manager.make(),
        ),
        certificate_case("slow clock", ANNA_CERT, now=1_000_000),
        certificate_case("last second of the grace", ANNA_CERT, now=end + 7 * DAY),
        certificate_case("one second past the grace", ANNA_CERT, now=end + 7 * DAY + 1),
        certificate_case("8 days past", ANNA_CERT, now=end + 8 * DAY),
        certificate_case("bundle built past the grace", ANNA_CERT, trust=replace(TRUST, built=end + 8 * DAY)),
        certificate_case(
            "bundle built past the grace of the manager",
            ANNA_CERT,
            trust=replace(TRUST, built=m_end + 8 * DAY),
        ),
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
        certificate_case(
            "signed by the other root", ANNA_CERT, replace(MANAGER_DRAFT, signer=OTHER_ROOT).make()
        ),
        certificate_case("other manager named", replace(ANNA_DRAFT, issuer=some("issuer", 32)).make()),
        certificate_case("signed by itself", replace(ANNA_DRAFT, signer=ANNA).make()),
        certificate_case("signed without label", parsed.body + MANAGER.sign(parsed.body)),
        certificate_case("revoked staff", ANNA_CERT, trust=revoked_staff),
        certificate_case("revoked manager", ANNA_CERT, trust=revoked_manager),
        certificate_case(
            "staff for a second too long", replace(long_staff, not_after=long_staff.not_after + 1).make()
        ),
        certificate_case("manager for a second too long", by_too_long.make(), too_long.make()),
        certificate_case("ends before it begins", replace(ANNA_DRAFT, issued=NOW, not_after=NOW - 1).make()),
    ]
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
        "A",
        "Anna",
        "Anna Maria",
        "A" * 48,
        "Zoë",
        "Łukasz",
        "Олена",
        "Ελένη",
        "Արամ",
        "דנה",
        "ليلى",
        "ნინო",
        "花子",
        "はなこ",
        "민준",
        "",
        " ",
        " Anna",
        "Anna ",
        "An  na",
        "Anna\tB",
        "Anna-Maria",
        "Anna1",
        "\u0410nna",
        "Zoe\u0308",
        "A" * 49,
        "Ж" * 24,
        "Ж" * 25,
        "O'Neil",
        "Anna\u200b",
        "\u202eAnna",
        "\uff21nna",
        "\u01c3Anna",
        "\u00d7",
        "\u00f7",
    ]
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
        expect = outcome(lambda r=request, i=inv, d=id_: enrolment.check_request(r, i, d))
        fields = {"ed": request[:32]} if expect == "ok" else {}
        found.append(
            case("enrolment", name, request=request, invite=inv, inv_id=id_, expect=expect, **fields)
        )
    return found
