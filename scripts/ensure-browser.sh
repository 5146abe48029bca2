#!/usr/bin/env bash
# SPDX-License-Identifier: AGPL-3.0-or-later
# Make sure that Debian's Chromium is there for the browser tests, and a typeface for their screenshots.
set -euo pipefail

found() {
  command -v chromium || command -v chromium-browser || command -v google-chrome
}

if found >/dev/null; then
  exit 0
fi
if [[ $(id -u) != 0 ]] || ! command -v apt-get >/dev/null; then
  echo "The browser tests need Chromium. On Debian: apt-get install chromium fonts-dejavu-core" >&2
  exit 1
fi
echo "Installing Chromium"
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
apt-get install -y -qq --no-install-recommends chromium fonts-dejavu-core >/dev/null
found >/dev/null
