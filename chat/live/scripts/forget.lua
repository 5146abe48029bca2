-- SPDX-License-Identifier: AGPL-3.0-or-later
-- Delete every key of a conversation.
-- KEYS: state, relay, seat, then the rest of its keys.
-- Returns the generations of h, 0, 1 and the devices that held a seat: what else names the conversation.
local generations = {}
for place, value in ipairs(redis.call('HMGET', KEYS[2], 'g:h', 'g:0', 'g:1')) do
  generations[place] = tonumber(value or 0)
end
local devices = {}
for _, value in ipairs(redis.call('HMGET', KEYS[3], 'device:0', 'device:1')) do
  if value then
    devices[#devices + 1] = value
  end
end
redis.call('DEL', unpack(KEYS))
-- Arguments of earlier scripts (envelopes, halves) live in the engine's heap until it is collected; freed
-- memory is overwritten by the allocator.
collectgarbage('collect')
return { generations, devices }
