-- SPDX-License-Identifier: AGPL-3.0-or-later
-- Remove every session of one index (a member of staff, or a device).
-- KEYS: the index; the sessions' keys bear the same hash tag. Returns the devices that had one.
local devices = {}
for _, hash in ipairs(redis.call('SMEMBERS', KEYS[1])) do
  local key = 'k:{desk}:session:' .. string.gsub(hash, '.', function(char)
    return string.format('%02x', string.byte(char))
  end)
  local device = redis.call('HGET', key, 'device')
  if device then
    devices[#devices + 1] = device
    redis.call('DEL', key)
  end
end
redis.call('DEL', KEYS[1])
return devices
