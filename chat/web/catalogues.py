# SPDX-License-Identifier: AGPL-3.0-or-later
"""From the sources to the gettext catalogues, and from those to the modules the browsers load.

How this works. Every text stands in the source as `t("...")` or `tn("one", "many", ...)`: in Jinja
pages, in Python, in TypeScript and TSX. They are collected into `kentering.pot`; each language's
`kentering.po` is merged with that; English fills itself in, since its texts are the keys. For each
other language two modules are written: one for the help-seeker's page and one for the desk, so that
nobody's phone loads the desk's texts. Lines of places are left out of the files: they would change
with every edit and make every merge a conflict.
"""

from __future__ import annotations

import ast
import copy
import io
import json
import pathlib
import re
import sys
from collections.abc import Iterator

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po
from jinja2.ext import babel_extract

from chat.web.texts import DOMAIN, LOCALE, SOURCE

ROOT = pathlib.Path(__file__).parents[2]
PAGES = ROOT / "chat/web/pages"
BROWSER = ROOT / "chat/browser"
DESK = ROOT / "counsellor_ui/src"
MODULES = BROWSER / "locale"

PAGES_ONLY = frozenset({"ar"})
"""Languages of the pages in which the desk is not offered: its texts are not in their catalogues."""

Key = str | tuple[str, str]
"""A text, or its one and many."""

_DESK_ONLY = ("counsellor_ui/", "chat/web/pages/desk.html")
_LATER = frozenset(
    f"chat/browser/help_seeker/views/{name}.ts"
    for name in ("again", "asked", "feeling", "reading", "revealing", "waiting")
)
"""Views that come with the cryptography (help_seeker/seal.ts), and so do the texts that only they have."""
_CALL = re.compile(r"(?<![\w.$])(tn?)\(\s*")
_LITERAL = re.compile(r'"((?:[^"\\\n]|\\.)*)"|\'((?:[^\'\\\n]|\\.)*)\'')
_COMMENT = re.compile(r'("(?:[^"\\\n]|\\.)*"|`(?:[^`\\]|\\.)*`)|(?<!:)//[^\n]*|/\*.*?\*/', re.DOTALL)
_NOT_A_CALL = re.compile(r"(?:function|export|const)\s+$")


class TextError(Exception):
    """A text that cannot be found by reading the source: `t(variable)`. Names the place."""


def update() -> int:
    """Write what is out of date; 0."""
    for path, content in _wanted().items():
        if not path.exists() or path.read_text("utf-8") != content:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content, "utf-8")
            sys.stdout.write(f"wrote {path.relative_to(ROOT)}\n")
    return 0


def check() -> int:
    """0 when every file is as `update` would write it and every text is translated, else 1 and why."""
    wanted = _wanted()
    wrong = [
        f"{path.relative_to(ROOT)}: out of date; run: python -m chat.web.texts update"
        for path, content in wanted.items()
        if not path.exists() or path.read_text("utf-8") != content
    ]
    wrong += [
        f"{path.relative_to(ROOT)}: nothing needs this; remove it"
        for path in MODULES.glob("*.gen.ts")
        if path not in wanted
    ]
    for path, content in wanted.items():
        if path.suffix == ".po":
            wrong += [f"{path.relative_to(ROOT)}: {problem}" for problem in _problems(_read(content))]
    for line in wrong:
        sys.stderr.write(line + "\n")
    return 1 if wrong else 0


def _wanted() -> dict[pathlib.Path, str]:
    """Every generated file and what it should hold."""
    texts = collect()
    template = Catalog(domain=DOMAIN, project="Kentering", fuzzy=False)
    for key, files in sorted(texts.items(), key=lambda item: _one(item[0])):
        template.add(key, locations=[(file, 0) for file in sorted(files)])
    for_pages = Catalog(domain=DOMAIN, project="Kentering", fuzzy=False)
    for key, files in texts.items():
        if not all(file.startswith(_DESK_ONLY) for file in files):
            for_pages.add(key, locations=[(file, 0) for file in sorted(files)])
    wanted = {LOCALE / f"{DOMAIN}.pot": _write(template)}
    languages: dict[str, Catalog] = {}
    for tag in sorted(
        {SOURCE} | {path.name for path in LOCALE.iterdir() if path.is_dir() and path.name[0] != "_"}
    ):
        path = LOCALE / tag / "LC_MESSAGES" / f"{DOMAIN}.po"
        needed = for_pages if tag in PAGES_ONLY else template
        catalogue = _merged(needed, tag, path.read_text("utf-8") if path.exists() else "")
        wanted[path] = _write(catalogue)
        if tag != SOURCE:
            languages[tag] = catalogue
    for tag, catalogue in languages.items():
        wanted[MODULES / f"{tag}.gen.ts"] = module(tag, catalogue, texts, desk=False)
        wanted[MODULES / f"{tag}.later.gen.ts"] = module(tag, catalogue, texts, desk=False, later=True)
        if tag not in PAGES_ONLY:
            wanted[MODULES / f"{tag}.desk.gen.ts"] = module(tag, catalogue, texts, desk=True)
    wanted[MODULES / "index.gen.ts"] = _index(list(languages), desk=False)
    at_the_desk = [tag for tag in languages if tag not in PAGES_ONLY]
    wanted[MODULES / "index.desk.gen.ts"] = _index(at_the_desk, desk=True)
    return wanted


# --- finding the texts ---


def collect() -> dict[Key, set[str]]:
    """Every text, and the files it stands in, relative to the project.

    Raises:
        TextError: a call whose text is not written out.
    """
    found: dict[Key, set[str]] = {}
    for path in _sources():
        name = str(path.relative_to(ROOT))
        for key in _keys(path, name):
            found.setdefault(key, set()).add(name)
    ones = [_one(key) for key in found]
    for one in {text for text in ones if ones.count(text) > 1}:
        raise TextError(f"{one!r} is used with and without a number")
    return found


def _sources() -> Iterator[pathlib.Path]:
    yield from sorted(PAGES.rglob("*.html"))
    yield from sorted((ROOT / "chat/web").rglob("*.py"))
    for folder in (BROWSER, DESK):
        for pattern in ("*.ts", "*.tsx"):
            yield from sorted(p for p in folder.rglob(pattern) if ".gen." not in p.name)


def _keys(path: pathlib.Path, name: str) -> Iterator[Key]:
    if path.suffix == ".html":
        yield from _of_page(path.read_bytes())
    elif path.suffix == ".py":
        yield from of_python(path.read_text("utf-8"), name)
    else:
        yield from of_typescript(path.read_text("utf-8"), name)


def _of_page(source: bytes) -> Iterator[Key]:
    for _, function, message, _ in babel_extract(io.BytesIO(source), ["t", "tn"], [], {}):
        parts = [
            part for part in ([message] if isinstance(message, str) else message or ()) if part is not None
        ]
        yield (parts[0], parts[1]) if function == "tn" else parts[0]


def of_python(source: str, name: str) -> Iterator[Key]:
    """Texts of `….t("…")` and `t("…")` in Python."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        function = getattr(node.func, "attr", None) or getattr(node.func, "id", None)
        if function not in {"t", "tn"}:
            continue
        wanted = 2 if function == "tn" else 1
        texts = [
            arg.value
            for arg in node.args[:wanted]
            if isinstance(arg, ast.Constant) and isinstance(arg.value, str)
        ]
        if len(texts) != wanted:
            raise TextError(f"{name}:{node.lineno}: the text must be written out")
        yield (texts[0], texts[1]) if function == "tn" else texts[0]


def of_typescript(source: str, name: str) -> Iterator[Key]:
    """Texts of `t("…")` and `tn("…", "…", …)`; a text may be several literals joined by +."""
    source = _COMMENT.sub(lambda match: match[1] or " ", source)
    for call in _CALL.finditer(source):
        if _NOT_A_CALL.search(source[: call.start()]):
            continue
        line = source.count("\n", 0, call.start()) + 1
        first, at = _text_at(source, call.end())
        if call[1] == "t":
            if first is None:
                raise TextError(f"{name}: about line {line}: the text must be written out")
            yield first
            continue
        comma = re.compile(r"\s*,\s*").match(source, at)
        second = _text_at(source, comma.end())[0] if comma else None
        if first is None or second is None:
            raise TextError(f"{name}: about line {line}: both texts must be written out")
        yield first, second


def _text_at(source: str, at: int) -> tuple[str | None, int]:
    parts: list[str] = []
    while (match := _LITERAL.match(source, at)) is not None:
        body = match[1] if match[1] is not None else match[2].replace('"', '\\"').replace("\\'", "'")
        parts.append(json.loads(f'"{body}"'))
        at = match.end()
        plus = re.compile(r"\s*\+\s*").match(source, at)
        if plus is None:
            break
        at = plus.end()
    return ("".join(parts) if parts else None), at


# --- catalogues ---


def _one(key: Key) -> str:
    return key if isinstance(key, str) else key[0]


def _read(content: str, tag: str | None = None) -> Catalog:
    return read_po(io.BytesIO(content.encode()), locale=tag, domain=DOMAIN)


def _write(catalogue: Catalog) -> str:
    """As text without dates, versions or names: the same sources give the same bytes."""
    out = io.BytesIO()
    write_po(
        out,
        catalogue,
        width=100,
        omit_header=True,
        sort_output=True,
        include_lineno=False,
        ignore_obsolete=True,
    )
    head = "# SPDX-License-Identifier: AGPL-3.0-or-later\n"
    head += 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=UTF-8\\n"\n'
    if catalogue.locale is not None:
        head += f'"Language: {catalogue.locale}\\n"\n"Plural-Forms: {catalogue.plural_forms}\\n"\n'
    return head + "\n" + out.getvalue().decode().strip("\n") + "\n"


def _merged(template: Catalog, tag: str, content: str) -> Catalog:
    catalogue = _read(content, tag) if content else Catalog(locale=tag, domain=DOMAIN, fuzzy=False)
    # A copy: what is new in a catalogue is the template's own message, and English fills itself in below.
    catalogue.update(copy.deepcopy(template), no_fuzzy_matching=True)
    if tag == SOURCE:
        for message in catalogue:
            if message.id:
                message.string = message.id if isinstance(message.id, str) else tuple(message.id)
    return catalogue


def _problems(catalogue: Catalog) -> Iterator[str]:
    for message in catalogue:
        if not message.id:
            continue
        strings = [message.string] if isinstance(message.string, str) else list(message.string or ("",))
        ids = [message.id] if isinstance(message.id, str) else list(message.id)
        if not all(strings) or message.fuzzy:
            yield f"not translated: {ids[0]!r}"
            continue
        places = set(re.findall(r"\{\w+\}", " ".join(ids)))
        if any(not set(re.findall(r"\{\w+\}", text)) <= places for text in strings):
            yield f"a place in braces that the text does not have: {ids[0]!r}"


# --- modules for the browsers ---


def module(
    tag: str, catalogue: Catalog, texts: dict[Key, set[str]], *, desk: bool, later: bool = False
) -> str:
    """What the browsers load for one language: the texts of one app and how it counts.

    `later`: those of the help-seeker's page that come with the cryptography, after the button works.
    """
    own = "counsellor_ui/" if desk else "chat/browser/"
    shared = "chat/browser/"
    chosen: dict[str, str | list[str]] = {}
    for key, files in texts.items():
        if not any(
            file.startswith((own, shared)) and (not desk or "help_seeker" not in file) for file in files
        ):
            continue
        if not desk and _comes_later(files) is not later:
            continue
        message = catalogue.get(_one(key))
        if message is not None and message.string:
            chosen[_one(key)] = message.string if isinstance(message.string, str) else list(message.string)
    body = json.dumps(dict(sorted(chosen.items())), ensure_ascii=False, indent=2)
    if later:
        return (
            _head() + f"export const later: Readonly<Record<string, string | readonly string[]>> = {body};\n"
        )
    return (
        _head()
        + 'import type { Catalogue } from "../texts.ts";\n\n'
        + "export const catalogue: Catalogue = {\n"
        + f"  language: {json.dumps(tag)},\n"
        + f"  form: (n) => Number({_plural(catalogue)}),\n"
        + f"  texts: {body},\n}};\n"
    )


def _comes_later(files: set[str]) -> bool:
    return all(file in _LATER for file in files if file.startswith("chat/browser/"))


def _plural(catalogue: Catalog) -> str:
    """The C expression of Plural-Forms; its operators mean the same in TypeScript."""
    expression = str(catalogue.plural_expr)
    if re.fullmatch(r"[n0-9 ()?:%<>=!&|]+", expression) is None:
        raise TextError("unexpected plural rule")
    return expression


def _index(tags: list[str], *, desk: bool) -> str:
    suffix = ".desk.gen.ts" if desk else ".gen.ts"
    lines = [
        f'  {json.dumps(tag)}: async () => (await import("./{tag}{suffix}")).catalogue,\n' for tag in tags
    ]
    table = "{\n" + "".join(lines) + "}" if lines else "{}"
    more = ""
    if not desk:
        names = "".join(
            f'  {json.dumps(tag)}: async () => (await import("./{tag}.later.gen.ts")).later,\n'
            for tag in tags
        )
        more = (
            "\n/** Their texts that come with the cryptography. */\n"
            'export const laterTexts: Readonly<Record<string, () => Promise<Catalogue["texts"]>>> = '
            + ("{\n" + names + "};\n" if names else "{};\n")
        )
    return (
        _head()
        + 'import type { Catalogue } from "../texts.ts";\n\n'
        + "/** Every language but English, which needs none. */\n"
        + f"export const catalogues: Readonly<Record<string, () => Promise<Catalogue>>> = {table};\n"
        + more
    )


def _head() -> str:
    return (
        "// SPDX-License-Identifier: AGPL-3.0-or-later\n// Generated by `python -m chat.web.texts update`.\n"
    )
