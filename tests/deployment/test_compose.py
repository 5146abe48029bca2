# SPDX-License-Identifier: AGPL-3.0-or-later
"""The production set as it is written down: every service is hardened, and reaches only whom it needs."""

from __future__ import annotations

import re
from typing import Any

import pytest
import yaml

from chat.settings import SettingsError, load
from tests.architecture.tree import ROOT

COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
DOCKERFILE = (ROOT / "Dockerfile").read_text()

every_service = pytest.mark.parametrize("name", SERVICES)


def stage(name: str) -> str:
    """The lines of one stage of the Dockerfile."""
    found = re.search(rf"^FROM \S+ AS {name}$(.*?)(?=^FROM |\Z)", DOCKERFILE, re.MULTILINE | re.DOTALL)
    assert found is not None, name
    return found[1]


def bytes_of(size: str) -> int:
    return int(size.removesuffix("m")) * 2**20


def reach(*networks: str) -> set[str]:
    return {name for name, service in SERVICES.items() if set(networks) & set(service["networks"])}


def test_the_parts_are_these() -> None:
    assert {name: service["labels"]["org.kentering.part"] for name, service in SERVICES.items()} == {
        "caddy": "proxy",
        "app1": "service",
        "app2": "service",
        "live": "live-store",
        "records": "records",
        "tor": "onion",
        "front": "onion-front",
    }


@every_service
def test_a_service_can_write_nowhere_but_in_memory_and_on_its_volume(name: str) -> None:
    service = SERVICES[name]

    assert service["read_only"] is True
    assert all(
        ":" in volume and not volume.startswith((".", "/", "~")) for volume in service.get("volumes", [])
    )


@every_service
def test_a_service_has_no_capability_and_can_gain_none(name: str) -> None:
    service = SERVICES[name]

    assert service["cap_drop"] == ["ALL"]
    assert "no-new-privileges:true" in service["security_opt"]
    assert {
        "cap_add",
        "privileged",
        "devices",
        "pid",
        "network_mode",
        "userns_mode",
    } & service.keys() == set()


@every_service
def test_no_output_of_a_service_is_kept(name: str) -> None:
    assert SERVICES[name]["logging"] == {"driver": "none"}


@every_service
def test_a_service_leaves_no_core_file_and_is_never_swapped(name: str) -> None:
    service = SERVICES[name]

    assert service["ulimits"]["core"] == 1
    assert bytes_of(service["mem_limit"]) > 0
    assert service["memswap_limit"] == service["mem_limit"]
    assert service["pids_limit"] > 0


@every_service
def test_a_service_says_whether_it_is_well_and_comes_back(name: str) -> None:
    service = SERVICES[name]

    assert service["healthcheck"]["test"]
    assert service["restart"] == "unless-stopped"


@every_service
def test_no_service_runs_as_root(name: str) -> None:
    service = SERVICES[name]
    user = service.get("user")
    if "build" in service:
        users = re.findall(r"^USER (\d+):\d+$", stage(service["build"]["target"]), re.MULTILINE)

        assert user is None
        assert len(users) == 1
        assert int(users[0]) > 10_000
    else:
        assert user not in {None, "root", "0"}


@every_service
def test_no_password_stands_in_an_environment(name: str) -> None:
    environment = SERVICES[name].get("environment", {})
    secret = {key for key in environment if "PASSWORD" in key and not key.endswith("_FILE")}

    assert secret == set()
    assert not any(re.search(r"://[^/@]*:[^/@]+@", str(value)) for value in environment.values())


def test_secrets_are_files_and_go_only_where_they_are_needed() -> None:
    assert all(set(secret) == {"file"} for secret in COMPOSE["secrets"].values())
    assert {name: service["secrets"] for name, service in SERVICES.items() if "secrets" in service} == {
        "app1": ["live_password", "records_password"],
        "app2": ["live_password", "records_password"],
        "live": ["live_password"],
        "records": ["records_password"],
        "tor": ["onion_key"],
    }


def test_who_reaches_whom() -> None:
    inner = {name for name, network in COMPOSE["networks"].items() if (network or {}).get("internal") is True}

    assert inner == COMPOSE["networks"].keys() - {"outside"}
    assert reach("outside") == {"caddy", "tor"}
    assert reach("live") == {"app1", "app2", "live"}
    assert reach("records") == {"app1", "app2", "records"}
    assert reach("onion") == {"tor", "front"}
    assert SERVICES["live"]["networks"] == ["live"]
    assert SERVICES["records"]["networks"] == ["records"]


def test_only_the_proxy_has_ports() -> None:
    assert {name for name, service in SERVICES.items() if "ports" in service} == {"caddy"}
    assert all("127.0.0.1" not in port for port in SERVICES["caddy"]["ports"])


def test_the_live_store_has_no_volume_and_overwrites_what_it_frees() -> None:
    store = SERVICES["live"]

    assert "volumes" not in store
    assert store["environment"] == {"MALLOC_CONF": "junk:true"}
    assert "grep -q libjemalloc" in stage("store")


def test_the_live_store_has_room_for_all_it_may_hold() -> None:
    conf = (ROOT / "deploy" / "valkey.conf").read_text()
    most = re.search(r"^maxmemory (\d+)mb$", conf, re.MULTILINE)
    assert most is not None

    assert int(most[1]) * 2**20 * 1.25 < bytes_of(SERVICES["live"]["mem_limit"])


def test_both_copies_of_the_service_are_the_same() -> None:
    assert SERVICES["app1"] == SERVICES["app2"]


def refusal(environment: dict[str, str]) -> str:
    """Why these settings are not taken; empty when they are."""
    try:
        load(environment)
    except SettingsError as error:
        return str(error)
    return ""


def test_the_service_knows_every_setting_that_it_is_given(tmp_path: Any) -> None:
    (tmp_path / "live").write_text("a b/c\n")
    (tmp_path / "records").write_text("d\n")
    environment = {
        key: str(value).replace("${KENTERING_HELP_SEEKER_HOST:?Run make setup first}", "talk.example.org")
        for key, value in SERVICES["app1"]["environment"].items()
        if value is not None
    }
    environment |= {
        "KENTERING_DESK_ORIGIN": "https://desk.example.org",
        "KENTERING_LIVE_PASSWORD_FILE": str(tmp_path / "live"),
        "KENTERING_RECORDS_PASSWORD_FILE": str(tmp_path / "records"),
    }

    found = load(environment)

    assert (found.live_url, found.records_url) == (
        "redis://kentering:a%20b%2Fc@live:6379",
        "postgresql://kentering:d@records/kentering",
    )
    assert found.demo is False
    assert found.workers >= 2
    passed_on = [key for key, value in SERVICES["app1"]["environment"].items() if value is None]
    assert [key for key in passed_on if "is not a setting" in refusal({**environment, key: "?"})] == []
    assert "is not a setting" in refusal({**environment, "KENTERING_NO_SUCH": "?"})


EXACT = {
    "debian": r"trixie-\d{8}-slim",
    "python": r"\d+\.\d+\.\d+-slim-trixie",
    "caddy": r"\d+\.\d+\.\d+",
    "postgres": r"\d+\.\d+-trixie",
}
"""How each image's tag names one version and no other."""


def test_versions_are_exact_and_nothing_is_fetched_for_the_builder() -> None:
    images = re.findall(r"^FROM (\S+)", DOCKERFILE, re.MULTILINE)
    stages = set(re.findall(r" AS (\w+)$", DOCKERFILE, re.MULTILINE))
    images = [image for image in images if image not in stages]
    images += [service["image"] for service in SERVICES.values() if "build" not in service]

    named = [re.fullmatch(r"([a-z]+):([^@]+)(?:@sha256:[0-9a-f]{64})?", image) for image in images]
    assert {image[1] for image in named if image is not None} == EXACT.keys()
    assert [image for image in named if image is None or not re.fullmatch(EXACT[image[1]], image[2])] == []
    assert not re.search(r"^#\s*syntax", DOCKERFILE, re.MULTILINE)


def test_the_service_is_what_the_dockerfile_makes_when_nothing_is_said() -> None:
    targets = {service["build"]["target"] for service in SERVICES.values() if "build" in service}

    assert targets == {"service", "proxy", "store", "onion", "front"}
    assert re.findall(r"^FROM .*$", DOCKERFILE, re.MULTILINE)[-1].endswith(" AS service")
