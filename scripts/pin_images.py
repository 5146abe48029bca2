# SPDX-License-Identifier: AGPL-3.0-or-later
"""`make pin-images`: write the digest of each image that containers begin with, at a release.

Each image is pulled here and now, and its digest is the one under which it came. All are pulled before a file
is written, so a failure leaves everything as it was. Run it again to renew.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

from scripts import locked

FILES = ("Dockerfile", "docker-compose.yml")
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")


class PullError(Exception):
    """An image could not be pulled, or came without a digest."""


def digest_of(image: str) -> str:
    """Pull an image by its tag; returns `sha256:…`.

    Raises:
        PullError: with one plain sentence.
    """
    name = image.rpartition(":")[0]
    try:
        subprocess.run(["docker", "pull", "--quiet", image], check=True, capture_output=True)  # noqa: S603, S607 - of our own files
        shown = subprocess.run(  # noqa: S603 - of our own files
            ["docker", "image", "inspect", "--format", '{{join .RepoDigests " "}}', image],  # noqa: S607 - whichever Docker is here
            check=True, capture_output=True, text=True,
        ).stdout  # fmt: skip
    except (OSError, subprocess.CalledProcessError):
        raise PullError(f"{image} could not be pulled; nothing was written.") from None
    digests = {
        digest
        for repository, _, digest in (entry.partition("@") for entry in shown.split())
        if repository.removeprefix("docker.io/").removeprefix("library/") == name
        and _DIGEST.fullmatch(digest)
    }
    if len(digests) != 1:
        raise PullError(f"{image} came without a digest of its own; nothing was written.")
    return digests.pop()


def pin(root: Path, images: Iterable[str]) -> dict[str, str]:
    """Pull all, then write all; returns tag -> digest.

    Raises:
        PullError: with one plain sentence.
    """
    found = {}
    for image in images:
        tagged = image.partition("@")[0]
        found[tagged] = digest_of(tagged)
    for file in FILES:
        path = root / file
        text = path.read_text(encoding="utf-8")
        for tagged, digest in found.items():
            text = re.sub(
                rf"(?<=[ ]){re.escape(tagged)}(@sha256:[0-9a-f]+)?(?=\s)", f"{tagged}@{digest}", text
            )
        path.write_text(text, encoding="utf-8")
    return found


if __name__ == "__main__":
    try:
        for tagged, digest in pin(locked.ROOT, locked.images()).items():
            print(f"{tagged}@{digest}")
    except PullError as error:
        sys.exit(str(error))
