-- SPDX-License-Identifier: AGPL-3.0-or-later
-- Delete every key of a conversation.
-- KEYS: state, relay, seat, then the rest of its keys.
-- Returns what else names the conversation: the generations of h, 0, 1 and n, the devices that held a seat at
-- the end, and those that had left one.
local generations, devices, left = {}, {}, {}
for place, value in ipairs(redis.call('HMGET', KEYS[2], 'g:h', 'g:0', 'g:1', 'g:n')) do
  generations[place] = tonumber(value or 0)
end
local seat = redis.call('HGETALL', KEYS[3])
for place = 1, #seat, 2 do
  if string.sub(seat[place], 1, 7) == 'device:' then
    devices[#devices + 1] = seat[place + 1]
  elseif string.sub(seat[place], 1, 5) == 'left:' then
    left[#left + 1] = string.sub(seat[place], 6)
  end
end
redis.call('DEL', unpack(KEYS))
-- Arguments of earlier scripts (envelopes, halves) live in the engine's heap until it is collected; freed
-- memory is overwritten by the allocator.
collectgarbage('collect')
return { generations, devices, left }
