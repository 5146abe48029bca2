# SPDX-License-Identifier: AGPL-3.0-or-later
"""What is really served: the built files, with the list of what went into them."""

from __future__ import annotations

import hashlib
import json
import re
import typing

import pytest

from tests.architecture.tree import ROOT

BUILD = ROOT / "build"
pytestmark = pytest.mark.skipif(
    not (BUILD / "manifest.json").is_file(), reason="nothing is built yet: make build"
)
# A module may leave a constant or two behind without any of its working parts.
LEFTOVER = 100
ANOTHER_SUITE = re.compile(
    r"chacha|x448|dhkemNative|dhkemP\d|secp256|mlKem(512|1024)|hybridkem-(?!x-wing)|@hpke/(ml-kem|chacha)",
    re.IGNORECASE,
)


@pytest.fixture(scope="module")
def manifest() -> dict[str, typing.Any]:
    return json.loads((BUILD / "manifest.json").read_text())


def test_files_are_what_the_manifest_says(manifest: dict[str, typing.Any]) -> None:
    actual = {path.name: path.read_bytes() for path in (BUILD / "assets").iterdir()}

    assert {
        name: {"bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}
        for name, data in actual.items()
    } == {name: {"bytes": f["bytes"], "sha256": f["sha256"]} for name, f in manifest["files"].items()}


def test_entries_and_their_imports_exist(manifest: dict[str, typing.Any]) -> None:
    named = {file for entry in manifest["entries"].values() for file in entry.values()}
    named |= {file for files in manifest["imports"].values() for file in files}

    assert set(manifest["entries"]) == {"help_seeker", "desk", "without_script"}
    assert named <= manifest["files"].keys()


@pytest.mark.parametrize("entry", ["help_seeker", "desk"])
def test_there_is_no_second_cipher_suite(manifest: dict[str, typing.Any], entry: str) -> None:
    modules = manifest["modules"][entry]
    others = {path: size for path, size in modules.items() if ANOTHER_SUITE.search(path) and size > LEFTOVER}

    assert others == {}
    assert any("xWing" in path for path in modules)


def test_the_help_seeker_loads_nothing_of_the_desk(manifest: dict[str, typing.Any]) -> None:
    modules = manifest["modules"]["help_seeker"]
    foreign = [p for p in modules if p.startswith("counsellor_ui/") or "/preact/" in p or "webauthn" in p]

    assert foreign == []


def test_the_help_seekers_files_carry_only_two_unions(manifest: dict[str, typing.Any]) -> None:
    """The desk's frames have names of their own; none of them may be in the first script's files."""
    entry = manifest["entries"]["help_seeker"]["script"]
    loaded = "".join(
        (BUILD / "assets" / name).read_text() for name in [entry, *manifest["imports"]["help_seeker"]]
    )

    assert "BackToWaiting" in loaded
    assert not re.search(r"Desk(Offer|Welcome)", loaded)


def test_scripts_name_no_other_host(manifest: dict[str, typing.Any]) -> None:
    # Names of XML, this computer, and a link in the text of an error of the passkey package: never fetched.
    allowed = re.compile(r"https?://(www\.w3\.org/|localhost|127\.0\.0\.1|simplewebauthn\.dev/docs/)")
    found = {
        (name, address)
        for name in manifest["files"]
        if name.endswith((".js", ".css"))
        for address in re.findall(r"https?://[^\s\"'`)]+", (BUILD / "assets" / name).read_text())
        if not allowed.match(address)
    }

    assert found == set()


def test_nothing_in_the_scripts_runs_text(manifest: dict[str, typing.Any]) -> None:
    # A method may be called `eval` (polynomials have one); the function may not be called.
    runs = re.compile(r"(?<![\w.$])eval\((?![^()]*\)\s*\{)|new Function\(|WebAssembly")
    scripts = [name for name in manifest["files"] if name.endswith(".js")]
    found = [name for name in scripts if runs.search((BUILD / "assets" / name).read_text())]

    assert found == []


def test_licences_of_the_packages_are_beside_them(manifest: dict[str, typing.Any]) -> None:
    licenses = (BUILD / "assets" / "licenses.txt").read_text()
    packages = {
        match[1]
        for modules in manifest["modules"].values()
        for path in modules
        if (match := re.match(r"node_modules/((?:@[^/]+/)?[^/]+)/", path))
    }

    assert packages
    assert [package for package in packages if f"{package} " not in licenses] == []
