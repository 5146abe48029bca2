-- SPDX-License-Identifier: AGPL-3.0-or-later
-- The identity of this memory, written at its first use.
-- KEYS: era. ARGV: 32 random bytes, ttl (s). Returns the era.
redis.call('SET', KEYS[1], ARGV[1], 'NX', 'EX', ARGV[2])
redis.call('EXPIRE', KEYS[1], ARGV[2])
return redis.call('GET', KEYS[1])
