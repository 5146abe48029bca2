# SPDX-License-Identifier: AGPL-3.0-or-later
"""Browsers that can do less: without WebCrypto the way without script, without Ed25519 a part of our own."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from chat.web.texts import Texts
from tests.browser.conftest import ARGUMENTS
from tests.browser.help_seeker.people import Counsellor, Person
from tests.browser.without_script import PlainPage
from tests.support.sealed import Beside, Organisation
from tests.support.service import Service, running

ONION = "kentering".ljust(56, "2") + ".onion"
TEXTS = Texts.load()
CANT_SEAL = (
    "At this address your browser can't seal what you write. You can talk the way that needs no scripts."
)


@pytest.fixture(scope="module")
def onion(tmp_path_factory: pytest.TempPathFactory, organisation: Organisation) -> Iterator[Service]:
    """A service that answers at an onion address too, as Tor would bring its requests."""
    folder = tmp_path_factory.mktemp("onion")
    organisation.install(folder / "data")
    with running(folder, KENTERING_ONION=ONION) as started:
        yield started


@pytest.fixture(scope="module")
def resolving(chromium: Browser, onion: Service) -> Iterator[Browser]:
    """A Chromium that finds the onion address on this computer: plain http, so no secure context."""
    rules = f"--host-resolver-rules=MAP {ONION} 127.0.0.1:{onion.port}"
    made = chromium.browser_type.launch(executable_path=shutil.which("chromium"), args=[*ARGUMENTS, rules])
    yield made
    made.close()


@pytest.mark.parametrize("language", [text.language for text in TEXTS.translators])
def test_without_web_crypto_the_page_offers_the_other_way_by_itself(
    resolving: Browser, onion: Service, organisation: Organisation, other: Beside, language: str
) -> None:
    t = TEXTS.choose(language).t
    other.counsellor(onion)
    person = Person(resolving.new_context(locale=language).new_page(), onion)
    person.page.goto(f"http://{ONION}/")
    offered = person.page.locator(".without-sealing")

    assert person.page.evaluate("isSecureContext || 'subtle' in crypto") is False
    expect(offered).to_be_visible()
    expect(offered).to_contain_text(t(CANT_SEAL))
    expect(person.page.get_by_role("button", name=t("Start talking"))).to_have_count(1)
    assert person.axe() == []
    person.close()


def test_the_other_way_leads_to_a_conversation(
    resolving: Browser, onion: Service, organisation: Organisation, other: Beside
) -> None:
    desk = other.counsellor(onion)
    page = resolving.new_page()
    page.goto(f"http://{ONION}/")
    page.get_by_role("button", name="Start talking").click()
    person = PlainPage(page, onion)
    person.is_told("You are in the waiting room")
    counsellor = other.take_next(desk, organisation.counsellor("Anna"))
    person.with_counsellor("Anna")
    person.write("The weather is mild")
    other.wait(counsellor, "texts", 1)
    other.do(counsellor.say("Good day"))
    person.shows("Good day")
    other.wait(counsellor, "delivered", 1)
    person.all_delivered()
    assert page.url == f"http://{ONION}/talk"
    page.goto(f"http://{ONION}/talk/leave")
    page.close()


WITHOUT_ED25519 = """
const importKey = SubtleCrypto.prototype.importKey;
SubtleCrypto.prototype.importKey = function (format, key, algorithm, ...rest) {
  const name = typeof algorithm === "string" ? algorithm : algorithm.name;
  if (name === "Ed25519") return Promise.reject(new DOMException("no such algorithm", "NotSupportedError"));
  return importKey.call(this, format, key, algorithm, ...rest);
};
"""
"""As browsers were before Ed25519 came to WebCrypto."""


def test_without_ed25519_a_verifier_is_loaded_after_the_button(
    chromium: Browser, service: Service, counsellor: Counsellor
) -> None:
    context = chromium.new_context()
    context.add_init_script(WITHOUT_ED25519)
    person = Person(context.new_page(), service)
    person.page.goto(person.address)
    person.page.wait_for_load_state("networkidle")
    before = set(person.requests)
    person.start()
    counsellor.takes(person)
    person.write("The weather is mild")
    counsellor.shows("The weather is mild")
    person.all_delivered(1)
    scripts = [url for url in person.requests if url.endswith(".js") and url not in before]
    person.end()
    counsellor.puts_away()

    assert len(scripts) == 1
    assert person.troubles == []
    person.close()
