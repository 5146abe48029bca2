#!/bin/bash
# SPDX-License-Identifier: AGPL-3.0-or-later
# Whether Tor has a way into its network, asked over its control port inside the container.
set -eu

cookie=$(od -An -v -tx1 /run/tor/cookie | tr -d ' \n')
exec 3<> /dev/tcp/127.0.0.1/9051
printf 'AUTHENTICATE %s\r\nGETINFO status/bootstrap-phase\r\nQUIT\r\n' "$cookie" >&3
while IFS= read -r -t 4 line <&3; do
  if [[ "$line" == *"PROGRESS=100"* ]]; then exit 0; fi
done
exit 1
