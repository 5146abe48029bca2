-- SPDX-License-Identifier: AGPL-3.0-or-later
-- Keep the newest part of a handshake and wake the other side.
-- KEYS: relay, hand. ARGV: field of my generation, my generation, field of the peer's worker, which part,
-- its bytes, head of the payload; of an offer: field of the highest epoch offered in its slot, its epoch.
-- Returns chat.live.relay.PutResult: 1, 4 or 5.
local relay = redis.call('HMGET', KEYS[1], ARGV[1], ARGV[3])
if relay[1] ~= ARGV[2] then
  return relay[1] and 4 or 5
end
if ARGV[4] == 'offer' and redis.call('HGET', KEYS[2], 'offer') ~= ARGV[5] then
  redis.call('HDEL', KEYS[2], 'hello', 'reply')
end
if ARGV[8] and tonumber(redis.call('HGET', KEYS[1], ARGV[7]) or 0) < tonumber(ARGV[8]) then
  redis.call('HSET', KEYS[1], ARGV[7], ARGV[8])
end
redis.call('HSET', KEYS[2], ARGV[4], ARGV[5])
redis.call('EXPIRE', KEYS[2], redis.call('TTL', KEYS[1]))
if relay[2] then
  redis.call('PUBLISH', relay[2], ARGV[6] .. ARGV[5])
end
return 1
