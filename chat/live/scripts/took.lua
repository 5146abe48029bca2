-- SPDX-License-Identifier: AGPL-3.0-or-later
-- Drop what the reader of a lane has kept.
-- KEYS: relay, lane. ARGV: field of my generation, my generation, field of the lane's count, first id to keep.
-- Returns how many were dropped, or -1 when the connection is not the current one.
if redis.call('HGET', KEYS[1], ARGV[1]) ~= ARGV[2] then
  return -1
end
local dropped = redis.call('XTRIM', KEYS[2], 'MINID', ARGV[4])
if dropped > 0 then
  redis.call('HINCRBY', KEYS[1], ARGV[3], -dropped)
end
return dropped
