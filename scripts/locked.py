# SPDX-License-Identifier: AGPL-3.0-or-later
"""What is shipped, by the lock files: packages of Python and npm, and images that containers begin with."""

from __future__ import annotations

import base64
import json
import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]

_PINNED = re.compile(r"^([A-Za-z0-9][A-Za-z0-9._-]*)==([^ \\;]+)", re.MULTILINE)
_HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")
_FROM = re.compile(r"^FROM (\S+)", re.MULTILINE)
_STAGE = re.compile(r"^FROM \S+ AS (\w+)$", re.MULTILINE)
_IMAGE = re.compile(r"^    image: (\S+:\S+)$", re.MULTILINE)
"""In the compose file; what we build ourselves has no version there."""


@dataclass(frozen=True, slots=True)
class Package:
    """One pinned package."""

    ecosystem: str
    """`PyPI` or `npm`, as OSV writes them."""
    name: str
    version: str
    hashes: tuple[tuple[str, str], ...]
    """Algorithm and hex digest, of each file that may be installed."""

    @property
    def purl(self) -> str:
        """Package URL."""
        kind = self.ecosystem.lower()
        return f"pkg:{kind}/{self.name.replace('@', '%40')}@{self.version}"


def python(root: Path = ROOT) -> list[Package]:
    """What production installs from requirements.lock."""
    text = (root / "requirements.lock").read_text(encoding="utf-8")
    starts = list(_PINNED.finditer(text))
    ends = [match.start() for match in starts[1:]] + [len(text)]
    return [
        Package(
            "PyPI",
            re.sub(r"[-_.]+", "-", match[1]).lower(),
            match[2],
            tuple(("SHA-256", digest) for digest in _HASH.findall(text, match.end(), end)),
        )
        for match, end in zip(starts, ends, strict=True)
    ]


def npm(root: Path = ROOT) -> list[Package]:
    """What ends in the bundles, by package-lock.json."""
    packages = json.loads((root / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    found = []
    for place, entry in sorted(packages.items()):
        if place and not entry.get("dev"):
            algorithm, _, digest = entry["integrity"].partition("-")
            hashes = (("SHA-" + algorithm.removeprefix("sha"), base64.b64decode(digest).hex()),)
            found.append(Package("npm", place.rpartition("node_modules/")[2], entry["version"], hashes))
    return found


def images(root: Path = ROOT) -> list[str]:
    """What containers begin with: `name:tag`, with `@sha256:…` once it is pinned."""
    dockerfile = (root / "Dockerfile").read_text(encoding="utf-8")
    stages = set(_STAGE.findall(dockerfile))
    used = [image for image in _FROM.findall(dockerfile) if image not in stages]
    used += _IMAGE.findall((root / "docker-compose.yml").read_text(encoding="utf-8"))
    return sorted(set(used))
