#!/usr/bin/env bash
# SPDX-License-Identifier: AGPL-3.0-or-later
# Every test but the long ones. The browsers have a process of pytest of their own: one that is driven step by step
# keeps an event loop, of which a process has one. One after the other: the tests of faults wait for real processes.
set -uo pipefail
cd "$(dirname "$0")/.."

status=0
pytest --ignore=tests/browser || status=$?
pytest tests/browser || status=$?
node --test 'tests/**/*.test.ts' || status=$?
exit "$status"
