# SPDX-License-Identifier: AGPL-3.0-or-later
"""Built files are served from memory, under names that carry their content's hash."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from chat.web.assets import Assets, NotBuilt

TRUST = b"export const trust = {};\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "assets"
    made.mkdir()
    (made / "desk-1a2b.js").write_bytes(b"let a = 1;\n" * 100)
    (made / "desk-3c4d.css").write_bytes(b"p { margin: 0 }\n")
    (made / "mark-5e6f.svg").write_bytes(b"<svg/>")
    entry = {"desk": {"script": "/assets/desk-1a2b.js", "style": "/assets/desk-3c4d.css"}}
    (tmp_path / "manifest.json").write_text(json.dumps({"entries": entry}), encoding="utf-8")
    (tmp_path / "secret.txt").write_text("beside the folder", encoding="utf-8")
    return made


@pytest.fixture
def client(folder: Path) -> TestClient:
    app = FastAPI()
    app.include_router(Assets(folder, TRUST).router())
    return TestClient(app)


def test_the_manifest_names_what_a_page_needs(folder: Path) -> None:
    assert Assets(folder, TRUST).entries["desk"]["script"] == "/assets/desk-1a2b.js"


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("desk-1a2b.js", "text/javascript; charset=utf-8"),
        ("desk-3c4d.css", "text/css; charset=utf-8"),
        ("mark-5e6f.svg", "image/svg+xml"),
    ],
)
def test_a_file_is_served_as_what_it_is_and_kept_for_ever(
    client: TestClient, folder: Path, name: str, kind: str
) -> None:
    for accept in ("gzip, br", "identity"):
        answer = client.get(f"/assets/{name}", headers={"accept-encoding": accept})

        assert answer.status_code == 200
        assert answer.content == (folder / name).read_bytes()
        assert answer.headers["content-type"] == kind
        assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert answer.headers["vary"] == "accept-encoding"
        assert ("content-encoding" in answer.headers) == ("gzip" in accept)


def test_a_file_is_read_once(client: TestClient, folder: Path) -> None:
    (folder / "desk-1a2b.js").write_bytes(b"changed")
    (folder / "later-0000.js").write_bytes(b"later")

    assert b"changed" not in client.get("/assets/desk-1a2b.js").content
    assert client.get("/assets/later-0000.js").status_code == 404


def test_the_pinned_roots_are_asked_for_anew_each_time(client: TestClient) -> None:
    answer = client.get("/assets/trust.js")

    assert answer.content == TRUST
    assert answer.headers["cache-control"] == "no-cache"
    assert answer.headers["content-type"].startswith("text/javascript")


@pytest.mark.parametrize(
    "name",
    ["", "none.js", "../secret.txt", "%2e%2e/secret.txt", "..%2fsecret.txt", "desk-1a2b.js/", "DESK-1A2B.js"],
)
def test_there_is_nothing_else(client: TestClient, name: str) -> None:
    answer = client.get(f"/assets/{name}", follow_redirects=False)

    assert answer.status_code in {404, 307}
    assert b"beside" not in answer.content


def test_equal_files_are_packed_to_equal_bytes(folder: Path) -> None:
    first, second = Assets(folder, TRUST), Assets(folder, TRUST)

    assert first._files == second._files
    assert gzip.decompress(first._files["desk-1a2b.js"].packed) == first._files["desk-1a2b.js"].plain


def test_without_a_build_it_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(NotBuilt, match="make build"):
        Assets(tmp_path / "assets", TRUST)
