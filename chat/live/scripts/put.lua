-- SPDX-License-Identifier: AGPL-3.0-or-later
-- Keep one envelope in its lane and wake the other side. Twin: chat/rules/lanes.py.
-- The entry id of an envelope is <epoch>-<n + 1>; a lane remembers its newest.
-- KEYS: relay, lane. ARGV: 1 writer and slot, 2 the writer's generation, 3 limit, 4 the id before this one,
-- 5 its id, 6 now (ms), 7 payload. Returns chat.live.relay.PutResult.
local call = redis.call
-- Fields: the writer's generation, the reader's worker, the lane's newest id and its count. Written out,
-- since each argument costs the store more than a comparison.
local lane, mine, worker, newest, count = ARGV[1]
if lane == 'h0' then
  mine, worker, newest, count = 'g:h', 'w:0', 'l:0:0', 'x:0:0'
elseif lane == '00' then
  mine, worker, newest, count = 'g:0', 'w:h', 'l:0:1', 'x:0:1'
elseif lane == 'h1' then
  mine, worker, newest, count = 'g:h', 'w:1', 'l:1:0', 'x:1:0'
elseif lane == '11' then
  mine, worker, newest, count = 'g:1', 'w:h', 'l:1:1', 'x:1:1'
end
local relay = call('HMGET', KEYS[1], mine, worker, newest, count)
if relay[1] ~= ARGV[2] then
  return relay[1] and 4 or 5
end
if relay[3] ~= ARGV[4] then
  -- Not simply the next one: look at the numbers.
  local epoch, n = string.match(ARGV[5], '(%d+)-(%d+)')
  local last_epoch, last_n = string.match(relay[3] or '-1-0', '(-?%d+)-(%d+)')
  epoch, n, last_epoch, last_n = tonumber(epoch), tonumber(n), tonumber(last_epoch), tonumber(last_n)
  if epoch < last_epoch or (epoch == last_epoch and n <= last_n) then
    return 2
  elseif epoch == last_epoch or n ~= 1 then
    return 3
  end
end
local held = tonumber(relay[4] or 0)
if held >= tonumber(ARGV[3]) then
  return 6
end
-- First the write that a full store refuses: then nothing is half done.
call('XADD', KEYS[2], ARGV[5], 'e', ARGV[7])
if not relay[3] then
  call('EXPIRE', KEYS[2], call('TTL', KEYS[1]))
end
call('HSET', KEYS[1], newest, ARGV[5], count, held + 1, 'a', ARGV[6])
if relay[2] then
  call('PUBLISH', relay[2], ARGV[7])
end
return 1
