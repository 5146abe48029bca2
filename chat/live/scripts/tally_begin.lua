-- SPDX-License-Identifier: AGPL-3.0-or-later
-- A day is running. A memory that counts for the first time does not know what was counted before.
-- KEYS: since, the day, the closed day. ARGV: the day's name, ttl (s), ttl of since (s).
if redis.call('EXISTS', KEYS[3]) == 0 then
  if redis.call('SET', KEYS[1], ARGV[1], 'NX', 'EX', ARGV[3]) then
    redis.call('HSET', KEYS[2], 'lost', 1)
  end
  -- a day without a contact is a day, too
  redis.call('HINCRBY', KEYS[2], 'begun', 0)
  redis.call('EXPIRE', KEYS[2], ARGV[2])
end
redis.call('EXPIRE', KEYS[1], ARGV[3])
