#!/usr/bin/env bash
# SPDX-License-Identifier: AGPL-3.0-or-later
# Every test but the long ones; with "long", those: the big counts, the walks, the killing.
#
# Most tests wait for a process, a clock or a browser, so those of Python, those of browsers and those of TypeScript
# run side by side, each with several files at once. The tests of one file share a service, and stay together. What
# measures a time or a memory is marked "alone", and runs when all others have ended.
#
# What a part prints is shown when it has ended; until then, each minute, how far it is.
set -uo pipefail
set -m # each part can be interrupted as if it stood in front, and so can what its tests start
cd "$(dirname "$0")/.."

# Python compiles each file once, and not once in each of several hundred processes.
unset PYTHONDONTWRITEBYTECODE
python -m compileall -q chat

case "${1:-}" in
  "") which="not long" spread=loadfile ;;
  long) which="long" spread=worksteal && export KENTERING_LONG=1 ;;
  *) echo "usage: scripts/test.sh [long]" >&2 && exit 2 ;;
esac
cores=$(nproc 2>/dev/null || echo 2)
at_once=$((cores > 3 ? cores : 3))

outputs=$(mktemp -d)
declare -A parts=()

interrupted() {
  trap - INT TERM
  for pid in "${!parts[@]}"; do kill -INT -- "-$pid" 2>/dev/null; done
  wait "${!parts[@]}"
  for name in "${parts[@]}"; do cat "$outputs/$name"; done
  exit 130
}
trap interrupted INT TERM

# begin NAME COMMAND...
begin() {
  "${@:2}" >"$outputs/$1" 2>&1 </dev/null &
  parts[$!]=$1
}

how_far() {
  while sleep 60; do
    for part in python browsers; do
      echo "$part: $(grep -oE '[0-9]+%' "$outputs/$part" | tail -n 1)"
    done
  done
}

begin python pytest --ignore=tests/browser -m "$which and not alone" -n "$at_once" --dist loadfile --no-loadscope-reorder
begin browsers pytest tests/browser -m "$which and not alone" -n "$at_once" --dist "$spread" --no-loadscope-reorder
begin typescript node --test 'tests/**/*.test.ts'

how_far &
telling=$!
trap 'kill -- "-$telling" 2>/dev/null; rm -rf "$outputs"' EXIT

status=0
while ((${#parts[@]} > 0)); do
  ended=
  wait -n -p ended "${!parts[@]}" || status=1
  echo "== ${parts[$ended]} =="
  cat "$outputs/${parts[$ended]}"
  unset "parts[$ended]"
done

kill -- "-$telling" && wait "$telling" 2>/dev/null
mapfile -t alone < <(grep -rl --include='test_*.py' 'mark\.alone' tests)
pytest -m "$which and alone" "${alone[@]}" || { code=$? && ((code == 5)) || status=1; } # 5: there are none
exit "$status"
