-- SPDX-License-Identifier: AGPL-3.0-or-later
-- A start without script: its own share of the waiting room, and its own bucket of starts for the whole service.
-- KEYS: entries, without-script, starts. ARGV: sid, now (ms), most of them in the room, most in all, burst, starts
-- that come back in an hour, ttl (s), how long a start may take to enter (ms).
-- Returns 1; 0 too many at once; -1 the room is full.
local call = redis.call
local now, mine, waiting = tonumber(ARGV[2]), 0, call('HLEN', KEYS[1])
local marks = call('ZRANGE', KEYS[2], 0, -1, 'WITHSCORES')
for place = 1, #marks, 2 do
  if call('HEXISTS', KEYS[1], marks[place]) == 1 or now - tonumber(marks[place + 1]) < tonumber(ARGV[8]) then
    mine = mine + 1
  else
    call('ZREM', KEYS[2], marks[place]) -- taken, or gone
  end
end
if mine >= tonumber(ARGV[3]) or waiting >= tonumber(ARGV[4]) then
  return -1
end
local burst = tonumber(ARGV[5])
local held = call('HMGET', KEYS[3], 'level', 'at')
local level, at = tonumber(held[1] or burst), tonumber(held[2] or now)
level = math.min(burst, level + math.max(0, now - at) * tonumber(ARGV[6]) / 3600000)
if level < 1 then
  return 0
end
call('HSET', KEYS[3], 'level', tostring(level - 1), 'at', math.max(now, at))
call('EXPIRE', KEYS[3], ARGV[7])
call('ZADD', KEYS[2], now, ARGV[1])
call('EXPIRE', KEYS[2], ARGV[7])
return 1
