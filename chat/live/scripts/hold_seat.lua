-- SPDX-License-Identifier: AGPL-3.0-or-later
-- Note who holds a staff seat.
-- KEYS: seat. ARGV: member, half, device, staff.
-- Returns 1, or 0 when there is no such conversation.
if redis.call('EXISTS', KEYS[1]) == 0 then
  return 0
end
redis.call('HSET', KEYS[1], 'half:' .. ARGV[1], ARGV[2], 'device:' .. ARGV[1], ARGV[3], 'staff:' .. ARGV[1], ARGV[4])
return 1
