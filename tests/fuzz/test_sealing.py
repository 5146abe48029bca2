# SPDX-License-Identifier: AGPL-3.0-or-later
"""Whatever a parser of the sealing is given: what it says it returns, or its own refusal."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import random
from collections.abc import Iterator
from types import FunctionType

import pytest

import chat.sealing
from chat.sealing.errors import SealingError
from tests.fuzz.budget import SHARE, rounds, rounds_for
from tests.fuzz.mutate import mutated
from tests.fuzz.sealed_seeds import PARSERS, Parser
from tests.sealing.world import World

_READS = ("parse", "open", "read_", "check", "verify", "unpad", "decode", "restore", "from_")
"""How a function begins that reads what somebody else wrote."""
NOT_BYTES = {
    "stored.decoder",  # makes what reads
    "star.Star.restore",  # reads what `Sealer.open` decoded
}


def readers() -> set[str]:
    """Every public function, class method and static method of the sealing that reads, by its name."""
    found = set()
    for info in pkgutil.iter_modules(chat.sealing.__path__):
        module = importlib.import_module(f"chat.sealing.{info.name}")
        for name, member in vars(module).items():
            if getattr(member, "__module__", "") != module.__name__:
                continue
            inside = vars(member) if inspect.isclass(member) else {}
            parts = {f"{name}.{part}": value for part, value in inside.items()}
            for full, one in {name: member, **parts}.items():
                called = one.__func__ if isinstance(one, classmethod | staticmethod) else one
                short = full.rpartition(".")[2]
                if isinstance(called, FunctionType) and short.startswith(_READS):
                    found.add(f"{info.name}.{full}")
    return found


def test_every_reader_is_fuzzed() -> None:
    assert readers() - NOT_BYTES <= {parser.of for parser in PARSERS}


def test_each_reader_takes_what_it_begins_from() -> None:
    for parser in PARSERS:
        taken = 0
        for seed in parser.seeds:
            try:
                parser.read(parser.wrap(seed))
            except SealingError:
                continue
            taken += 1
        assert taken, parser.of


def look(parser: Parser, chance: random.Random, count: int) -> None:
    """So many inputs."""
    for _ in range(count):
        data = mutated(chance.choice(parser.seeds), chance, parser.seeds)
        try:
            parser.read(parser.wrap(data))
        except SealingError as error:
            refused = error
        else:
            continue
        assert refused.args == (refused.code.value,)  # a code, and nothing of the input
        assert refused.__cause__ is None


def _chance(seed: str) -> random.Random:
    return random.Random(seed)  # noqa: S311 - test data, the same for the same seed


def fuzz(seeds: Iterator[int], count: int) -> None:
    for start in seeds:
        for parser in PARSERS:
            look(parser, _chance(f"{start} {parser.of}"), count // 20 if parser.slow else count)
        seats(_chance(str(start)), count // 20)


def seats(chance: random.Random, count: int) -> None:
    """A seat under way, and one that ended, given anything: it raises nothing at all."""
    world = World().open()
    world.write(world.h, "The weather is mild")
    sent = [*world.h.envelopes(), *world.s.envelopes()]
    for _ in range(count):
        data = mutated(chance.choice(sent), chance, sent)
        for side in (world.h, world.s):
            side.carry_out(side.seat.delivered(data, world.now))
    world.settle(connected=True)

    assert world.s.texts(own=False) == ["The weather is mild"]


def test_nothing_but_a_refusal_comes_of_it() -> None:
    fuzz(rounds(1), 300)


@pytest.mark.long
def test_nothing_but_a_refusal_comes_of_it_for_long() -> None:
    fuzz(rounds_for(SHARE["sealing"]), 2000)
