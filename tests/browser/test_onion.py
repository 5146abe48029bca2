# SPDX-License-Identifier: AGPL-3.0-or-later
"""A conversation through an onion address, over a Tor network of our own, with script and without."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browser.ways import ChromiumTab, Way, whole_way
from tests.support import firefox, private_tor
from tests.support.private_tor import Onion
from tests.support.sealed import Beside, Organisation
from tests.support.service import Service, free_port, running

pytestmark = pytest.mark.skipif(
    private_tor.PROGRAM is None, reason="Tor is not installed (Debian: apt-get install tor)"
)


@pytest.fixture(scope="module")
def port() -> int:
    return free_port()


@pytest.fixture(scope="module")
def onion(tmp_path_factory: pytest.TempPathFactory, port: int) -> Iterator[Onion]:
    with private_tor.onion_service(tmp_path_factory.mktemp("tor") / "network", port) as started:
        yield started


@pytest.fixture(scope="module")
def known(
    tmp_path_factory: pytest.TempPathFactory, organisation: Organisation, onion: Onion, port: int
) -> Iterator[Service]:
    folder = tmp_path_factory.mktemp("onion")
    organisation.install(folder / "data")
    with running(folder, port=port, KENTERING_ONION=onion.address) as started:
        yield started


def as_tor_browser(onion: Onion, *, script: bool) -> dict[str, object]:
    """What Tor Browser has set that matters here: an onion address is as good as https."""
    return {
        "network.proxy.type": 1,
        "network.proxy.socks": "127.0.0.1",
        "network.proxy.socks_port": onion.socks,
        "network.proxy.socks_version": 5,
        "network.proxy.socks_remote_dns": True,
        "network.proxy.allow_hijacking_localhost": True,
        "network.dns.blockDotOnion": False,
        "dom.securecontext.allowlist_onions": True,
        "javascript.enabled": script,
        "intl.accept_languages": "en",
    }


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_a_conversation_through_an_onion_address(
    onion: Onion, known: Service, organisation: Organisation, other: Beside, tmp_path: Path, script: bool
) -> None:
    with firefox.running(tmp_path / "profile", as_tor_browser(onion, script=script)) as browser:
        window = browser.tab()
        way = Way(window, "en", script, other)
        whole_way(way, f"http://{onion.address}/", known, organisation)


def test_where_an_onion_address_can_not_seal_the_other_way_is_there_by_itself(
    chromium: Browser, onion: Onion, known: Service, organisation: Organisation, other: Beside
) -> None:
    """Chromium through Tor, scripts on: plain http is no secure context there."""
    context = chromium.new_context(proxy={"server": f"socks5://127.0.0.1:{onion.socks}"}, locale="en")
    page = context.new_page()
    way = Way(ChromiumTab.of(page), "en", False, other)
    whole_way(way, f"http://{onion.address}/", known, organisation)
    context.close()
