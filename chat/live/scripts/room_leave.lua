-- SPDX-License-Identifier: AGPL-3.0-or-later
-- Remove the entry of a conversation and any claim on it.
-- KEYS: entries, claims. ARGV: sid.
if redis.call('HDEL', KEYS[1], ARGV[1]) + redis.call('HDEL', KEYS[2], ARGV[1]) > 0 then
  redis.call('PUBLISH', 'k:room', '')
end
