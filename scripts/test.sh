#!/usr/bin/env bash
# SPDX-License-Identifier: AGPL-3.0-or-later
# Every test but the long ones. Most of them wait for a process, a clock or a browser, so several files run side by side;
# the tests of one file share a service, and stay together.
set -uo pipefail
cd "$(dirname "$0")/.."

status=0
pytest --ignore=tests/browser -n 4 --dist loadfile || status=$?
pytest tests/browser -n 2 --dist loadfile || status=$?
node --test 'tests/**/*.test.ts' || status=$?
exit "$status"
