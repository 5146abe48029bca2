-- SPDX-License-Identifier: AGPL-3.0-or-later
-- Begin a conversation, unless there is one under this sid.
-- KEYS: state, relay, seat. ARGV: data, ticket hash, half, channel of the worker, now (ms), ttl (s).
-- Returns 1, or 0 when it exists.
if redis.call('EXISTS', KEYS[1], KEYS[2], KEYS[3]) > 0 then
  return 0
end
redis.call('HSET', KEYS[1], 'v', 1, 'd', ARGV[1])
redis.call('HSET', KEYS[2], 'g:h', 1, 'w:h', ARGV[4], 'a', ARGV[5])
redis.call('HSET', KEYS[3], 'ticket', ARGV[2], 'half:h', ARGV[3])
for _, key in ipairs(KEYS) do
  redis.call('EXPIRE', key, ARGV[6])
end
return 1
