-- SPDX-License-Identifier: AGPL-3.0-or-later
-- The one point of decision: of all who claim a conversation, one gets its entry.
-- KEYS: entries, claims. ARGV: sid, owner, end of the lease (ms), ttl (s).
-- Returns the entry, or nil when it is not there or the person is away.
local entry = redis.call('HGET', KEYS[1], ARGV[1])
if not entry or string.sub(entry, 1, 1) ~= '1' then
  return false
end
-- First the write that a full store refuses: then the entry is still there.
redis.call('HSET', KEYS[2], ARGV[1], ARGV[3] .. '|' .. ARGV[2] .. '|' .. entry)
redis.call('EXPIRE', KEYS[2], ARGV[4])
redis.call('HDEL', KEYS[1], ARGV[1])
redis.call('PUBLISH', 'k:room', '')
return entry
