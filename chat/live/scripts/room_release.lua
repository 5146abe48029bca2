-- SPDX-License-Identifier: AGPL-3.0-or-later
-- Give a claim back: the entry is where it was.
-- KEYS: entries, claims. ARGV: sid, owner, ttl (s).
-- Returns 1, or 0 when this owner has no claim on it.
local claim = redis.call('HGET', KEYS[2], ARGV[1])
local owner, entry = string.match(claim or '', '^%d+|([^|]*)|(.*)$')
if owner ~= ARGV[2] then
  return 0
end
redis.call('HSET', KEYS[1], ARGV[1], entry)
redis.call('EXPIRE', KEYS[1], ARGV[3])
redis.call('HDEL', KEYS[2], ARGV[1])
redis.call('PUBLISH', 'k:room', '')
return 1
