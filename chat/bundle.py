# SPDX-License-Identifier: AGPL-3.0-or-later
"""What browsers are served: a list that can be signed, and an archive that is the same wherever it is built.

The list is `build/bundle.txt`:

    Kentering bundle 1
    <SHA-256 of the file, 64 hex digits> <name below /assets/>
    …

Signed, it names who signed and ends with the signature over L("bundle") and the list above, byte by byte:

    Kentering signed bundle 1
    <the lines of the list>
    root: <fingerprint of the key>
    signature: <Ed25519, 64 bytes, base64>

The key is one that `kentering root create` made: the organisation's root, or another that is kept for this.
What is pinned at run time (`/assets/trust.js`) is not in the list; `chat/served.py` compares it with roots.

`python -m chat.bundle` writes list and archive.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import io
import re
import sys
import tarfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from chat.offline_root import Root
from chat.sealing.certificate import Sign, verify_signature
from chat.sealing.fingerprint import root_fingerprint
from chat.sealing.labels import label

BUILD: Final = Path(__file__).resolve().parents[1] / "build"
LIST_FILE, ARCHIVE_FILE = "bundle.txt", "bundle.tar"
_LIST = "Kentering bundle 1"
_SIGNED = "Kentering signed bundle 1"
_LINE = re.compile(r"([0-9a-f]{64}) ([A-Za-z0-9][A-Za-z0-9._-]*)")


class BundleError(Exception):
    """A list that is none, or that nobody we know has signed; one plain sentence."""


@dataclass(frozen=True, slots=True)
class Bundle:
    """Names of files below `/assets/`, each with the SHA-256 of its content in hex."""

    files: Mapping[str, str]

    @property
    def text(self) -> str:
        """The list as it is written and signed."""
        return _LIST + "\n" + "".join(f"{digest} {name}\n" for name, digest in sorted(self.files.items()))

    @property
    def said(self) -> bytes:
        """What a signature is over."""
        return label("bundle") + self.text.encode()


def of(assets: Path) -> Bundle:
    """The list of a directory of built files.

    Raises:
        BundleError: nothing is built there.
    """
    if not assets.is_dir():
        raise BundleError("Nothing is built yet. Run: make build")
    return Bundle({path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in assets.iterdir()})


def archive(assets: Path) -> bytes:
    """The files as one tar archive: no times, no owners, names in order."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        for path in sorted(assets.iterdir()):
            content = path.read_bytes()
            entry = tarfile.TarInfo(f"assets/{path.name}")
            entry.size, entry.mode = len(content), 0o644
            tar.addfile(entry, io.BytesIO(content))
    return packed.getvalue()


def read(text: str) -> Bundle:
    """An unsigned list.

    Raises:
        BundleError: not one.
    """
    lines = text.splitlines()
    if not lines or lines[0] != _LIST:
        raise BundleError("This is not a list of a bundle.")
    return _files(lines[1:])


def sign(bundle: Bundle, key: Sign, root: Root) -> str:
    """The list with its signature, as a file."""
    lines = bundle.text.removeprefix(_LIST + "\n")
    signature = base64.b64encode(key(bundle.said)).decode()
    return f"{_SIGNED}\n{lines}root: {root.fingerprint}\nsignature: {signature}\n"


def verify(text: str, known: list[Root]) -> Bundle:
    """The list out of a signed file.

    Args:
        text: the signed file.
        known: whoever may have signed.

    Raises:
        BundleError: not a signed list, signed by somebody else, or changed since.
    """
    lines = text.strip().splitlines()
    if len(lines) < 3 or lines[0] != _SIGNED or not lines[-2].startswith("root: "):
        raise BundleError("This is not a signed list of a bundle.")
    bundle = _files(lines[1:-2])
    try:
        signature = base64.b64decode(lines[-1].removeprefix("signature: "), validate=True)
    except binascii.Error:
        raise BundleError("This is not a signed list of a bundle.") from None
    fingerprint = lines[-2].removeprefix("root: ")
    signers = [root for root in known if root_fingerprint(root.ed) == fingerprint]
    if not signers:
        raise BundleError(f"The list is signed by another key than the one that was named: {fingerprint}.")
    if not any(verify_signature(root.ed, signature, bundle.said) for root in signers):
        raise BundleError("The list was changed after it was signed.")
    return bundle


def _files(lines: list[str]) -> Bundle:
    found = [_LINE.fullmatch(line) for line in lines]
    files = {match[2]: match[1] for match in found if match}
    if not files or len(files) != len(lines):
        raise BundleError("This is not a list of a bundle.")
    return Bundle(files)


def write(build: Path) -> tuple[Path, str]:
    """Write list and archive; returns the archive's path and its SHA-256 in hex."""
    packed = archive(build / "assets")
    (build / LIST_FILE).write_text(of(build / "assets").text, encoding="ascii")
    (build / ARCHIVE_FILE).write_bytes(packed)
    return build / ARCHIVE_FILE, hashlib.sha256(packed).hexdigest()


if __name__ == "__main__":
    made, digest = write(BUILD)
    sys.stdout.write(f"{digest}  {made.relative_to(BUILD.parent)}\n")  # what two people compare
