#!/bin/sh
# SPDX-License-Identifier: AGPL-3.0-or-later
# Start the live store in its container: put the password's hash into the list of users, in memory only.
set -eu

hash=$(tr -d '\n' < /run/secrets/live_password | sha256sum | cut -d ' ' -f 1)
sed "s/#0\{64\}/#$hash/" /etc/valkey/users.acl > /run/valkey/users.acl
exec valkey-server /etc/valkey/valkey.conf --aclfile /run/valkey/users.acl
