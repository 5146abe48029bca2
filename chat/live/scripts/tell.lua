-- SPDX-License-Identifier: AGPL-3.0-or-later
-- Send a note to the worker that holds a member's connection.
-- KEYS: relay. ARGV: field of the member's worker, payload.
local channel = redis.call('HGET', KEYS[1], ARGV[1])
if channel then
  redis.call('PUBLISH', channel, ARGV[2])
end
