-- SPDX-License-Identifier: AGPL-3.0-or-later
-- Keep one envelope in its lane and wake the other side. Twin: chat/rules/lanes.py.
-- The entry id of an envelope is <epoch>-<n + 1>; a lane remembers its newest.
-- KEYS: relay, lane. ARGV: 1 field of my generation, 2 my generation, 3 field of the peer's worker,
-- 4-5 fields of the lane's newest id and count, 6 the id before this one, 7 its id, 8 limit, 9 now (ms),
-- 10 payload. Returns chat.live.relay.PutResult.
local call = redis.call
local relay = call('HMGET', KEYS[1], ARGV[1], ARGV[3], ARGV[4], ARGV[5])
if relay[1] ~= ARGV[2] then
  return relay[1] and 4 or 5
end
if relay[3] ~= ARGV[6] then
  -- Not simply the next one: look at the numbers.
  local epoch, n = string.match(ARGV[7], '(%d+)-(%d+)')
  local last_epoch, last_n = string.match(relay[3] or '-1-0', '(-?%d+)-(%d+)')
  epoch, n, last_epoch, last_n = tonumber(epoch), tonumber(n), tonumber(last_epoch), tonumber(last_n)
  if epoch < last_epoch or (epoch == last_epoch and n <= last_n) then
    return 2
  elseif epoch == last_epoch or n ~= 1 then
    return 3
  end
end
local count = tonumber(relay[4] or 0)
if count >= tonumber(ARGV[8]) then
  return 6
end
-- First the write that a full store refuses: then nothing is half done.
call('XADD', KEYS[2], ARGV[7], 'e', ARGV[10])
if not relay[3] then
  call('EXPIRE', KEYS[2], call('TTL', KEYS[1]))
end
call('HSET', KEYS[1], ARGV[4], ARGV[7], ARGV[5], count + 1, 'a', ARGV[9])
if relay[2] then
  call('PUBLISH', relay[2], ARGV[10])
end
return 1
