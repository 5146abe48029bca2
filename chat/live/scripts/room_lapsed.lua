-- SPDX-License-Identifier: AGPL-3.0-or-later
-- The deadline of a claim came: put the entry back if the lease is over.
-- KEYS: entries, claims. ARGV: sid, now (ms), ttl (s).
-- Returns 0: no claim; a time (ms): the lease ends only then; -1: the entry is back.
local claim = redis.call('HGET', KEYS[2], ARGV[1])
if not claim then
  return 0
end
local ends, entry = string.match(claim, '^(%d+)|[^|]*|(.*)$')
if tonumber(ends) > tonumber(ARGV[2]) then
  return tonumber(ends)
end
redis.call('HSET', KEYS[1], ARGV[1], entry)
redis.call('EXPIRE', KEYS[1], ARGV[3])
redis.call('HDEL', KEYS[2], ARGV[1])
redis.call('PUBLISH', 'k:room', '')
return -1
