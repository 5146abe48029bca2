# SPDX-License-Identifier: AGPL-3.0-or-later
"""The offline root: a key on a computer without a network, used about once a year to vouch for managers.

Everything moves in text files that a person can read. A manager's desk writes a *request*:

    Kentering manager request 1
    alias: Maria
    id: <16 random bytes, base64>
    ed: <the desk's Ed25519 public key, 32 bytes, base64>
    signature: <Ed25519(own key, L("manager request") | id | ed | alias), 64 bytes, base64>

Before the root signs, two people compare the request's fingerprint by voice (`describe` here, the
desk there): that is the whole protection of this step. `certify` then writes a *certificate*,
which the desk imports:

    Kentering certificate 1
    alias: Maria
    root: <fingerprint of the root, 6 groups of 5 digits>
    certificate: <the certificate, base64>

The root itself is `root.pem` (PKCS 8, encrypted with a passphrase, readable by its owner alone) and
`root.txt` (the public key, to be pinned in the settings, and its fingerprint, to be printed).
"""

from __future__ import annotations

import base64
import enum
import os
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    load_pem_private_key,
)

from chat.sealing import certificate
from chat.sealing.alias import is_alias
from chat.sealing.certificate import DAY, MANAGER_DAYS, MANAGER_LIMIT, Certificate, Role, Sign
from chat.sealing.fingerprint import manager_fingerprint, root_fingerprint
from chat.sealing.labels import label, sha256

KEY_FILE, PUBLIC_FILE = "root.pem", "root.txt"
SHORTEST_PASSPHRASE = 12
"""Characters; the file's own key derivation does not save a short one."""

_REQUEST = "Kentering manager request 1"
_CERTIFICATE = "Kentering certificate 1"
_ROOT = "Kentering root 1"


class Problem(enum.StrEnum):
    """Why the offline root refused."""

    EXISTS = "exists"
    """There is a key in this folder already; it is never written over."""
    SHORT_PASSPHRASE = "short_passphrase"  # noqa: S105 - a code, not a passphrase
    WRONG_PASSPHRASE = "wrong_passphrase"  # noqa: S105 - a code, not a passphrase
    NO_KEY = "no_key"
    """No key in this folder, or not one of ours."""
    BAD_FILE = "bad_file"
    """Not a file of this kind, or changed on its way."""
    BAD_PROOF = "bad_proof"
    """The request is not signed by the key it brings."""
    BAD_DAYS = "bad_days"
    """Fewer than 1, or more than a manager's certificate may last."""


_SENTENCES = {
    Problem.EXISTS: "This file exists already. It is never written over.",
    Problem.SHORT_PASSPHRASE: f"The passphrase needs at least {SHORTEST_PASSPHRASE} characters.",
    Problem.WRONG_PASSPHRASE: "The passphrase does not open the root key.",
    Problem.NO_KEY: "There is no root key in this folder.",
    Problem.BAD_FILE: "This file is not what was expected, or it was changed on its way.",
    Problem.BAD_PROOF: "The request is not signed by the key it brings.",
    Problem.BAD_DAYS: f"A manager's certificate lasts 1 to {MANAGER_LIMIT // DAY} days.",
}


class OfflineRootError(Exception):
    """Something was refused; `problem` says why, the message is one plain sentence."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(_SENTENCES[problem])
        self.problem = problem


@dataclass(frozen=True, slots=True)
class Root:
    """The public half of a root."""

    ed: bytes
    fingerprint: str

    @property
    def text(self) -> str:
        """Contents of `root.txt`."""
        return _write(_ROOT, fingerprint=self.fingerprint, key=_b64(self.ed))

    def __str__(self) -> str:
        return self.text.rstrip()


@dataclass(frozen=True, slots=True)
class Request:
    """A manager's request, its own signature checked."""

    alias: str
    id: bytes
    ed: bytes
    fingerprint: str

    def __str__(self) -> str:
        return f"alias: {self.alias}\nfingerprint: {self.fingerprint}"


def create(folder: Path, passphrase: str) -> Root:
    """Make a root in a folder, which is made if it is missing.

    Raises:
        OfflineRootError: exists, short_passphrase.
    """
    if len(passphrase) < SHORTEST_PASSPHRASE:
        raise OfflineRootError(Problem.SHORT_PASSPHRASE)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    key = Ed25519PrivateKey.generate()
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(passphrase.encode()))
    try:
        file = os.open(folder / KEY_FILE, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise OfflineRootError(Problem.EXISTS) from None
    with os.fdopen(file, "wb") as out:
        out.write(pem)
    root = root_of(key)
    (folder / PUBLIC_FILE).write_text(root.text, encoding="utf-8")
    return root


def root_of(key: Ed25519PrivateKey) -> Root:
    """The public half of a root key."""
    ed = key.public_key().public_bytes_raw()
    return Root(ed, root_fingerprint(ed))


def show(folder: Path) -> Root:
    """The root of a folder, without opening its key.

    Raises:
        OfflineRootError: bad_file.
    """
    return read_root(_load(folder / PUBLIC_FILE))


def read_root(text: str) -> Root:
    """Read `root.txt`; the fingerprint is computed anew, not believed.

    Raises:
        OfflineRootError: bad_file.
    """
    fields = _read(text, _ROOT, ("fingerprint", "key"))
    ed = _bytes(fields["key"], 32)
    if root_fingerprint(ed) != fields["fingerprint"]:
        raise OfflineRootError(Problem.BAD_FILE)
    return Root(ed, fields["fingerprint"])


def describe(request_path: Path) -> Request:
    """What a request asks for: show the alias, and compare the fingerprint by voice before `certify`.

    Raises:
        OfflineRootError: bad_file, bad_proof.
    """
    return read_request(_load(request_path))


def certify(
    folder: Path, request_path: Path, out_path: Path, passphrase: str, now: int, days: int = MANAGER_DAYS
) -> Certificate:
    """Sign a request and write the certificate's file. `now` is unix seconds.

    Raises:
        OfflineRootError: no_key, wrong_passphrase, bad_file, bad_proof, bad_days, exists (the file to write).
    """
    request = describe(request_path)
    key = _load_key(folder, passphrase)
    root = root_of(key)
    data = certify_manager(key.sign, root.ed, request.id, request.ed, request.alias, now, days)
    text = _write(_CERTIFICATE, alias=request.alias, root=root.fingerprint, certificate=_b64(data))
    try:
        with out_path.open("x", encoding="utf-8") as out:
            out.write(text)
    except FileExistsError:
        raise OfflineRootError(Problem.EXISTS) from None
    return certificate.parse(data)


def opened(folder: Path, passphrase: str) -> tuple[Sign, Root]:
    """The key of a folder, to sign with, and its public half.

    Raises:
        OfflineRootError: no_key, wrong_passphrase.
    """
    key = _load_key(folder, passphrase)
    return key.sign, root_of(key)


def certify_manager(
    sign: Sign, root_ed: bytes, manager_id: bytes, ed: bytes, alias: str, now: int, days: int = MANAGER_DAYS
) -> bytes:
    """A manager's certificate by a root whose key is in memory: for `certify`, and for a demonstration.

    Raises:
        OfflineRootError: bad_days.
        SealingError: bad_alias, bad_length.
    """
    if not 1 <= days <= MANAGER_LIMIT // DAY:
        raise OfflineRootError(Problem.BAD_DAYS)
    return certificate.certify(
        sign,
        role=Role.MANAGER,
        id=manager_id,
        ed=ed,
        issuer=sha256(root_ed),
        issued=now,
        not_after=now + days * DAY,
        alias=alias,
    )


def make_request(sign: Sign, manager_id: bytes, ed: bytes, alias: str) -> str:
    """A request's text, as a desk writes it."""
    signature = sign(_said(manager_id, ed, alias))
    return _write(_REQUEST, alias=alias, id=_b64(manager_id), ed=_b64(ed), signature=_b64(signature))


def read_request(text: str) -> Request:
    """A request's text, checked.

    Raises:
        OfflineRootError: bad_file, bad_proof.
    """
    fields = _read(text, _REQUEST, ("alias", "id", "ed", "signature"))
    alias, manager_id, ed = fields["alias"], _bytes(fields["id"], 16), _bytes(fields["ed"], 32)
    if not is_alias(alias):
        raise OfflineRootError(Problem.BAD_FILE)
    if not certificate.verify_signature(ed, _bytes(fields["signature"], 64), _said(manager_id, ed, alias)):
        raise OfflineRootError(Problem.BAD_PROOF)
    return Request(alias, manager_id, ed, manager_fingerprint(manager_id, ed, alias))


def read_certificate(text: str) -> bytes:
    """The certificate out of its file, as a desk imports it; verify it after that.

    Raises:
        OfflineRootError: bad_file.
    """
    return _base64(_read(text, _CERTIFICATE, ("alias", "root", "certificate"))["certificate"])


def _said(manager_id: bytes, ed: bytes, alias: str) -> bytes:
    return label("manager request") + manager_id + ed + alias.encode()


def _load_key(folder: Path, passphrase: str) -> Ed25519PrivateKey:
    try:
        pem = (folder / KEY_FILE).read_bytes()
    except OSError:
        raise OfflineRootError(Problem.NO_KEY) from None
    try:
        key = load_pem_private_key(pem, passphrase.encode())
    except TypeError:  # not encrypted: not written by us
        raise OfflineRootError(Problem.NO_KEY) from None
    except ValueError:
        raise OfflineRootError(Problem.WRONG_PASSPHRASE) from None
    if not isinstance(key, Ed25519PrivateKey):
        raise OfflineRootError(Problem.NO_KEY)
    return key


def _load(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        raise OfflineRootError(Problem.BAD_FILE) from None


def _write(title: str, **fields: str) -> str:
    return "\n".join([title, *(f"{name}: {value}" for name, value in fields.items())]) + "\n"


def _read(text: str, title: str, names: tuple[str, ...]) -> dict[str, str]:
    """Exactly these fields in exactly this order; line ends and outer blanks may have changed on the way."""
    lines = [line.strip() for line in text.strip().splitlines()]
    pairs = [line.partition(": ") for line in lines[1:]]
    if not lines or lines[0] != title or tuple(name for name, _, _ in pairs) != names:
        raise OfflineRootError(Problem.BAD_FILE)
    return {name: value for name, _, value in pairs}


def _b64(value: bytes) -> str:
    return base64.b64encode(value).decode()


def _base64(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except ValueError:
        raise OfflineRootError(Problem.BAD_FILE) from None


def _bytes(text: str, length: int) -> bytes:
    value = _base64(text)
    if len(value) != length:
        raise OfflineRootError(Problem.BAD_FILE)
    return value
