# SPDX-License-Identifier: AGPL-3.0-or-later
"""The texts people see: one gettext catalogue per language, the English text being the key.

Pages call `t` and `tn` of a `Translator`; the two TypeScript apps call the functions of the same
names in `chat/browser/texts.ts`, over modules made from the same catalogues. Catalogues are read
as text when the service starts: there is no compiled copy that could be out of date.

    python -m chat.web.texts update     find the texts, bring catalogues and modules up to date
    python -m chat.web.texts check      fail when that would change something, or a text has no translation
"""

from __future__ import annotations

import dataclasses
import pathlib
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from gettext import c2py

import babel
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

LOCALE = pathlib.Path(__file__).parent / "locale"
DOMAIN = "kentering"
SOURCE = "en"
"""The language of the keys; it is always there, and what is shown when nothing else fits."""

_PLACE = re.compile(r"\{(\w+)\}")
_RANGE = re.compile(
    r"^\s*([A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*|\*)\s*(?:;\s*q\s*=\s*([01](?:\.\d{0,3})?))?\s*$"
)


def _fill(text: str, values: Mapping[str, object]) -> str:
    """Replace `{name}`; unlike `str.format` it reads no attributes and refuses nothing."""
    return _PLACE.sub(lambda place: str(values.get(place[1], place[0])), text)


@dataclasses.dataclass(frozen=True, slots=True)
class Translator:
    """All texts in one language."""

    language: str
    """Tag for `lang` and for the conversation, as `en`."""
    name: str
    """What the language calls itself."""
    direction: str
    """`ltr` or `rtl`."""
    catalogue: Catalog
    form: Callable[[int], int]
    """Which plural form a number takes."""

    def t(self, text: str, **values: object) -> str:
        """A text, with `{name}` replaced by values."""
        message = self.catalogue.get(text)
        found = message.string if message is not None and isinstance(message.string, str) else ""
        return _fill(found or text, values)

    def tn(self, one: str, many: str, n: int, **values: object) -> str:
        """A text that depends on a number; `{n}` stands for it."""
        message = self.catalogue.get(one)
        found = ""
        if message is not None and isinstance(message.string, list | tuple):
            found = message.string[self.form(n)]
        return _fill(found or (one if n == 1 else many), {"n": n, **values})


class Texts:
    """Every language there is a catalogue for."""

    def __init__(self, translators: Sequence[Translator]) -> None:
        self._by_language = {translator.language.lower(): translator for translator in translators}

    @classmethod
    def load(cls, folder: pathlib.Path = LOCALE) -> Texts:
        """Read the catalogues of a folder.

        Raises:
            ValueError: a catalogue is no gettext file.
            babel.UnknownLocaleError: a folder's name is no language.
        """
        return cls([_translator(path) for path in sorted(folder.glob(f"*/LC_MESSAGES/{DOMAIN}.po"))])

    @property
    def translators(self) -> tuple[Translator, ...]:
        """In the order of their tags."""
        return tuple(self._by_language.values())

    def choose(self, wanted: str | None = None, accept: str | None = None) -> Translator:
        """The language asked for, else the best of Accept-Language (RFC 9110, 12.5.4), else English.

        The header is read here and kept nowhere: with other headers it tells browsers apart.
        """
        for tag in ([wanted.lower()] if wanted else []) + _preferred(accept or ""):
            for candidate in (tag, tag.partition("-")[0]):
                if candidate in self._by_language:
                    return self._by_language[candidate]
        return self._by_language[SOURCE]


def _translator(path: pathlib.Path) -> Translator:
    tag = path.parent.parent.name
    locale = babel.Locale.parse(tag, sep="-")
    with path.open("rb") as file:
        catalogue = read_po(file, locale=locale, domain=DOMAIN)
    name = locale.get_display_name(locale) or tag
    return Translator(tag, name, locale.text_direction, catalogue, c2py(catalogue.plural_expr))


def _preferred(header: str) -> list[str]:
    """Language tags of the header, best first; what is malformed is skipped."""
    found: list[tuple[float, str]] = []
    for part in header[:500].split(","):
        match = _RANGE.match(part)
        if match is None or match[1] == "*":
            continue
        weight = float(match[2] or 1)
        if weight > 0:
            found.append((weight, match[1].lower()))
    return [tag for _, tag in sorted(found, key=lambda item: -item[0])]


def main(arguments: Sequence[str]) -> int:
    """The command line; the work is in `chat.web.catalogues`, which the running service never needs."""
    from chat.web import catalogues  # noqa: PLC0415 - only for the command

    match list(arguments):
        case ["update"]:
            return catalogues.update()
        case ["check"]:
            return catalogues.check()
        case _:
            sys.stderr.write("usage: python -m chat.web.texts update | check\n")
            return 2


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
