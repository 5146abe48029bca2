#!/usr/bin/env bash
# SPDX-License-Identifier: AGPL-3.0-or-later
# Make sure that what the browser tests drive is there: Debian's Chromium and Firefox ESR, Tor, and a typeface
# for the screenshots. Where we may install, also the production set's fronts; elsewhere their tests are left out.
set -euo pipefail

missing=()
command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null ||
  missing+=(chromium fonts-dejavu-core)
command -v firefox-esr >/dev/null || command -v firefox >/dev/null || missing+=(firefox-esr)
command -v tor >/dev/null || missing+=(tor)
if [[ $(id -u) == 0 ]] && command -v apt-get >/dev/null; then
  command -v haproxy >/dev/null || missing+=(haproxy)
  command -v caddy >/dev/null || missing+=(caddy)
fi

if ((${#missing[@]} == 0)); then
  exit 0
fi
if [[ $(id -u) != 0 ]] || ! command -v apt-get >/dev/null; then
  echo "The tests need browsers and Tor. On Debian: apt-get install ${missing[*]}" >&2
  exit 1
fi
echo "Installing ${missing[*]}"
export DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 # no service is started
apt-get update -qq
apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
