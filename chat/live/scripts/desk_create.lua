-- SPDX-License-Identifier: AGPL-3.0-or-later
-- A member of staff signed in.
-- KEYS: session, sessions of the staff, sessions of the device. ARGV: token hash, staff, device,
-- expires (unix s), ttl of the two sets (s).
redis.call('HSET', KEYS[1], 'staff', ARGV[2], 'device', ARGV[3], 'expires', ARGV[4])
redis.call('EXPIREAT', KEYS[1], ARGV[4])
for place = 2, 3 do
  redis.call('SADD', KEYS[place], ARGV[1])
  redis.call('EXPIRE', KEYS[place], ARGV[5])
end
