# SPDX-License-Identifier: AGPL-3.0-or-later
"""A real organisation's first manager: the root is made elsewhere, the certificate comes back as a file."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

from playwright.sync_api import Browser

from chat import offline_root, set_up
from chat.settings import load
from tests.browser.pages import PATIENCE, DeskPage
from tests.support.service import Service, running

PASSPHRASE = "the tide turns twice"


def environment(service: Service | None, data: Path) -> dict[str, str]:
    """What an operator would set; the desk is on this computer, since browsers want HTTPS elsewhere."""
    origins = {}
    if service is not None:
        origins = {"KENTERING_HELP_SEEKER_ORIGIN": service.help_seeker, "KENTERING_DESK_ORIGIN": service.desk}
    return {**origins, "KENTERING_DATA": str(data), "KENTERING_DEMO": "0"}


def test_the_first_manager_is_certified_by_a_root_that_the_server_never_sees(
    chromium: Browser, tmp_path: Path
):
    root = offline_root.create(tmp_path / "offline", PASSPHRASE)
    pinned = set_up.pin(load(environment(None, tmp_path / "data")), tmp_path / "offline" / "root.txt")

    with running(tmp_path, KENTERING_DEMO="0", KENTERING_WORK="1") as service:
        said = subprocess.run(
            [sys.executable, "-m", "chat", "invite-manager", "Maria"],
            env={**os.environ, **environment(service, service.data)},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        page = chromium.new_context().new_page()
        page.set_default_timeout(PATIENCE)
        desk = DeskPage(page, service)
        desk.give_passkeys()
        page.goto(said.splitlines()[-1])
        page.get_by_role("button", name="Make my key and passkey").click()
        page.get_by_text("The root key is on another computer").click()
        with page.expect_download() as download:
            page.get_by_role("link", name="Save the request as a file").click()
        download.value.save_as(tmp_path / "request.txt")
        request = offline_root.describe(tmp_path / "request.txt")
        shown = page.locator(".fingerprint").inner_text()
        offline_root.certify(
            tmp_path / "offline",
            tmp_path / "request.txt",
            tmp_path / "maria.certificate",
            PASSPHRASE,
            int(time.time()),
        )
        page.get_by_label("Bring the certificate back").set_input_files(tmp_path / "maria.certificate")
        page.get_by_role("button", name="Sign in").click()
        page.get_by_role("heading", name="Waiting room").wait_for()

        assert pinned == root
        assert (request.alias, request.fingerprint) == ("Maria", shown)
        assert not list(service.data.rglob("*.pem"))
