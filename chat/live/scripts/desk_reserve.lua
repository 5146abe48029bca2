-- SPDX-License-Identifier: AGPL-3.0-or-later
-- A device is about to have one more conversation, if its person has less than the cap over all devices.
-- KEYS: conversations of the device, then those of the person's other devices. ARGV: sid, cap, ttl (s).
-- Returns 1, or 0 when the cap is reached.
local count = 0
for _, key in ipairs(KEYS) do
  for _, sid in ipairs(redis.call('SMEMBERS', key)) do
    if sid ~= ARGV[1] then
      count = count + 1
    end
  end
end
if count >= tonumber(ARGV[2]) then
  return 0
end
redis.call('SADD', KEYS[1], ARGV[1])
redis.call('EXPIRE', KEYS[1], ARGV[3])
return 1
