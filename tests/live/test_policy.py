# SPDX-License-Identifier: AGPL-3.0-or-later
import hashlib
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from chat.live import policy
from chat.live.address import as_user
from chat.live.check import check
from chat.live.embedded import server_binary
from chat.live.errors import StoreRefused
from chat.live.policy import LOOKS, SETTINGS, USER, acl_line, looks_line
from chat.live.resp import Store
from tests.support.valkey import WatchedStore

DEPLOY = Path(__file__).parents[2] / "deploy"

FORBIDDEN = [
    "KEYS *",
    "SCAN 0",
    "CONFIG GET save",
    "CONFIG SET save 60",
    "FLUSHALL",
    "SAVE",
    "BGSAVE",
    "MONITOR",
    "SLOWLOG GET",
    "CLIENT LIST",
    "ACL LIST",
    "EVAL return 0",
    "SCRIPT FLUSH",
    "FUNCTION LIST",
    "SHUTDOWN",
    "REPLICAOF NO ONE",
    "PSYNC ? -1",
    "DUMP k:{t}:a",
    "OBJECT ENCODING k:{t}:a",
    "RANDOMKEY",
    "PSUBSCRIBE k:*",
    "GET other",
    "SET other 1",
    "GET kk:",
    "PUBLISH other x",
]


@pytest.mark.anyio
@pytest.mark.parametrize("command", FORBIDDEN)
async def test_our_name_may_do_only_what_the_service_needs(
    embedded_store: WatchedStore, command: str
) -> None:
    store = await Store.open(embedded_store.url)

    with pytest.raises(StoreRefused) as refused:
        await store.call(*command.split())

    assert refused.value.code == "NOPERM"
    await store.close()


@pytest.mark.anyio
async def test_a_script_may_not_reach_other_keys_either(embedded_store: WatchedStore) -> None:
    store = await Store.open(embedded_store.url)

    with pytest.raises(StoreRefused):
        await store.run(store.scripts.save, (b"other",), 0, b"data", 60)

    await store.close()


def test_the_settings_for_production_are_those_of_the_embedded_store() -> None:
    lines = (DEPLOY / "valkey.conf").read_text().splitlines()
    written = dict(line.split(" ", 1) for line in lines if line and not line.startswith("#"))

    assert {s.name: written.get(s.name, "(missing)").strip('"') for s in SETTINGS} == {
        s.name: s.value for s in SETTINGS
    }
    assert int(written["maxmemory"].removesuffix("mb")) > 0


def test_the_users_for_production_are_those_of_the_embedded_store() -> None:
    users = (DEPLOY / "users.acl").read_text().splitlines()

    assert users == ["user default off", acl_line("#" + "0" * 64), looks_line("#" + "0" * 64)]


@pytest.fixture
def production_store(tmp_path: Path) -> Iterator[str]:
    """A server started with the very files of deploy/, on a unix socket; gives its address."""
    users, socket = tmp_path / "users.acl", tmp_path / "s"
    hashed = hashlib.sha256(b"secret").hexdigest()
    users.write_text((DEPLOY / "users.acl").read_text().replace("0" * 64, hashed))
    changed = ("--port", "0", "--unixsocket", str(socket), "--aclfile", str(users), "--dir", str(tmp_path))
    server = subprocess.Popen(
        [server_binary(), DEPLOY / "valkey.conf", *changed], stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    while server.poll() is None and not socket.exists():
        time.sleep(0.01)
    yield f"unix://{USER}:secret@{socket}"
    server.terminate()
    server.communicate()


@pytest.mark.anyio
async def test_the_files_for_production_start_a_store_that_passes_the_check(production_store: str) -> None:
    assert (await check(production_store)).problems == ()


@pytest.mark.anyio
async def test_the_embedded_store_passes_the_check(embedded_store: WatchedStore) -> None:
    report = await check(embedded_store.url)

    assert report.problems == ()
    assert report.unseen == ()


CHANGEABLE = [setting for setting in SETTINGS if setting.name != "enable-debug-command"]
"""That one cannot be set while the server runs."""
LOOKING_IS_ALL = ["GET k:{t}:a", "SET k:{t}:a 1", "KEYS *", "CONFIG SET save 60", "SUBSCRIBE k:x", "MONITOR"]


@pytest.mark.anyio
@pytest.mark.parametrize("command", LOOKING_IS_ALL)
async def test_the_name_that_reads_settings_reads_nothing_else(
    embedded_store: WatchedStore, command: str
) -> None:
    store = await Store.open(as_user(embedded_store.url, LOOKS))

    with pytest.raises(StoreRefused) as refused:
        await store.call(*command.split())

    assert refused.value.code == "NOPERM"
    await store.close()


@pytest.mark.anyio
@pytest.mark.parametrize("setting", CHANGEABLE, ids=lambda setting: setting.name)
async def test_each_setting_that_is_otherwise_is_said(
    embedded_store: WatchedStore, setting: policy.Setting
) -> None:
    other = {"save": "60 1", "maxmemory-policy": "allkeys-lru"}.get(
        setting.name, {"no": "yes", "yes": "no"}.get(setting.value, "7")
    )
    admin = await Store.open(embedded_store.admin_url)
    await admin.call(b"CONFIG", b"SET", setting.name, other)
    await admin.close()

    assert setting.why in (await check(embedded_store.url)).problems


@pytest.mark.anyio
async def test_a_key_without_a_clock_is_said(embedded_store: WatchedStore) -> None:
    store = await Store.open(embedded_store.url)
    await store.call(b"SET", b"k:{t}:a", b"1", b"EX", 60)
    assert (await check(embedded_store.url)).problems == ()
    await store.call(b"SET", b"k:{t}:b", b"1")
    await store.close()

    (problem,) = (await check(embedded_store.url)).problems

    assert problem.startswith("Some key of the live store has no time to live")


class CarelessStore(WatchedStore):
    """A server as its package starts it: everything we must refuse."""

    def _settings(self) -> str:
        kept = ("port", "unixsocket", "dir")
        lines = [line for line in super()._settings().splitlines() if line.startswith(kept)]
        return "\n".join([*lines, "appendonly yes", "maxmemory-policy allkeys-lru"]) + "\n"


@pytest.mark.anyio
async def test_a_careless_store_is_refused_with_reasons() -> None:
    with CarelessStore() as store:
        report = await check(f"unix://{store.socket}")

    assert set(report.problems) >= {
        "The live store lets anybody in without a password.",
        "Our name may do more in the live store than it needs; limit it as in deploy/users.acl.",
        "The live store has no limit of memory; set maxmemory.",
        *(s.why for s in SETTINGS if s.name in {"save", "appendonly", "maxmemory-policy"}),
        *(s.why for s in SETTINGS if s.name in {"slowlog-log-slower-than", "stream-node-max-bytes"}),
    }
    assert len(report.problems) == len(set(report.problems))


@pytest.mark.anyio
async def test_a_store_that_is_not_there_is_one_sentence() -> None:
    report = await check("redis://anna:secret@127.0.0.1:1")

    assert report.problems == ("No live store answers at 127.0.0.1:1.",)
