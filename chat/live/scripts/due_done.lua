-- SPDX-License-Identifier: AGPL-3.0-or-later
-- A claimed deadline is dealt with, if nobody wrote it since.
-- KEYS: due. ARGV: name, its score under the lease (ms), when it is due next (ms; -1: never).
-- Returns 1, or 0 when it was changed and so left alone.
if tonumber(redis.call('ZSCORE', KEYS[1], ARGV[1]) or -1) ~= tonumber(ARGV[2]) then
  return 0
end
if ARGV[3] == '-1' then
  redis.call('ZREM', KEYS[1], ARGV[1])
else
  redis.call('ZADD', KEYS[1], ARGV[3], ARGV[1])
end
return 1
