# SPDX-License-Identifier: AGPL-3.0-or-later
"""The tests of the rules, tested: each planted fault (mutations.py) turns at least one of them red.

How it works: the package is imported anew with one file changed in memory, then the test modules, and
their tests are called one after the other until one fails. Hypothesis runs with fixed seeds and a small
budget here, so the answer is the same every time.
"""

from __future__ import annotations

import importlib
import importlib.abc
import importlib.util
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings

import chat.rules

from .mutations import MUTATIONS, Mutation

RULES = Path(chat.rules.__path__[0])
TESTS = (
    "conversation", "lanes", "waiting_room", "pace", "presence", "roles", "outcomes", "line", "walk",
    "opening_hours", "figures", "crisis_lines", "wrap_up",
)  # fmt: skip

settings.register_profile(
    "mutations",
    max_examples=320,  # what Hypothesis tries first depends on the constants of every loaded module
    phases=[Phase.generate],
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)


class Planted(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Gives one module of the rules with its fault."""

    def __init__(self, mutation: Mutation) -> None:
        self.name = f"chat.rules.{mutation.file.removesuffix('.py')}"
        source = (RULES / mutation.file).read_text(encoding="utf-8")

        assert source.count(mutation.old) == 1, f"{mutation.name}: the rule was rewritten"

        self.source = source.replace(mutation.old, mutation.new)

    def find_spec(self, name: str, path: Any, target: Any = None) -> ModuleSpec | None:
        return importlib.util.spec_from_loader(name, self) if name == self.name else None

    def exec_module(self, module: ModuleType) -> None:
        exec(compile(self.source, self.name, "exec"), module.__dict__)  # noqa: S102 - our own source


@contextmanager
def planted(mutation: Mutation | None) -> Iterator[None]:
    """Within it, importing the rules or their tests gives fresh modules with this fault."""

    def ours(name: str) -> bool:
        tests = tuple(f"{__package__}.{kind}" for kind in ("test_", "shorthand", "line", "house"))
        return name.startswith("chat.rules") or (name.startswith(tests) and name != __name__)

    before = {name: module for name, module in sys.modules.items() if ours(name)}
    parent_before = chat.rules
    profile = settings.get_current_profile_name()
    finders = [] if mutation is None else [Planted(mutation)]
    for name in before:
        del sys.modules[name]
    sys.meta_path[:0] = finders
    if mutation is not None:
        settings.load_profile("mutations")
    try:
        yield
    finally:
        settings.load_profile(profile)
        for finder in finders:
            sys.meta_path.remove(finder)
        for name in [name for name in sys.modules if ours(name)]:
            del sys.modules[name]
        sys.modules.update(before)
        chat.rules = parent_before


def calls(module: ModuleType) -> Iterator[tuple[str, Callable[[], None]]]:
    """Every call of every test of a module that belongs to the default run."""
    for name, test in vars(module).items():
        if not name.startswith("test_"):
            continue
        marks = getattr(test, "pytestmark", [])
        if any(mark.name == "long" for mark in marks):
            continue
        tables = [mark.args for mark in marks if mark.name == "parametrize"]
        if not tables:
            yield name, test
        for names, rows in tables:
            for row in rows:
                values = row if "," in names or not isinstance(names, str) else (row,)
                yield name, lambda test=test, values=values: test(*values)


def first_failure(mutation: Mutation | None, tests: tuple[str, ...] = TESTS) -> str | None:
    """The first test that turns red; None when all stay green."""
    with planted(mutation):
        for stem in tests:
            module = importlib.import_module(f"{__package__}.test_{stem}")
            for name, call in calls(module):
                try:
                    call()
                except (Exception, pytest.fail.Exception):  # noqa: BLE001 - red is red, whatever it is
                    return f"{stem}: {name}"
    return None


def own_tests_first(mutation: Mutation) -> tuple[str, ...]:
    stem = mutation.file.removesuffix(".py")
    return tuple(sorted(TESTS, key=lambda name: name != stem))


def test_without_a_fault_everything_is_green():
    assert first_failure(None) is None


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda mutation: mutation.name)
def test_each_fault_is_found(mutation: Mutation):
    assert first_failure(mutation, own_tests_first(mutation)) is not None


@pytest.mark.parametrize(
    "mutation", [mutation for mutation in MUTATIONS if mutation.walk], ids=lambda mutation: mutation.name
)
def test_the_walks_alone_find_it(mutation: Mutation):
    walk = "line" if mutation.file == "lanes.py" else "walk"

    assert first_failure(mutation, (walk,)) is not None


def test_the_list_is_long_and_without_doubles():
    assert len(MUTATIONS) >= 25
    assert len({mutation.name for mutation in MUTATIONS}) == len(MUTATIONS)
    assert all(mutation.old != mutation.new for mutation in MUTATIONS)


def test_the_rules_are_whole_again_afterwards():
    rules = importlib.import_module("chat.rules.conversation")
    with planted(MUTATIONS[0]):
        assert importlib.import_module("chat.rules.conversation") is not rules

    assert importlib.import_module("chat.rules.conversation") is rules
    assert importlib.import_module("chat.rules.state").Conversation is rules.Conversation
