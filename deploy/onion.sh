#!/bin/sh
# SPDX-License-Identifier: AGPL-3.0-or-later
# Start Tor in its container: the key of the onion address comes from a secret and stays in memory.
set -eu

mkdir -p -m 0700 /run/tor/service
cp /run/secrets/onion_key /run/tor/service/hs_ed25519_secret_key
chmod 0600 /run/tor/service/hs_ed25519_secret_key
exec tor -f /etc/tor/torrc --defaults-torrc /etc/tor/torrc-network
