-- SPDX-License-Identifier: AGPL-3.0-or-later
-- A member holds its place no longer. The generation rises, so that the last one can do nothing any more.
-- KEYS: relay. ARGV: member.
if redis.call('HEXISTS', KEYS[1], 'g:' .. ARGV[1]) == 1 then
  redis.call('HINCRBY', KEYS[1], 'g:' .. ARGV[1], 1)
  redis.call('HDEL', KEYS[1], 'w:' .. ARGV[1])
end
