-- SPDX-License-Identifier: AGPL-3.0-or-later
-- Count one, unless the day is closed.
-- KEYS: the day, the closed day. ARGV: measure and value, ttl (s). Returns 1 or 0.
if redis.call('EXISTS', KEYS[2]) == 1 then
  return 0
end
redis.call('HINCRBY', KEYS[1], ARGV[1], 1)
redis.call('EXPIRE', KEYS[1], ARGV[2])
return 1
