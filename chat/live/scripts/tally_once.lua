-- SPDX-License-Identifier: AGPL-3.0-or-later
-- Count several, each alone, unless the day is closed or this was counted before.
-- KEYS: the day, the closed day, once. ARGV: ttl (s), ttl of once (s), measure and value, ...
-- Returns 1 when it was counted now, else 0.
if redis.call('EXISTS', KEYS[2]) == 1 then
  return 0
end
if not redis.call('SET', KEYS[3], '1', 'NX', 'EX', ARGV[2]) then
  return 0
end
for field = 3, #ARGV do
  redis.call('HINCRBY', KEYS[1], ARGV[field], 1)
end
redis.call('EXPIRE', KEYS[1], ARGV[1])
return 1
