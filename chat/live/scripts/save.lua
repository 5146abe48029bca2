-- SPDX-License-Identifier: AGPL-3.0-or-later
-- Compare-and-set of a conversation's state, with everything that has to happen in the same moment.
-- KEYS: state, relay, seat, handshakes of 0, 1 and n. ARGV: expected version (0: none), data, ttl (s), then
-- steps, each with its arguments (chat/live/steps.py):
--   at <member> <generation>                                only if this is the member's generation still
--   sit <member> <generation> <channel> <half> <device> <staff> <payload>  a staff seat has a new holder
--   tell <member> <payload>                                 wake the member's worker
--   vacate <member>                                         nobody holds this staff seat
--   move <generation>                                       what is the newcomer's becomes slot 0's
-- Returns the new version, or 0 when the version or a generation is another: then nothing changed.
local call = redis.call
local hand = { ['0'] = KEYS[4], ['1'] = KEYS[5], n = KEYS[6] }
local size = { at = 2, sit = 7, tell = 2, vacate = 1, move = 1 }
local version = tonumber(call('HGET', KEYS[1], 'v') or 0)
if version ~= tonumber(ARGV[1]) then
  return 0
end
local place = 4
while ARGV[place] do
  if ARGV[place] == 'at' and (call('HGET', KEYS[2], 'g:' .. ARGV[place + 1]) or '0') ~= ARGV[place + 2] then
    return 0
  end
  place = place + 1 + size[ARGV[place]]
end
call('HSET', KEYS[1], 'v', version + 1, 'd', ARGV[2])
if version == 0 then
  call('EXPIRE', KEYS[1], ARGV[3])
end

local function vacate(member)
  -- The generation rises, so that the last one can do nothing any more. The lanes' numbers stay: the next
  -- epoch has to be higher.
  call('HINCRBY', KEYS[2], 'g:' .. member, 1)
  call('HDEL', KEYS[2], 'w:' .. member)
  call('DEL', hand[member])
  local device = call('HGET', KEYS[3], 'device:' .. member)
  if device then
    call('HSET', KEYS[3], 'left:' .. device, '') -- whose mark has to go with the conversation
  end
  call('HDEL', KEYS[3], 'half:' .. member, 'device:' .. member, 'staff:' .. member)
end

local function sit(member, generation, channel, half, device, staff)
  call('HSET', KEYS[2], 'g:' .. member, generation, 'w:' .. member, channel)
  call('HSET', KEYS[3], 'half:' .. member, half, 'device:' .. member, device, 'staff:' .. member, staff)
end

local function tell(member, payload)
  local channel = call('HGET', KEYS[2], 'w:' .. member)
  if channel then
    call('PUBLISH', channel, payload)
  end
end

local function move(generation)
  local held = call('HMGET', KEYS[3], 'half:n', 'device:n', 'staff:n')
  local channel = call('HGET', KEYS[2], 'w:n')
  vacate('0')
  sit('0', generation, channel, held[1], held[2], held[3])
  if call('EXISTS', KEYS[6]) == 1 then
    call('RENAME', KEYS[6], KEYS[4])
  end
  vacate('n')
end

place = 4
while ARGV[place] do
  local step, one, two = ARGV[place], ARGV[place + 1], ARGV[place + 2]
  if step == 'tell' then
    tell(one, two)
  elseif step == 'vacate' then
    vacate(one)
  elseif step == 'move' then
    move(one)
  elseif step == 'sit' then
    tell(one, ARGV[place + 7])
    sit(one, two, ARGV[place + 3], ARGV[place + 4], ARGV[place + 5], ARGV[place + 6])
  end
  place = place + 1 + size[step]
end
return version + 1
