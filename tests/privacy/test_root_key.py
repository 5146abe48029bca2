# SPDX-License-Identifier: AGPL-3.0-or-later
"""The root's private key: out of the workers' reach in a demonstration, and not on the server otherwise."""

from __future__ import annotations

import json
import stat
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from chat import demonstration
from chat.settings import load
from chat.worker import WorkerOrder
from tests.web.support_launcher import HTTPS, organisation, sentence, start

TRY = """
import sys
from pathlib import Path
from chat import confine
folder, key = Path(sys.argv[1]), Path(sys.argv[2])
assert key.read_bytes()
if not confine.forbid_reading(folder):
    sys.exit(77)
ways = [key, Path("/proc/self/root" + str(key))]
for link in (folder.parents[1] / "a way round", folder.parent / "another"):
    ways.append(link / key.relative_to(link.resolve()))
for way in ways:
    try:
        way.read_bytes()
    except PermissionError:
        continue
    sys.exit("it could read the key")
print((folder.parent / "trust.json").read_text())
"""


def test_no_worker_can_read_the_demonstrations_root_key(tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    (tmp_path / "a way round").symlink_to(tmp_path)
    (data / "another").symlink_to(data)
    demonstration.Root.open(load({"KENTERING_DATA": str(data)})).write_trust()
    root = data / "root"
    (key,) = root.iterdir()
    assert stat.S_IMODE(root.stat().st_mode) == 0o700
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert b"PRIVATE KEY" in key.read_bytes()

    tried = subprocess.run(
        [sys.executable, "-c", TRY, str(root), str(key)], capture_output=True, text=True, check=False
    )
    if tried.returncode == 77:
        pytest.skip("this kernel has no Landlock")
    assert tried.returncode == 0, tried.stderr
    assert json.loads(tried.stdout)["demo"] is True


KEY = "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIAAA\n-----END PRIVATE KEY-----\n"
AWAY = "A root private key can be read by the service. Move it to a computer without network."


def test_outside_a_demonstration_a_root_key_on_this_computer_stops_everything(tmp_path: Path) -> None:
    data = organisation(tmp_path)
    (data / "kept").mkdir()
    (data / "kept" / "root.pem").write_text(KEY, encoding="ascii")

    assert sentence(start(tmp_path, **HTTPS)) == AWAY


def test_a_worker_that_can_read_a_root_key_refuses_by_itself(tmp_path: Path) -> None:
    data = organisation(tmp_path)
    (data / "root.pem").write_text(KEY, encoding="ascii")
    settings = load({**HTTPS, "KENTERING_DATA": str(data)})
    order = msgspec.json.encode(WorkerOrder("w1", settings, "unix:///nowhere", [], 2), enc_hook=str)
    worker = subprocess.run(
        [sys.executable, "-m", "chat.main", "w1"], input=order + b"\n", capture_output=True, check=False
    )

    assert (worker.returncode, worker.stdout, worker.stderr.decode()) == (1, b"", AWAY + "\n")
