-- SPDX-License-Identifier: AGPL-3.0-or-later
-- Forget desks that have been gone for long; one that came back meanwhile is left alone.
-- KEYS: leases, standings. ARGV: leases that ended before this (ms) are long over, then devices.
for place = 2, #ARGV do
  local lease = tonumber(redis.call('ZSCORE', KEYS[1], ARGV[place]) or 0)
  if lease < tonumber(ARGV[1]) then
    redis.call('ZREM', KEYS[1], ARGV[place])
    redis.call('HDEL', KEYS[2], ARGV[place])
  end
end
