# SPDX-License-Identifier: AGPL-3.0-or-later
from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chat import reveals_gen
from chat.rules.reveals import BLANKS, SIGNS, Kind, reveals

ROOT = Path(__file__).parents[2]


def vectors() -> list[tuple[tuple[Kind, ...], str]]:
    found = []
    for line in (ROOT / "tests/rules/reveals.txt").read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            kinds, _, text = line.partition(": ")
            found.append(
                (
                    tuple(Kind(kind) for kind in kinds.split(",") if kind != "-"),
                    text.replace("\\n", "\n"),
                )
            )
    return found


@pytest.mark.parametrize(("kinds", "text"), vectors(), ids=lambda value: str(value)[:40])
def test_what_a_text_shows(kinds: tuple[Kind, ...], text: str) -> None:
    assert reveals(text) == kinds


def test_every_kind_has_texts_that_show_it_and_there_are_more_that_show_nothing() -> None:
    found = vectors()

    assert {kind for kinds, _ in found for kind in kinds} == set(Kind)
    assert sum(not kinds for kinds, _ in found) > 100


PLAIN = """
i am tired of it and i was outside when the rain came but nobody knows what my wife would say
ik ben moe van dit alles maar het was niet mijn vrouw die het zag toen de regen begon
je suis fatigué et j'ai peur de ce que je pense quand il pleut le soir
ich bin müde und habe angst vor dem was ich denke wenn es abends regnet
أنا متعب و خائف من هذه الأفكار عندما أكون وحيدا في الليل
""".split()  # noqa: SIM905 - sentences read better than lists
NUMBERS = (
    "12",
    "2019",
    "23:40",
    "1.000",
    "€15",
    "3x",
    "5/6/2020",
    "40%",
    "1/2",
    "100",
    "3,5",
    "2001-2004",
    "٢٠",
    "9h30",
)
ENDS = (" ", " ", " ", ", ", ". ", "? ", "\n")


WORDS = st.sampled_from(PLAIN)


@given(st.lists(st.tuples(WORDS, st.sampled_from(NUMBERS) | WORDS, st.sampled_from(ENDS)), max_size=20))
@settings(max_examples=500)
def test_ordinary_words_years_prices_and_times_are_nothing(pieces: list[tuple[str, str, str]]) -> None:
    assert reveals("".join(f"{word} {one}{end}" for word, one, end in pieces).strip()) == ()


@given(
    st.sampled_from(["0612345678", "06 12 34 56 78", "+32 475 12 34 56", "0475/123456"]),
    st.lists(WORDS, max_size=8),
    st.lists(WORDS, max_size=8),
)
def test_a_telephone_number_is_seen_between_any_words(
    number: str, before: list[str], after: list[str]
) -> None:
    assert Kind.PHONE in reveals(" ".join([*before, number, *after]))


@given(st.text(alphabet=st.characters(exclude_categories=("Cs",)), max_size=300))
def test_any_text_has_an_answer_and_a_longer_one_hides_nothing(text: str) -> None:
    assert Kind.EMAIL in reveals(f"{text} anna@example.com ")


@pytest.mark.parametrize("pattern", [*(sign.pattern for sign in SIGNS), *BLANKS])
def test_no_pattern_can_try_every_way_through_a_long_text(pattern: str) -> None:
    """Everything that repeats has a most, so the work grows with the text and not with its square."""
    plain = re.sub(r"\[(?:\\.|[^\]])*\]", "x", pattern)

    assert not re.search(r"(?<!\\)[*+]|\{\d+,\}", plain)


LONG = (
    "a",
    "1 ",
    "0",
    "a.a@",
    "Aa ",
    "straat ",
    "my name is ",
    "rue de la ",
    "شارع ",
    "0-",
    "1.111",
    "@a",
    "tel ",
)
POOL = st.sampled_from(
    [
        *PLAIN[:20],
        *NUMBERS,
        *LONG,
        *(text for _, text in vectors()),
        "\n",
        " ",
        "İ",
        "ß",
        "Ǆ",
        "²",
        "é",
        "\u200f",
        "\u2019",
    ]
)


def test_the_browser_says_the_same(tmp_path: Path) -> None:
    texts: list[str] = []

    @given(st.lists(POOL, max_size=6))
    @settings(max_examples=400)
    def collect(pieces: list[str]) -> None:
        texts.append("".join(pieces))

    collect()
    program = tmp_path / "same.mts"
    module = ROOT / "chat/browser/help_seeker/reveals.ts"
    program.write_text(
        f'import {{ reveals }} from "{module}";\n'
        'import { readFileSync } from "node:fs";\n'
        'const texts = JSON.parse(readFileSync(0, "utf8")) as string[];\n'
        "process.stdout.write(JSON.stringify(texts.map(reveals)));\n",
        encoding="utf-8",
    )
    node = ROOT / ".venv/bin/node"
    done = subprocess.run(
        [node, program], input=json.dumps(texts), capture_output=True, text=True, check=True
    )

    assert json.loads(done.stdout) == [list(reveals(text)) for text in texts]


def test_the_browsers_patterns_are_what_the_generator_writes(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert reveals_gen.OUTPUT.read_text("utf-8") == reveals_gen.generate()

    stale = tmp_path / "reveals.gen.ts"
    stale.write_text("// nothing\n", encoding="utf-8")
    monkeypatch.setattr(reveals_gen, "OUTPUT", stale)
    monkeypatch.setattr("sys.argv", ["reveals_gen", "--check"])
    assert reveals_gen.main() == 1
