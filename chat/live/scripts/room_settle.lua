-- SPDX-License-Identifier: AGPL-3.0-or-later
-- The claimed conversation has moved: the claim is done, and an entry that came back meanwhile is void.
-- KEYS: entries, claims. ARGV: sid, owner.
-- Returns 1 when the claim was still this owner's, else 0.
local mine = 0
local claim = redis.call('HGET', KEYS[2], ARGV[1])
if claim and string.match(claim, '^%d+|([^|]*)|') == ARGV[2] then
  mine = redis.call('HDEL', KEYS[2], ARGV[1])
end
if redis.call('HDEL', KEYS[1], ARGV[1]) == 1 then
  redis.call('PUBLISH', 'k:room', '')
end
return mine
