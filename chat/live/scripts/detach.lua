-- SPDX-License-Identifier: AGPL-3.0-or-later
-- A staff member holds its seat no longer. The generation rises, so that the last one can do nothing any
-- more, and what was stored for the seat goes. The lanes' numbers stay: the next epoch has to be higher.
-- KEYS: relay, handshake, seat. ARGV: member.
if redis.call('HEXISTS', KEYS[1], 'g:' .. ARGV[1]) == 1 then
  redis.call('HINCRBY', KEYS[1], 'g:' .. ARGV[1], 1)
  redis.call('HDEL', KEYS[1], 'w:' .. ARGV[1])
end
redis.call('DEL', KEYS[2])
redis.call('HDEL', KEYS[3], 'half:' .. ARGV[1], 'device:' .. ARGV[1], 'staff:' .. ARGV[1])
