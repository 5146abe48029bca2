# SPDX-License-Identifier: AGPL-3.0-or-later
"""Writes our vectors: `python -m tests.vectors.make`.

Everything is derived from names, but for HPKE's own randomness: `handshake.txt` is written only when
it is missing.
"""

from __future__ import annotations

from collections.abc import Callable

from tests.vectors.make_certificates import aliases, certificates, enrolments, fingerprints
from tests.vectors.make_envelopes import blobs, envelopes, ratchets, sizes
from tests.vectors.make_handshake import handshakes, offers
from tests.vectors.read import FOLDER, Case, write

FILES: dict[str, tuple[str, Callable[[], list[Case]]]] = {
    "certificates.txt": ("Chains of certificates, good and bad.", certificates),
    "aliases.txt": ("Names a certificate may carry, and names it may not.", aliases),
    "fingerprints.txt": ("Fingerprints of roots.", fingerprints),
    "enrolment.txt": ("Enrolment requests.", enrolments),
    "offers.txt": ("Offers, as a waiting help-seeker's browser answers them.", offers),
    "ratchet.txt": ("Steps of the ratchet.", ratchets),
    "envelopes.txt": ("Envelopes, sealed and opened.", envelopes),
    "sizes.txt": ("Sizes of envelopes.", sizes),
    "blobs.txt": ("Blobs for a reload.", blobs),
}
"""File -> what it holds, and what makes the same cases every time."""
RANDOM = "handshake.txt"


def main() -> None:
    for file, (about, made) in FILES.items():
        write(file, about, made())
    if not (FOLDER / RANDOM).exists():
        write(RANDOM, "Handshakes, to be opened with the receivers' seeds.", handshakes())


if __name__ == "__main__":
    main()
