# SPDX-License-Identifier: AGPL-3.0-or-later
"""`make sbom`: build/sbom.json, what is shipped, in CycloneDX 1.6. The same locks give the same bytes."""

from __future__ import annotations

import json
import tomllib
import uuid
from importlib import metadata
from pathlib import Path
from typing import Any

from scripts import locked

_NAMESPACE = uuid.UUID("6a3c1f0e-52c7-5a53-9a0e-0f9d2f1f7c11")
"""Of our own; only so that the same content has the same number."""


def component(package: locked.Package, licence: str | None) -> dict[str, Any]:
    """One package."""
    found: dict[str, Any] = {
        "type": "library",
        "bom-ref": package.purl,
        "name": package.name,
        "version": package.version,
        "purl": package.purl,
        "hashes": [{"alg": algorithm, "content": digest} for algorithm, digest in package.hashes],
    }
    if licence:
        found["licenses"] = [{"license": {"name": licence}}]
    return found


def image(reference: str) -> dict[str, Any]:
    """One image that containers begin with."""
    named, _, digest = reference.partition("@sha256:")
    name, _, tag = named.rpartition(":")
    hashes = [{"alg": "SHA-256", "content": digest}] if digest else []
    return {"type": "container", "bom-ref": reference, "name": name, "version": tag, "hashes": hashes}


def licence_of(package: locked.Package, root: Path) -> str | None:
    """As the package itself says, where it is installed here."""
    if package.ecosystem == "npm":
        file = root / "node_modules" / package.name / "package.json"
        said = json.loads(file.read_text(encoding="utf-8")).get("license") if file.is_file() else None
        return said if isinstance(said, str) else None
    try:
        about = metadata.metadata(package.name)
    except metadata.PackageNotFoundError:
        return None
    said = about.get("License-Expression") or about.get("License") or ""
    return said if 0 < len(said) < 80 else None  # some put the whole text there


def sbom(root: Path = locked.ROOT) -> str:
    """The whole document."""
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    packages = [*locked.python(root), *locked.npm(root)]
    components = [component(package, licence_of(package, root)) for package in packages]
    components += [image(reference) for reference in locked.images(root)]
    ours = {"type": "application", "name": project["name"], "version": project["version"]}
    licence = [{"license": {"id": project["license"]}}]
    document = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {"component": {**ours, "bom-ref": project["name"], "licenses": licence}},
        "components": components,
    }
    number = uuid.uuid5(_NAMESPACE, json.dumps(document, sort_keys=True))
    return json.dumps({**document, "serialNumber": f"urn:uuid:{number}"}, indent=1, sort_keys=True) + "\n"


if __name__ == "__main__":
    out = locked.ROOT / "build" / "sbom.json"
    out.parent.mkdir(exist_ok=True)
    out.write_text(sbom(), encoding="utf-8")
    print(f"Written: {out.relative_to(locked.ROOT)}")
