# SPDX-License-Identifier: AGPL-3.0-or-later
from __future__ import annotations

import base64
from pathlib import Path

import pytest

from chat import offline_root, set_up
from chat.records import Records
from chat.records.invitations import id_of
from chat.rules.roles import Role
from chat.sealing import trust
from chat.set_up import SetUpError
from chat.settings import Settings, SettingsError, load

REAL = {
    "KENTERING_HELP_SEEKER_ORIGIN": "https://talk.example.org",
    "KENTERING_DESK_ORIGIN": "https://desk.example.org",
}


def settings(tmp_path: Path, **more: str) -> Settings:
    return load({**REAL, "KENTERING_DATA": str(tmp_path / "data"), **more})


def root_file(folder: Path) -> Path:
    offline_root.create(folder, "the tide turns twice")
    return folder / "root.txt"


def test_the_root_is_pinned_once(tmp_path: Path):
    real = settings(tmp_path)
    root = set_up.pin(real, root_file(tmp_path / "root"))
    first = real.trust_file.read_bytes()

    with pytest.raises(SetUpError, match="never written over"):
        set_up.pin(real, root_file(tmp_path / "other"))
    pinned = trust.from_json(first)

    assert (pinned.roots, pinned.revoked, pinned.demo) == ((root.ed,), frozenset(), False)
    assert real.trust_file.read_bytes() == first


def test_another_root_holds_beside_the_first_and_then_alone(tmp_path: Path):
    real = settings(tmp_path)
    old, new = root_file(tmp_path / "old"), root_file(tmp_path / "new")
    first = set_up.pin(real, old)

    second = set_up.rotate(real, new, alone=False)
    assert trust.from_json(real.trust_file.read_bytes()).roots == (first.ed, second.ed)

    set_up.rotate(real, new, alone=True)
    assert trust.from_json(real.trust_file.read_bytes()).roots == (second.ed,)
    assert real.trust_file.stat().st_mode & 0o777 == 0o644
    assert sorted(file.name for file in real.data.iterdir()) == ["trust.json"]


def test_a_step_that_does_not_follow_changes_nothing(tmp_path: Path):
    real = settings(tmp_path)
    old, new = root_file(tmp_path / "old"), root_file(tmp_path / "new")
    with pytest.raises(SetUpError, match="no trust file"):
        set_up.rotate(real, new, alone=False)
    set_up.pin(real, old)
    before = real.trust_file.read_bytes()

    with pytest.raises(SetUpError, match="not pinned yet"):
        set_up.rotate(real, new, alone=True)
    with pytest.raises(SetUpError, match="pinned already"):
        set_up.rotate(real, old, alone=False)

    assert real.trust_file.read_bytes() == before


def test_a_root_file_that_is_none_pins_nothing(tmp_path: Path):
    file = tmp_path / "root.txt"
    file.write_text(root_file(tmp_path / "root").read_text().replace("fingerprint: ", "fingerprint: 1"))

    with pytest.raises(offline_root.OfflineRootError):
        set_up.pin(settings(tmp_path), file)
    with pytest.raises(SetUpError):
        set_up.pin(settings(tmp_path), tmp_path / "nothing.txt")

    assert not settings(tmp_path).trust_file.exists()


def test_a_demonstration_pins_no_other_root(tmp_path: Path):
    demonstration = load({"KENTERING_DATA": str(tmp_path / "data")})

    with pytest.raises(SetUpError, match="demonstration"):
        set_up.pin(demonstration, root_file(tmp_path / "root"))


@pytest.mark.anyio
async def test_a_managers_link_is_for_one_invitation_and_its_secret_half_is_not_kept(tmp_path: Path):
    real = settings(tmp_path)
    link = await set_up.invite_manager(real, "Maria")
    base, _, code = link.partition("#")
    secret = base64.urlsafe_b64decode(code + "=")
    records = await Records.open(real.records_location)
    found = await records.invitations.find(id_of(secret[:16]), now=0)
    await records.close()

    assert base == "https://desk.example.org/enrol"
    assert found is not None
    assert (found.alias, found.roles, found.made_by) == ("Maria", {Role.MANAGER, Role.COUNSELLOR}, None)
    assert secret[16:] not in (real.records_dir / "records.sqlite3").read_bytes()


@pytest.mark.anyio
async def test_a_name_is_one_and_belongs_to_one(tmp_path: Path):
    real = settings(tmp_path)
    await set_up.invite_manager(real, "Maria")

    with pytest.raises(SetUpError, match="Somebody has this name"):
        await set_up.invite_manager(real, "maria")
    with pytest.raises(SetUpError, match="letters"):
        await set_up.invite_manager(real, "Maria 2")


def test_the_service_listens_to_this_computer_unless_told(tmp_path: Path):
    assert settings(tmp_path).bind is None
    assert settings(tmp_path, KENTERING_BIND="0.0.0.0").bind == "0.0.0.0"  # noqa: S104 - the container's setting
    with pytest.raises(SettingsError, match="KENTERING_BIND"):
        settings(tmp_path, KENTERING_BIND="everywhere")


def test_a_demonstration_listens_to_this_computer_only():
    assert load({"KENTERING_BIND": "127.0.0.1"}).bind == "127.0.0.1"
    with pytest.raises(SettingsError, match="this computer only"):
        load({"KENTERING_BIND": "0.0.0.0"})  # noqa: S104 - that is what is refused


ONION = "a2" * 28 + ".onion"


def test_the_onion_address_is_given_or_read_where_tor_wrote_it(tmp_path: Path) -> None:
    (tmp_path / "hostname").write_text(ONION + "\n")

    assert load({}).onion is None
    assert load({"KENTERING_ONION": ONION}).onion_origin == f"http://{ONION}"
    assert load({"KENTERING_ONION_FILE": str(tmp_path / "hostname")}).onion == ONION


@pytest.mark.parametrize(
    "address", ["", "short.onion", ONION + ":80", "http://" + ONION, ONION.upper(), ONION[:-1]]
)
def test_what_is_no_onion_address_is_refused(address: str, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="KENTERING_ONION"):
        load({"KENTERING_ONION": address})
    with pytest.raises(SettingsError, match="not both"):
        load({"KENTERING_ONION": ONION, "KENTERING_ONION_FILE": "x"})
    with pytest.raises(SettingsError, match="cannot be read"):
        load({"KENTERING_ONION_FILE": str(tmp_path / "none")})


def test_a_password_of_a_store_may_stand_in_a_file_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("p:w/1\n")
    file = str(tmp_path / "secret")

    live = load({"KENTERING_LIVE_URL": "redis://kentering@live:6379", "KENTERING_LIVE_PASSWORD_FILE": file})
    records = load(
        {"KENTERING_RECORDS_URL": "postgresql://k@records/k", "KENTERING_RECORDS_PASSWORD_FILE": file}
    )

    assert live.live_url == "redis://kentering:p%3Aw%2F1@live:6379"
    assert records.records_url == "postgresql://k:p%3Aw%2F1@records/k"


@pytest.mark.parametrize(
    ("url", "file", "why"),
    [
        (None, "secret", "is not set"),
        ("redis://kentering:other@live", "secret", "no password"),
        ("redis://live", "secret", "must have a name"),
        ("redis://kentering@live", "missing", "cannot be read"),
        ("redis://kentering@live", "empty", "is empty"),
    ],
)
def test_a_password_file_that_cannot_be_meant_is_refused(
    url: str | None, file: str, why: str, tmp_path: Path
) -> None:
    (tmp_path / "secret").write_text("secret")
    (tmp_path / "empty").write_text("\n")
    environ = {"KENTERING_LIVE_PASSWORD_FILE": str(tmp_path / file)}
    if url is not None:
        environ["KENTERING_LIVE_URL"] = url

    with pytest.raises(SettingsError, match=why):
        load(environ)


def test_there_is_at_least_one_worker() -> None:
    assert load({}).workers == 2
    assert load({"KENTERING_WORKERS": "4"}).workers == 4
    with pytest.raises(SettingsError, match="KENTERING_WORKERS"):
        load({"KENTERING_WORKERS": "0"})
