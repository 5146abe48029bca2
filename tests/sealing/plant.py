# SPDX-License-Identifier: AGPL-3.0-or-later
"""`KENTERING_PLANTED=<name> pytest -p tests.sealing.plant <file>`: tests run with a fault of mutations.py in
the sources, which stay as they are on the disk."""

from __future__ import annotations

import importlib.abc
import importlib.util
import os
import sys
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType
from typing import Any

from tests.sealing.mutations import MUTATIONS, Mutation

SOURCES = Path(__file__).parents[2] / "chat" / "sealing"


class Planted(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Gives one module of the sealing with its fault."""

    def __init__(self, mutation: Mutation) -> None:
        self.name = f"chat.sealing.{mutation.file.removesuffix('.py')}"
        source = (SOURCES / mutation.file).read_text(encoding="utf-8")

        assert source.count(mutation.old) == 1, f"{mutation.name}: the code was rewritten"

        self.source = source.replace(mutation.old, mutation.now)

    def find_spec(self, name: str, path: Any, target: Any = None) -> ModuleSpec | None:
        return importlib.util.spec_from_loader(name, self) if name == self.name else None

    def exec_module(self, module: ModuleType) -> None:
        exec(compile(self.source, self.name, "exec"), module.__dict__)  # noqa: S102 - our own source


if "KENTERING_PLANTED" in os.environ:
    (planted,) = [one for one in MUTATIONS if one.name == os.environ["KENTERING_PLANTED"]]
    sys.meta_path.insert(0, Planted(planted))
