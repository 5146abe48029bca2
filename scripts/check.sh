#!/usr/bin/env bash
# SPDX-License-Identifier: AGPL-3.0-or-later
# Everything `make check` looks at. All checks run, so that one run shows all that is wrong.
set -uo pipefail
cd "$(dirname "$0")/.."

failed=()

check() {
  local name=$1
  shift
  local output
  if output=$("$@" 2>&1); then
    echo "ok      $name"
  else
    echo "FAILED  $name"
    echo "$output"
    failed+=("$name")
  fi
}

check "ruff: lint" ruff check --quiet .
check "ruff: format" ruff format --quiet --check .
check "mypy: types" mypy
check "import-linter: who may import whom" lint-imports --no-cache
check "biome: lint and format" npx biome ci --colors=off --reporter=summary
check "tsc: browser" npx tsc -p tsconfig.json
check "tsc: tests and scripts" npx tsc -p tests/tsconfig.json
check "wire.gen.ts is fresh" python -m chat.protocol.typescript --check
check "reveals.gen.ts is fresh" python -m chat.reveals_gen --check
check "texts are fresh" python -m chat.web.texts check
check "tables in docs are fresh" python -m chat.docs_tables --check
check "the tree's own rules" pytest -vvv --no-header tests/architecture

if ((${#failed[@]})); then
  printf '\n%d of the checks failed.\n' "${#failed[@]}" >&2
  exit 1
fi
