# SPDX-License-Identifier: AGPL-3.0-or-later
import os
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

from chat.live.embedded import EmbeddedStore
from chat.live.errors import StoreUnreachable
from chat.machine import processes

LAUNCHER = """
import sys, time
from pathlib import Path
from chat.live.embedded import EmbeddedStore
store = EmbeddedStore(parent=Path(sys.argv[1]))
store.start()
print(store.pid, flush=True)
time.sleep(60)
"""


def gone(pid: int) -> bool:
    try:
        status = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return not _exists(pid)
    return status.rpartition(")")[2].split()[0] == "Z"  # dead, whoever inherited it has not looked yet


def _exists(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def eventually(what: str, happened: object) -> None:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        if happened():  # type: ignore[operator]  # a function without arguments
            return
        time.sleep(0.02)
    pytest.fail(what)


def test_only_the_owner_can_reach_it_and_nothing_else_is_on_disk(tmp_path: Path) -> None:
    with EmbeddedStore(parent=tmp_path) as store:
        folder = store.socket.parent

        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        assert stat.S_IMODE(store.socket.stat().st_mode) == 0o600
        assert list(folder.iterdir()) == [store.socket]
        assert folder.parent == tmp_path


def test_the_password_is_new_each_time_and_on_no_command_line_or_environment() -> None:
    with EmbeddedStore() as one, EmbeddedStore() as two:
        assert one._password != two._password
        for process in Path("/proc").glob("[0-9]*"):
            for name in ("cmdline", "environ"):
                try:
                    content = (process / name).read_bytes()
                except OSError:
                    continue
                assert one._password.encode() not in content


def test_stopping_leaves_no_process_no_socket_and_no_directory(tmp_path: Path) -> None:
    store = EmbeddedStore(parent=tmp_path)
    store.start()
    server, watch = store.pid, store._watch
    assert server is not None
    assert watch is not None

    store.stop()
    store.stop()

    assert gone(server)
    assert watch.returncode == 0
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(StoreUnreachable):
        _ = store.url


def test_a_crashed_server_starts_again_at_the_same_address(tmp_path: Path) -> None:
    with EmbeddedStore(parent=tmp_path) as store:
        url, pid = store.url, store.pid
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
        eventually("the server did not die", lambda: store.pid is None)

        store.start()

        assert store.url == url
        assert store.pid not in {None, pid}
        assert list(tmp_path.iterdir()) == [store.socket.parent]


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
def test_nothing_is_left_when_the_launcher_is_killed(tmp_path: Path, how: signal.Signals) -> None:
    launcher = subprocess.Popen(
        [sys.executable, "-c", LAUNCHER, str(tmp_path)], stdout=subprocess.PIPE, text=True
    )
    assert launcher.stdout is not None
    server = int(launcher.stdout.readline())
    assert not gone(server)

    launcher.send_signal(how)
    launcher.wait()
    launcher.stdout.close()

    eventually("the server outlived its launcher", lambda: gone(server))
    eventually("the directory was left", lambda: list(tmp_path.iterdir()) == [])


def test_ctrl_c_does_not_take_the_store_away_from_the_workers() -> None:
    with EmbeddedStore() as store:
        assert store.pid is not None
        assert store._watch is not None
        assert os.getpgid(store.pid) != os.getpgrp()
        assert os.getpgid(store._watch.pid) not in {os.getpgrp(), os.getpgid(store.pid)}


def test_a_place_that_cannot_be_used_is_told_and_leaves_nothing(tmp_path: Path) -> None:
    deep = tmp_path / ("x" * 120)  # longer than the path of a unix socket may be
    deep.mkdir()

    with pytest.raises(StoreUnreachable) as error:
        EmbeddedStore(parent=deep).start()

    assert str(error.value) == "The embedded live store does not start on this machine."
    assert list(deep.iterdir()) == []


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc/<pid>/limits")
def test_it_leaves_no_core_file_and_its_parent_may() -> None:
    before = processes.core_limit(os.getpid())
    with EmbeddedStore() as store:
        assert store.pid is not None
        assert processes.core_limit(store.pid) <= 1
    assert processes.core_limit(os.getpid()) == before
