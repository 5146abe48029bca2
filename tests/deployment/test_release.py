# SPDX-License-Identifier: AGPL-3.0-or-later
"""What is done at a release: digests of images, a list of what is shipped, known vulnerabilities."""

from __future__ import annotations

import json
import os
import re
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from scripts import audit, locked, pin_images, sbom
from tests.architecture.tree import ROOT

DIGESTS = {image: f"sha256:{number:064x}" for number, image in enumerate(locked.images(), start=10)}


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    folder = tmp_path / "tree"
    folder.mkdir()
    for name in pin_images.FILES:
        shutil.copy(ROOT / name, folder / name)
    return folder


@pytest.fixture
def registry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A `docker` that has pulled what `pulled` lists; the real one needs a network."""
    pulled = tmp_path / "pulled"
    pulled.write_text("".join(f"{image} {digest}\n" for image, digest in DIGESTS.items()))
    program = tmp_path / "bin" / "docker"
    program.parent.mkdir()
    program.write_text(
        "#!/bin/bash\nset -eu\nimage=${!#}\n"
        f'line=$(grep -F -- "$image " {pulled}) || exit 1\n'
        'if [[ $1 == image ]]; then echo "${image%:*}@${line#* } other/name@sha256:00"; fi\n'
    )
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}:{os.environ['PATH']}")
    return pulled


def contents(tree: Path) -> dict[str, str]:
    return {name: (tree / name).read_text() for name in pin_images.FILES}


def test_every_image_gets_the_digest_under_which_it_came(tree: Path, registry: Path) -> None:
    before = contents(tree)
    pin_images.pin(tree, locked.images(tree))
    after = contents(tree)

    assert set(locked.images(tree)) == {f"{image}@{digest}" for image, digest in DIGESTS.items()}
    assert {name: re.sub(r"@sha256:[0-9a-f]{64}", "", text) for name, text in after.items()} == before


def test_pinning_again_renews(tree: Path, registry: Path) -> None:
    pin_images.pin(tree, locked.images(tree))
    registry.write_text("".join(f"{image} sha256:{'a' * 64}\n" for image in DIGESTS))
    pin_images.pin(tree, locked.images(tree))

    assert set(locked.images(tree)) == {f"{image}@sha256:{'a' * 64}" for image in DIGESTS}


def test_an_image_that_cannot_be_pulled_changes_nothing(tree: Path, registry: Path) -> None:
    registry.write_text("".join(registry.read_text().splitlines(keepends=True)[:-1]))
    before = contents(tree)

    with pytest.raises(pin_images.PullError, match="nothing was written"):
        pin_images.pin(tree, locked.images(tree))
    assert contents(tree) == before


def test_an_image_without_a_digest_changes_nothing(tree: Path, registry: Path) -> None:
    registry.write_text("".join(f"{image} \n" for image in DIGESTS))
    before = contents(tree)

    with pytest.raises(pin_images.PullError, match="without a digest"):
        pin_images.pin(tree, locked.images(tree))
    assert contents(tree) == before


def test_everything_that_is_shipped_is_in_the_list_with_its_hash() -> None:
    document = json.loads(sbom.sbom())
    named = {part["name"]: part for part in document["components"]}

    assert {"cryptography", "uvloop", "@hpke/core", "preact", "postgres", "caddy"} <= named.keys()
    assert not {"pytest", "typescript", "playwright"} & named.keys()
    assert all(part["hashes"] for part in document["components"] if part["type"] == "library")
    assert len(document["components"]) == len({part["bom-ref"] for part in document["components"]})
    assert named["@hpke/core"]["purl"].startswith("pkg:npm/%40hpke/core@")


def test_every_package_that_left_something_in_a_bundle_is_in_the_list() -> None:
    manifest = ROOT / "build" / "manifest.json"
    if not manifest.is_file():
        pytest.skip("nothing is built yet: make build")
    modules = json.loads(manifest.read_text())["modules"].values()
    used = {
        match[1]
        for paths in modules
        for path in paths
        if (match := re.match(r"node_modules/((?:@[^/]+/)?[^/]+)/", path))
    }

    assert used <= {package.name for package in locked.npm()}


def test_the_same_locks_give_the_same_list() -> None:
    assert sbom.sbom() == sbom.sbom()


@contextmanager
def service(answer: Any) -> Iterator[tuple[str, list[Any]]]:
    """Something that answers like OSV."""
    asked: list[Any] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            body = json.dumps(answer).encode()
            self.send_response_only(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}", asked
        server.shutdown()


def test_each_package_is_asked_about_and_what_is_known_is_said() -> None:
    packages = [*locked.python(), *locked.npm()]
    results: list[dict[str, Any]] = [{} for _ in packages]
    results[1] = {"vulns": [{"id": "GHSA-1"}, {"id": "PYSEC-2"}]}
    with service({"results": results}) as (address, asked):
        found = audit.known(packages, address)

    assert found == {packages[1]: ["GHSA-1", "PYSEC-2"]}
    assert [(query["package"]["name"], query["version"]) for query in asked[0]["queries"]] == [
        (package.name, package.version) for package in packages
    ]


@pytest.mark.parametrize("answer", [{}, {"results": []}, [], {"results": None}])
def test_no_proper_answer_is_no_clean_bill(answer: Any) -> None:
    with service(answer) as (address, _), pytest.raises(audit.NotAskedError):
        audit.known(locked.python(), address)


def test_nobody_there_is_no_clean_bill() -> None:
    with service({}) as (address, _):
        pass
    with pytest.raises(audit.NotAskedError):
        audit.known(locked.python(), address)
