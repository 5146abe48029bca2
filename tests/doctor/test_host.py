# SPDX-License-Identifier: AGPL-3.0-or-later
from __future__ import annotations

import contextlib
import resource
import subprocess
from collections.abc import Iterator
from pathlib import Path

from chat.doctor import host
from chat.doctor.finding import Finding, Standing
from chat.machine.members import Member, Role

HEAD = "Filename\t\tType\t\tSize\tUsed\tPriority\n"


def standings(found: list[Finding]) -> set[Standing]:
    return {one.standing for one in found}


@contextlib.contextmanager
def process(limit: int) -> Iterator[list[Member]]:
    """A process with this limit of core files."""
    with subprocess.Popen(["cat"], stdin=subprocess.PIPE) as running:
        resource.prlimit(running.pid, resource.RLIMIT_CORE, (limit, limit))
        yield [Member(Role.WORKER, "worker w1", running.pid)]


def test_a_core_file_is_wrong_and_so_is_a_program_that_gets_one() -> None:
    with process(resource.RLIM_INFINITY) as members:
        (found,) = host.core_files(members, "core")
        assert "worker w1 would leave its memory in a core file" in found.says
    with process(0) as members:
        assert standings(host.core_files(members, "core")) == {Standing.RIGHT}
        (found,) = host.core_files(members, "|/usr/lib/systemd/systemd-coredump %P")
        assert "/usr/lib/systemd/systemd-coredump" in found.says
        assert found.standing is Standing.WRONG
    with process(1) as members:
        assert standings(host.core_files(members, "|/usr/bin/any")) == {Standing.RIGHT}


def test_no_process_at_all_is_not_seen() -> None:
    assert standings(host.core_files([], "core")) == {Standing.UNSEEN}


def test_swap_on_a_bare_disk_is_wrong(tmp_path: Path) -> None:
    encrypted = tmp_path / "dm-1" / "dm"
    encrypted.mkdir(parents=True)
    (encrypted / "uuid").write_text("CRYPT-PLAIN-swap")

    assert standings(host.swap(HEAD)) == {Standing.RIGHT}
    for name, behind in (("zram0", None), ("zram1", "none\n"), ("zram2", "/dev/sda2\n")):
        (tmp_path / name).mkdir()
        if behind is not None:
            (tmp_path / name / "backing_dev").write_text(behind)
    assert standings(host.swap(HEAD + "/dev/zram0 partition 1 0 1\n", tmp_path)) == {Standing.RIGHT}
    assert standings(host.swap(HEAD + "/dev/zram1 partition 1 0 1\n", tmp_path)) == {Standing.RIGHT}
    assert standings(host.swap(HEAD + "/dev/zram2 partition 1 0 1\n", tmp_path)) == {Standing.WRONG}
    assert standings(host.swap(HEAD + "/zram-swapfile file 1 0 1\n", tmp_path)) == {Standing.WRONG}
    assert standings(host.swap(HEAD + "/dev/dm-1 partition 1 0 1\n", tmp_path)) == {Standing.RIGHT}

    (tmp_path / "dm-2" / "slaves" / "dm-1").mkdir(parents=True)  # a volume on it alone
    (tmp_path / "dm-3" / "slaves" / "dm-1").mkdir(parents=True)
    (tmp_path / "dm-3" / "slaves" / "sda2").mkdir()
    assert standings(host.swap(HEAD + "/dev/dm-2 partition 1 0 1\n", tmp_path)) == {Standing.RIGHT}
    assert standings(host.swap(HEAD + "/dev/dm-3 partition 1 0 1\n", tmp_path)) == {Standing.WRONG}

    (found,) = host.swap(HEAD + "/dev/dm-1 partition 1 0 1\n/swapfile file 1 0 1\n", tmp_path)
    assert found.standing is Standing.WRONG
    assert "/swapfile" in found.says


def test_a_clock_that_nobody_keeps_is_wrong() -> None:
    assert standings(host.clock(0x2001)) == {Standing.RIGHT}
    assert standings(host.clock(0x40)) == {Standing.WRONG}
    assert standings(host.clock()) <= {Standing.RIGHT, Standing.WRONG}
