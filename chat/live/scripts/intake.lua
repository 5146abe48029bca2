-- SPDX-License-Identifier: AGPL-3.0-or-later
-- What decides about intake, when one desk is on duty in the language.
-- KEYS: standing, duty, closed by hand. ARGV: device, now (ms).
-- Returns the desk's entry, its lease, and the languages that are closed by hand now.
local found = redis.call('ZRANGEBYSCORE', KEYS[3], '(' .. ARGV[2], '+inf')
table.insert(found, 1, redis.call('HGET', KEYS[1], ARGV[1]))
table.insert(found, 2, redis.call('ZSCORE', KEYS[2], ARGV[1]))
return found
