# SPDX-License-Identifier: AGPL-3.0-or-later
from __future__ import annotations

import pathlib
import subprocess

import pytest
from babel.messages.catalog import Catalog

from chat.web import catalogues
from chat.web.texts import Texts, Translator

DUTCH = r"""
msgid ""
msgstr ""
"Content-Type: text/plain; charset=UTF-8\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\n"

msgid "Continue"
msgstr "Verder"

msgid "{n} day"
msgid_plural "{n} days"
msgstr[0] "{n} dag"
msgstr[1] "{n} dagen"
"""


@pytest.fixture
def texts(tmp_path: pathlib.Path) -> Texts:
    for language, content in {"en": "", "nl": DUTCH, "ar": "", "pt-BR": ""}.items():
        path = tmp_path / language / "LC_MESSAGES" / "kentering.po"
        path.parent.mkdir(parents=True)
        path.write_text(content or 'msgid ""\nmsgstr ""\n', "utf-8")
    return Texts.load(tmp_path)


@pytest.mark.parametrize(
    ("wanted", "accept", "language"),
    [
        (None, None, "en"),
        (None, "nl", "nl"),
        (None, "nl-BE,nl;q=0.9,en;q=0.8", "nl"),
        (None, "fr;q=1.0, en;q=0.2, nl;q=0.5", "nl"),
        (None, "nl;q=0, en", "en"),
        (None, "*", "en"),
        (None, "nl;q=abc, \x00, ,", "en"),
        (None, "x" * 10_000, "en"),
        ("nl", "en", "nl"),
        (None, "pt-br", "pt-BR"),
        ("pt-BR", None, "pt-BR"),
        ("xx", "nl", "nl"),
        ("../etc", None, "en"),
    ],
)
def test_the_language_is_chosen(texts: Texts, wanted: str | None, accept: str | None, language: str) -> None:
    assert texts.choose(wanted, accept).language == language


def test_a_language_knows_its_name_and_direction(texts: Texts) -> None:
    found = {t.language: (t.name, t.direction) for t in texts.translators}

    assert found["nl"] == ("Nederlands", "ltr")
    assert found["ar"][1] == "rtl"


def test_texts_and_plurals(texts: Texts) -> None:
    dutch = texts.choose("nl")

    assert dutch.t("Continue") == "Verder"
    assert [dutch.tn("{n} day", "{n} days", n) for n in (1, 2)] == ["1 dag", "2 dagen"]


def test_what_is_not_translated_is_shown_in_english(texts: Texts) -> None:
    dutch = texts.choose("nl")

    assert dutch.t("Hello {name}", name="Anna") == "Hello Anna"
    assert [dutch.tn("{n} hour", "{n} hours", n) for n in (1, 2)] == ["1 hour", "2 hours"]


def test_a_value_is_put_in_as_it_is(texts: Texts) -> None:
    english: Translator = texts.choose()

    assert english.t("Hello {name}", name="{name.__class__}") == "Hello {name.__class__}"
    assert english.t("Hello {name.__class__}", name="x") == "Hello {name.__class__}"


def test_texts_are_found_in_typescript() -> None:
    source = """
      // t("in a comment")
      export function t(text: string): string { return text; }
      const a = t("one"), b = tn("{n} day", "{n} days", n);
      const c = <p title={t('it\\'s "so"')}>{t("a " + "b", { name })}</p>;
      const d = start("no"), e = x.t("no"), f = "https://host"; /* t("no") */
    """

    assert list(catalogues.of_typescript(source, "x.tsx")) == [
        "one",
        ("{n} day", "{n} days"),
        'it\'s "so"',
        "a b",
    ]


@pytest.mark.parametrize("source", ["t(text)", "tn('one', many, 1)", "tn(one, 'many', 1)", "t(`a`)"])
def test_a_text_that_is_not_written_out_is_refused(source: str) -> None:
    with pytest.raises(catalogues.TextError):
        list(catalogues.of_typescript(source, "x.ts"))


def test_texts_are_found_in_python() -> None:
    source = 'translator.t("one"); tn("{n} day", "{n} days", 3); other("no")'

    assert list(catalogues.of_python(source, "x.py")) == ["one", ("{n} day", "{n} days")]
    with pytest.raises(catalogues.TextError):
        list(catalogues.of_python("translator.t(text)", "x.py"))


def test_a_new_text_is_english_in_english_alone() -> None:
    template = Catalog(domain="kentering")
    template.add("Continue")
    merged = {tag: catalogues._merged(template, tag, "") for tag in ("de", "en", "fr", "nl")}
    found = {tag: message.string or "" for tag, made in merged.items() if (message := made.get("Continue"))}

    assert found == {"de": "", "en": "Continue", "fr": "", "nl": ""}
    assert list(catalogues._problems(merged["nl"])) == ["not translated: 'Continue'"]


def test_a_module_for_the_browser_has_its_own_texts_and_plural_rule(tmp_path: pathlib.Path) -> None:
    texts: dict[catalogues.Key, set[str]] = {
        "Continue": {"chat/browser/help_seeker/main.ts"},
        "Waiting room": {"counsellor_ui/src/views/desk.tsx"},
        ("{n} day", "{n} days"): {"chat/browser/texts.ts"},
        "Wait on": {"chat/browser/help_seeker/views/waiting.ts", "chat/web/pages/first.html"},
    }
    polish = Catalog(locale="pl", domain="kentering")
    polish.add("Continue", "Dalej")
    polish.add("Waiting room", "Poczekalnia")
    polish.add("Wait on", "Czekaj")
    polish.add(("{n} day", "{n} days"), ("{n} dzień", "{n} dni", "{n} dnia"))

    page = catalogues.module("pl", polish, texts, desk=False)
    desk = catalogues.module("pl", polish, texts, desk=True)

    assert ("Dalej" in page, "Poczekalnia" in page) == (True, False)
    later = catalogues.module("pl", polish, texts, desk=False, later=True)
    assert ("Czekaj" in page, "Czekaj" in desk, "Czekaj" in later) == (False, False, True)
    assert "Dalej" not in later
    assert ("Dalej" in desk, "Poczekalnia" in desk) == (False, True)
    (tmp_path / "pl.gen.ts").write_text(page, "utf-8")
    script = (
        f"import {{ catalogue }} from '{tmp_path}/pl.gen.ts'; console.log([1, 2, 5, 22].map(catalogue.form))"
    )
    run = ["node", "--input-type=module", "--eval", script]

    assert subprocess.run(run, capture_output=True, check=True, text=True).stdout == "[ 0, 1, 2, 1 ]\n"
