-- SPDX-License-Identifier: AGPL-3.0-or-later
-- The first state of a seat without script, unless there is one.
-- KEYS: sealed. ARGV: state, ttl (s).
-- Returns 1, or 0 when it exists.
if redis.call('EXISTS', KEYS[1]) == 1 then
  return 0
end
redis.call('HSET', KEYS[1], 'v', 1, 'd', ARGV[1])
redis.call('EXPIRE', KEYS[1], ARGV[2])
return 1
