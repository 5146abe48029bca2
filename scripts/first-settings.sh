#!/usr/bin/env bash
# SPDX-License-Identifier: AGPL-3.0-or-later
# Write .env with the two host names and fresh passwords, once.
set -euo pipefail
cd "$(dirname "$0")/.."

if [[ $# != 3 ]]; then
  echo "Usage: scripts/first-settings.sh TALK.EXAMPLE.ORG DESK.EXAMPLE.ORG YOU@EXAMPLE.ORG" >&2
  exit 2
fi
if [[ -e .env ]]; then
  echo ".env exists already and is never written over." >&2
  exit 1
fi
secret() { od -An -N24 -tx1 /dev/urandom | tr -d ' \n'; }
umask 077
cat > .env <<END
KENTERING_HELP_SEEKER_HOST=$1
KENTERING_DESK_HOST=$2
KENTERING_TLS=$3
KENTERING_LIVE_PASSWORD=$(secret)
KENTERING_RECORDS_PASSWORD=$(secret)
END
echo "Written: .env"
