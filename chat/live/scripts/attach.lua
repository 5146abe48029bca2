-- SPDX-License-Identifier: AGPL-3.0-or-later
-- A connection of a member came: raise its generation, note its worker, wake the one before.
-- KEYS: relay. ARGV: member, channel of the worker, payload that says "superseded" (the generation is added).
-- Returns the generation, or 0 when there is no such conversation.
if redis.call('EXISTS', KEYS[1]) == 0 then
  return 0
end
local before = redis.call('HGET', KEYS[1], 'w:' .. ARGV[1])
local generation = redis.call('HINCRBY', KEYS[1], 'g:' .. ARGV[1], 1)
redis.call('HSET', KEYS[1], 'w:' .. ARGV[1], ARGV[2])
if before then
  redis.call('PUBLISH', before, ARGV[3] .. generation)
end
return generation
