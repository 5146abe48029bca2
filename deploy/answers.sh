#!/bin/bash
# SPDX-License-Identifier: AGPL-3.0-or-later
# answers PORT STATUS [LINE]: whether this container's server answers a request with that status.
# LINE is sent first, for a server that wants to hear who is asking (PROXY protocol).
# The name that is asked for is none of ours, so nothing is shown and nothing is counted.
set -eu

exec 3<> "/dev/tcp/127.0.0.1/$1"
if [[ -n "${3-}" ]]; then printf '%s\r\n' "$3" >&3; fi
printf 'GET / HTTP/1.1\r\nHost: healthy\r\nConnection: close\r\n\r\n' >&3
IFS=' ' read -r -t 4 _ status _ <&3
[[ "$status" == "$2" ]]
