# SPDX-License-Identifier: AGPL-3.0-or-later
"""What the service imports is what the service installs: tools of development are not there in production."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from importlib.metadata import packages_distributions

from tests.architecture.tree import ROOT, sources

# Brought by FastAPI, which is built on them and names them in its own types.
BY_FASTAPI = frozenset({"pydantic", "starlette"})


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def imported() -> set[str]:
    """Top names of everything foreign that the package imports."""
    found = set()
    for path in sources("chat", suffixes=frozenset({".py"})):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                found |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                found.add(node.module.partition(".")[0])
    return found - set(sys.stdlib_module_names) - {"chat"}


def test_every_import_is_a_dependency_and_in_the_lock_that_production_installs() -> None:
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    locked = {normal(name) for name in re.findall(r"^([A-Za-z0-9._-]+)==", lock, re.MULTILINE)}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    named = {normal(name) for name in project["dependencies"]}
    owners = packages_distributions()
    needed = {normal(owners[name][0]) for name in imported()}

    assert len(needed) > 8
    assert needed - locked == set()
    assert needed - named - BY_FASTAPI == set()
