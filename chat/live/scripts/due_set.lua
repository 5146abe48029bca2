-- SPDX-License-Identifier: AGPL-3.0-or-later
-- Write a deadline: it only gets earlier, and always changes, so that whoever holds it now sees that.
-- KEYS: due. ARGV: name, when (ms), ttl (s).
local at = tonumber(ARGV[2])
local before = tonumber(redis.call('ZSCORE', KEYS[1], ARGV[1]) or at + 1)
redis.call('ZADD', KEYS[1], math.min(at, before - 1), ARGV[1])
redis.call('EXPIRE', KEYS[1], ARGV[3])
