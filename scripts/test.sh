#!/usr/bin/env bash
# SPDX-License-Identifier: AGPL-3.0-or-later
# Every test but the long ones. Two processes of pytest beside each other: a browser that is driven step by step
# keeps an event loop, of which a process has one; and most of the time both wait.
set -uo pipefail
cd "$(dirname "$0")/.."

browsers=$(mktemp)
trap 'rm -f "$browsers"' EXIT
status=0

pytest tests/browser >"$browsers" 2>&1 &
beside=$!
pytest --ignore=tests/browser || status=$?
node --test 'tests/**/*.test.ts' || status=$?
wait "$beside" || status=$?
cat "$browsers"
exit "$status"
