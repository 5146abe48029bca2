-- SPDX-License-Identifier: AGPL-3.0-or-later
-- Take what is due, each until the end of a lease.
-- KEYS: due. ARGV: now (ms), limit, end of the lease (ms).
-- Returns the names.
local names = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', ARGV[1], 'LIMIT', 0, ARGV[2])
for _, name in ipairs(names) do
  redis.call('ZADD', KEYS[1], ARGV[3], name)
end
return names
