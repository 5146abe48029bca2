# SPDX-License-Identifier: AGPL-3.0-or-later
from __future__ import annotations

import stat
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from chat import offline_root
from chat.offline_root import OfflineRootError, Problem
from chat.sealing import certificate
from chat.sealing.certificate import DAY, Role
from chat.sealing.errors import Code, SealingError
from chat.sealing.fingerprint import manager_fingerprint, root_fingerprint
from chat.sealing.trust import Trust

NOW = 1_800_000_000
PASSPHRASE = "the tide turns twice"
ID = bytes(range(16))


def a_request(tmp_path: Path, alias: str = "Maria") -> tuple[Path, bytes]:
    key = Ed25519PrivateKey.generate()
    ed = key.public_key().public_bytes_raw()
    path = tmp_path / "request.txt"
    path.write_text(offline_root.make_request(key.sign, ID, ed, alias), encoding="utf-8")
    return path, ed


def problem_of(call: object, *args: object) -> Problem:
    with pytest.raises(OfflineRootError) as refused:
        call(*args)
    return refused.value.problem


def test_a_root_is_readable_by_its_owner_alone_and_sealed(tmp_path: Path):
    root = offline_root.create(tmp_path / "root", PASSPHRASE)
    key = tmp_path / "root" / "root.pem"

    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert stat.S_IMODE(key.parent.stat().st_mode) == 0o700
    assert key.read_text().startswith("-----BEGIN ENCRYPTED PRIVATE KEY-----")
    assert offline_root.show(tmp_path / "root") == root
    assert str(root).splitlines()[1] == f"fingerprint: {root_fingerprint(root.ed)}"


def test_a_root_is_never_written_over(tmp_path: Path):
    offline_root.create(tmp_path, PASSPHRASE)
    before = (tmp_path / "root.pem").read_bytes()

    assert problem_of(offline_root.create, tmp_path, PASSPHRASE) is Problem.EXISTS
    assert (tmp_path / "root.pem").read_bytes() == before


def test_a_short_passphrase_makes_nothing(tmp_path: Path):
    assert problem_of(offline_root.create, tmp_path / "root", "short") is Problem.SHORT_PASSPHRASE
    assert not (tmp_path / "root").exists()


def test_a_request_is_described_by_what_is_compared_by_voice(tmp_path: Path):
    path, ed = a_request(tmp_path)
    request = offline_root.describe(path)

    assert (request.alias, request.id, request.ed) == ("Maria", ID, ed)
    assert request.fingerprint == manager_fingerprint(ID, ed, "Maria")
    assert str(request) == f"alias: Maria\nfingerprint: {request.fingerprint}"


def test_another_key_or_name_is_another_fingerprint():
    first = manager_fingerprint(ID, bytes(32), "Maria")

    assert manager_fingerprint(ID, bytes(31) + b"\1", "Maria") != first
    assert manager_fingerprint(ID, bytes(32), "Mario") != first
    assert manager_fingerprint(bytes(16), bytes(32), "Maria") != first


def test_a_certified_manager_is_accepted_under_this_root_and_no_other(tmp_path: Path):
    root = offline_root.create(tmp_path / "root", PASSPHRASE)
    path, ed = a_request(tmp_path)
    out = tmp_path / "certificate.txt"
    made = offline_root.certify(tmp_path / "root", path, out, PASSPHRASE, NOW)
    imported = offline_root.read_certificate(out.read_text())
    trust = Trust((root.ed,), frozenset(), NOW, demo=False)

    assert certificate.verify_manager(imported, trust, NOW) == made
    assert (made.role, made.id, made.ed, made.alias) == (Role.MANAGER, ID, ed, "Maria")
    assert made.not_after == NOW + 400 * DAY
    assert root.fingerprint in out.read_text()
    with pytest.raises(SealingError) as refused:
        certificate.verify_manager(imported, Trust((bytes(32),), frozenset(), NOW, demo=False), NOW)
    assert refused.value.code is Code.UNKNOWN_ROOT


def test_line_ends_and_blanks_may_change_on_the_way(tmp_path: Path):
    path, ed = a_request(tmp_path)
    path.write_bytes(b"\r\n  " + path.read_bytes().replace(b"\n", b" \r\n"))

    assert offline_root.describe(path).ed == ed


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda text: text.replace("Maria", "Marie"), Problem.BAD_PROOF),
        (lambda text: text.replace("Maria", "Maria 2"), Problem.BAD_FILE),
        (lambda text: text.replace("request 1", "request 2"), Problem.BAD_FILE),
        (lambda text: text + "more: x\n", Problem.BAD_FILE),
        (lambda text: text.replace("id: ", "id: !"), Problem.BAD_FILE),
        (lambda text: text.replace("id: ", "id: AAAA"), Problem.BAD_FILE),
        (lambda text: text.replace("alias: Maria\n", ""), Problem.BAD_FILE),
        (lambda _: "", Problem.BAD_FILE),
    ],
)
def test_a_changed_request_is_refused(tmp_path: Path, change: object, expected: Problem):
    path, _ = a_request(tmp_path)
    path.write_text(change(path.read_text()))

    assert problem_of(offline_root.describe, path) is expected


def test_a_request_with_another_key_is_refused(tmp_path: Path):
    path, _ = a_request(tmp_path)
    mine = path.read_text().splitlines()
    theirs = a_request(tmp_path)[0].read_text().splitlines()
    path.write_text("\n".join([*mine[:3], theirs[3], mine[4]]))

    assert problem_of(offline_root.describe, path) is Problem.BAD_PROOF


def test_what_can_go_wrong_at_signing(tmp_path: Path):
    root, out = tmp_path / "root", tmp_path / "out.txt"
    offline_root.create(root, PASSPHRASE)
    path, _ = a_request(tmp_path)

    assert problem_of(offline_root.certify, root, path, out, "not this one", NOW) is Problem.WRONG_PASSPHRASE
    assert problem_of(offline_root.certify, tmp_path, path, out, PASSPHRASE, NOW) is Problem.NO_KEY
    assert problem_of(offline_root.certify, root, path, out, PASSPHRASE, NOW, 801) is Problem.BAD_DAYS
    assert problem_of(offline_root.certify, root, path, out, PASSPHRASE, NOW, 0) is Problem.BAD_DAYS
    assert problem_of(offline_root.certify, root, root / "none", out, PASSPHRASE, NOW) is Problem.BAD_FILE
    assert not out.exists()
    out.write_text("kept")
    assert problem_of(offline_root.certify, root, path, out, PASSPHRASE, NOW) is Problem.EXISTS
    assert out.read_text() == "kept"


def test_a_key_that_is_not_sealed_is_not_ours(tmp_path: Path):
    path, _ = a_request(tmp_path)
    key = Ed25519PrivateKey.generate()
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (tmp_path / "root.pem").write_bytes(pem)

    assert problem_of(offline_root.certify, tmp_path, path, tmp_path / "o", PASSPHRASE, NOW) is Problem.NO_KEY


def test_root_txt_is_not_believed_blindly(tmp_path: Path):
    root = offline_root.create(tmp_path, PASSPHRASE)
    other = offline_root.root_of(Ed25519PrivateKey.generate())

    assert (
        problem_of(offline_root.read_root, root.text.replace(root.fingerprint, other.fingerprint))
        is Problem.BAD_FILE
    )


def test_every_problem_has_its_sentence():
    for problem in Problem:
        assert str(OfflineRootError(problem)).endswith(".")
