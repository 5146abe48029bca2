-- SPDX-License-Identifier: AGPL-3.0-or-later
-- Write an entry of the waiting room; a claim on it is void.
-- KEYS: entries, claims. ARGV: sid, entry, version, ttl (s).
-- Returns 1, or 0 when a newer version was written before.
local before = redis.call('HGET', KEYS[1], ARGV[1])
if before and tonumber(string.match(before, '^%d:(%d+):')) > tonumber(ARGV[3]) then
  return 0
end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
redis.call('EXPIRE', KEYS[1], ARGV[4])
redis.call('HDEL', KEYS[2], ARGV[1])
redis.call('PUBLISH', 'k:room', '')
return 1
