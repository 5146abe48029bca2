-- SPDX-License-Identifier: AGPL-3.0-or-later
-- Freeze a finished day and take it for the length of a lease.
-- KEYS: the day, the closed day, the lease. ARGV: ttl (s), lease (s).
-- Returns its counts; nothing when there are none or somebody else has it.
if redis.call('EXISTS', KEYS[2]) == 0 then
  if redis.call('EXISTS', KEYS[1]) == 0 then
    return {}
  end
  redis.call('RENAME', KEYS[1], KEYS[2])
  redis.call('EXPIRE', KEYS[2], ARGV[1])
end
if not redis.call('SET', KEYS[3], '1', 'NX', 'EX', ARGV[2]) then
  return {}
end
return redis.call('HGETALL', KEYS[2])
