-- SPDX-License-Identifier: AGPL-3.0-or-later
-- Note who holds a staff seat.
-- KEYS: seat, state. ARGV: member, half, device, staff, version of the state that allows it ('': any).
-- Returns 1, or 0 when there is no such conversation, or it has moved on.
if redis.call('EXISTS', KEYS[1]) == 0 then
  return 0
end
if ARGV[5] ~= '' and redis.call('HGET', KEYS[2], 'v') ~= ARGV[5] then
  return 0
end
redis.call('HSET', KEYS[1], 'half:' .. ARGV[1], ARGV[2], 'device:' .. ARGV[1], ARGV[3], 'staff:' .. ARGV[1], ARGV[4])
return 1
