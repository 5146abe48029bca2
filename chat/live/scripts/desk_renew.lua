-- SPDX-License-Identifier: AGPL-3.0-or-later
-- Let a session last longer; one that was removed stays removed.
-- KEYS: session, sessions of the staff, sessions of the device. ARGV: expires (unix s), ttl of the two sets (s).
-- Returns 1, or 0 when it is not there.
if redis.call('EXISTS', KEYS[1]) == 0 then
  return 0
end
redis.call('HSET', KEYS[1], 'expires', ARGV[1])
redis.call('EXPIREAT', KEYS[1], ARGV[1])
redis.call('EXPIRE', KEYS[2], ARGV[2])
redis.call('EXPIRE', KEYS[3], ARGV[2])
return 1
