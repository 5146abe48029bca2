-- SPDX-License-Identifier: AGPL-3.0-or-later
-- A connection of a member came: raise its generation, note its worker, wake the one before.
-- KEYS: relay, state. ARGV: member, channel of the worker, payload that says "superseded" (the generation is
-- added), version of the state that allows it ('': any).
-- Returns the generation, or 0 when there is no such conversation, or it has moved on.
if redis.call('EXISTS', KEYS[1]) == 0 then
  return 0
end
if ARGV[4] ~= '' and redis.call('HGET', KEYS[2], 'v') ~= ARGV[4] then
  return 0
end
local before = redis.call('HGET', KEYS[1], 'w:' .. ARGV[1])
local generation = redis.call('HINCRBY', KEYS[1], 'g:' .. ARGV[1], 1)
redis.call('HSET', KEYS[1], 'w:' .. ARGV[1], ARGV[2])
if before then
  redis.call('PUBLISH', before, ARGV[3] .. generation)
end
return generation
