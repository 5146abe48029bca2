-- SPDX-License-Identifier: AGPL-3.0-or-later
-- One change of a seat without script: if its version is unchanged, write the state and publish what was
-- sealed from it; else nothing. The numbers of a lane are checked as in put.lua. An envelope that does not fit
-- (the state was rolled back) is dropped, and the caller told: it must ask for a new epoch.
-- KEYS: relay, sealed, lane 0:0, lane 1:0, lane 0:1, lane 1:1, then every mailbox of a handshake.
-- ARGV: 1 my generation ('': any connection may), 2 expected version, 3 state, 4 now (ms), 5 limit of a lane,
-- 6 payload that wakes my own connection ('': nobody), then parts, each beginning with its kind:
--   'e', slot, field of the peer's worker, id, limit of this envelope, payload
--   'h', index of the mailbox in KEYS, field of the peer's worker, hello, payload
--   't', slot, first id to keep
-- Returns 0 another version; 4 another connection holds it; 5 no such conversation; 6 a lane is full; else
-- 'ok' and the slots whose envelopes were dropped.
local call = redis.call
local relay = call('HMGET', KEYS[1], 'g:h', 'w:h', 'l:0:0', 'l:1:0', 'x:0:0', 'x:1:0')
local version = call('HGET', KEYS[2], 'v')
if not relay[1] or not version then
  return 5
elseif version ~= ARGV[2] then
  return 0
elseif ARGV[1] ~= '' and relay[1] ~= ARGV[1] then
  return 4
end
local newest = { ['0'] = relay[3], ['1'] = relay[4] }
local count = { ['0'] = tonumber(relay[5] or 0), ['1'] = tonumber(relay[6] or 0) }
local add, dropped = {}, {}
local at = 7
while ARGV[at] do
  if ARGV[at] == 'e' then
    local slot, id = ARGV[at + 1], ARGV[at + 3]
    local epoch, n = string.match(id, '(%d+)-(%d+)')
    local last_epoch, last_n = string.match(newest[slot] or '-1-0', '(-?%d+)-(%d+)')
    epoch, n, last_epoch, last_n = tonumber(epoch), tonumber(n), tonumber(last_epoch), tonumber(last_n)
    if (epoch == last_epoch and n == last_n + 1) or (epoch > last_epoch and n == 1) then
      if count[slot] >= tonumber(ARGV[at + 4]) then
        return 6
      end
      newest[slot] = id
      count[slot] = count[slot] + 1
      add[#add + 1] = at
    else
      dropped[#dropped + 1] = slot
    end
    at = at + 6
  elseif ARGV[at] == 'h' then
    at = at + 5
  else
    at = at + 3
  end
end
-- First the write that a full store refuses: then nothing is half done.
call('HSET', KEYS[2], 'v', version + 1, 'd', ARGV[3])
local ttl = call('TTL', KEYS[1])
for _, place in ipairs(add) do
  local slot = ARGV[place + 1]
  local lane = KEYS[3 + tonumber(slot)]
  call('XADD', lane, ARGV[place + 3], 'e', ARGV[place + 5])
  call('EXPIRE', lane, ttl)
  call('HSET', KEYS[1], 'l:' .. slot .. ':0', ARGV[place + 3], 'x:' .. slot .. ':0', count[slot], 'a', ARGV[4])
  local channel = call('HGET', KEYS[1], ARGV[place + 2])
  if channel then
    call('PUBLISH', channel, ARGV[place + 5])
  end
end
at = 7
while ARGV[at] do
  if ARGV[at] == 'e' then
    at = at + 6
  elseif ARGV[at] == 'h' then
    local hand = KEYS[7 + tonumber(ARGV[at + 1])]
    call('HSET', hand, 'hello', ARGV[at + 3])
    call('EXPIRE', hand, ttl)
    local channel = call('HGET', KEYS[1], ARGV[at + 2])
    if channel then
      call('PUBLISH', channel, ARGV[at + 4] .. ARGV[at + 3])
    end
    at = at + 5
  else
    local gone = call('XTRIM', KEYS[5 + tonumber(ARGV[at + 1])], 'MINID', ARGV[at + 2])
    if gone > 0 then
      call('HINCRBY', KEYS[1], 'x:' .. ARGV[at + 1] .. ':1', -gone)
    end
    at = at + 3
  end
end
if ARGV[6] ~= '' and relay[2] then
  call('PUBLISH', relay[2], ARGV[6])
end
return { 'ok', unpack(dropped) }
