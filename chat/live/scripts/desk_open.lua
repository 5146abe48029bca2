-- SPDX-License-Identifier: AGPL-3.0-or-later
-- A tab of a device becomes its desk; the one before is woken.
-- KEYS: device. ARGV: channel of the worker, payload that says "superseded" (the generation is added), ttl (s).
-- Returns the generation.
local before = redis.call('HGET', KEYS[1], 'worker')
local generation = redis.call('HINCRBY', KEYS[1], 'generation', 1)
redis.call('HSET', KEYS[1], 'worker', ARGV[1])
redis.call('EXPIRE', KEYS[1], ARGV[3])
if before then
  redis.call('PUBLISH', before, ARGV[2] .. generation)
end
return generation
