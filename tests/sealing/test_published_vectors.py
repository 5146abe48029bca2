# SPDX-License-Identifier: AGPL-3.0-or-later
"""Published vectors, as `cryptography_vectors` holds them: what we build on does what its standard says."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import cryptography_vectors
import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from chat.sealing import handshake, offer
from chat.sealing.certificate import verify_signature
from chat.sealing.labels import hkdf, label
from tests.sealing import reference_hpke as reference
from tests.vectors.make_handshake import make_offer
from tests.vectors.people import some

FOLDER = Path(cryptography_vectors.__file__).parent


def nist(path: str) -> list[dict[str, str]]:
    """Blocks of `NAME = value`, each begun by its count; a bare word (FAIL) is a name with an empty value."""
    found: list[dict[str, str]] = []
    for line in (FOLDER / path).read_text().splitlines():
        name, _, value = (part.strip() for part in line.partition("="))
        if name.lower() == "count":
            found.append({})
        elif found and name and not name.startswith(("#", "[")):
            found[-1][name.lower()] = value
    assert found
    return found


def raw(text: str) -> bytes:
    return bytes.fromhex(text)


def hpke(name: str, kem: int) -> list[dict[str, str]]:
    cases = json.loads((FOLDER / "HPKE" / name).read_text())
    found = [c for c in cases if (c["mode"], c["kem_id"], c["kdf_id"]) == (0, kem, reference.HKDF_SHA256)]
    assert found
    return found


@pytest.mark.parametrize(
    ("file", "kem"),
    [
        ("test-vectors.json", reference.X25519_KEM),
        ("hpke-pq-test-vectors.json", reference.XWING_KEM),
    ],
)
def test_hpke_key_schedule_and_ciphertexts(file: str, kem: int):
    for case in hpke(file, kem):
        shared = reference.decapsulate(kem, raw(case["enc"]), raw(case["skRm"]))
        found = reference.schedule(kem, case["aead_id"], shared, raw(case["info"]))

        assert shared == raw(case["shared_secret"])
        assert found.exporter_secret == raw(case["exporter_secret"])
        if case["aead_id"] in reference.KEY_BYTES:
            assert (found.key, found.base_nonce) == (raw(case["key"]), raw(case["base_nonce"]))
            for n, one in enumerate(case["encryptions"][:4]):
                assert found.open(n, raw(one["aad"]), raw(one["ct"])) == raw(one["pt"])


def test_xwing_pair_from_its_seed_is_the_drafts():
    for case in json.loads((FOLDER / "HPKE" / "hpke-pq-test-vectors.json").read_text()):
        if case["kem_id"] == reference.XWING_KEM:
            assert handshake.key_pair(raw(case["skRm"])).pk == raw(case["pkRm"])


def test_the_library_seals_what_the_written_out_hpke_opens():
    seed = some("offer seed", 32)
    parsed = offer.parse(make_offer())
    own = handshake.key_pair(some("hello seed", 32))
    m1 = handshake.make_hello(parsed, some("s_h", 32), own.pk)
    m2 = handshake.make_reply(parsed, m1, own.pk, some("s_c", 32))

    hello_info = label("hello") + parsed.oh
    reply_info = label("reply") + parsed.oh + hashlib.sha256(m1).digest()
    assert reference.open_single_shot(seed, hello_info, m1) == some("s_h", 32) + own.pk
    assert reference.open_single_shot(some("hello seed", 32), reply_info, m2) == some("s_c", 32)


def test_mlkem_768():
    for case in nist("asymmetric/MLKEM/kat_MLKEM_768.rsp"):
        key = MLKEM768PrivateKey.from_seed_bytes(raw(case["d"]) + raw(case["z"]))

        assert key.public_key().public_bytes_raw() == raw(case["pk"])
        assert key.decapsulate(raw(case["ct"])) == raw(case["ss"])


def test_x25519():
    for case in nist("asymmetric/X25519/rfc7748.txt"):
        scalar = X25519PrivateKey.from_private_bytes(raw(case["input_scalar"]))
        shared = scalar.exchange(X25519PublicKey.from_public_bytes(raw(case["input_u"])))
        assert shared == raw(case["output_u"])


def test_hkdf_sha256():
    for case in nist("KDF/rfc-5869-HKDF-SHA256.txt"):
        salt, info = raw(case.get("salt", "")), raw(case.get("info", ""))
        okm = hkdf(salt, raw(case["ikm"]), info, int(case["l"]))
        assert okm == raw(case["okm"])


def test_an_empty_salt_is_32_zero_bytes():
    assert hkdf(b"", b"key", b"info", 64) == hkdf(bytes(32), b"key", b"info", 64)


def test_ed25519():
    lines = (FOLDER / "asymmetric" / "Ed25519" / "sign.input").read_text().splitlines()
    for line in lines[::8]:
        _, ed, message, signed = (
            raw(part[:64]) if i == 0 else raw(part) for i, part in enumerate(line.split(":")[:4])
        )
        signature = signed[:64]
        assert verify_signature(ed, signature, message)
        assert not verify_signature(ed, signature, message + b"\0")
        assert not verify_signature(ed, bytes([signature[0] ^ 1]) + signature[1:], message)


def test_ed25519_scalar_must_be_reduced():
    """RFC 8032, 5.1.7: S + L would be a second signature over the same message."""
    order = 2**252 + 27742317777372353535851937790883648493
    line = (FOLDER / "asymmetric" / "Ed25519" / "sign.input").read_text().splitlines()[3]
    ed, message, signed = (raw(part) for part in line.split(":")[1:4])
    again = (int.from_bytes(signed[32:64], "little") + order).to_bytes(32, "little")

    assert verify_signature(ed, signed[:64], message)
    assert not verify_signature(ed, signed[:32] + again, message)


def test_aes_256_gcm():
    good = bad = 0
    for case in nist("ciphers/AES/GCM/gcmDecrypt256.rsp"):
        if len(case["iv"]) != 24 or len(case["tag"]) != 32:
            continue
        cipher, sealed = AESGCM(raw(case["key"])), raw(case["ct"]) + raw(case["tag"])
        if "fail" in case:
            bad += 1
            with pytest.raises(InvalidTag):
                cipher.decrypt(raw(case["iv"]), sealed, raw(case["aad"]))
        else:
            good += 1
            assert cipher.decrypt(raw(case["iv"]), sealed, raw(case["aad"])) == raw(case["pt"])

    assert good > 100
    assert bad > 100
