-- SPDX-License-Identifier: AGPL-3.0-or-later
-- Compare-and-set of a conversation's state.
-- KEYS: state. ARGV: expected version (0: none), data, ttl (s).
-- Returns the new version, or 0 when the version is another.
local version = tonumber(redis.call('HGET', KEYS[1], 'v') or 0)
if version ~= tonumber(ARGV[1]) then
  return 0
end
redis.call('HSET', KEYS[1], 'v', version + 1, 'd', ARGV[2])
if version == 0 then
  redis.call('EXPIRE', KEYS[1], ARGV[3])
end
return version + 1
