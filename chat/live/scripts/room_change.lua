-- SPDX-License-Identifier: AGPL-3.0-or-later
-- Change the entry of who waits, or the claim that holds it: whether they are connected, and what they say of the matter.
-- KEYS: entries, claims. ARGV: sid, 1 or 0, version, ttl (s), the packed entry (nothing: as it was).
-- Returns 1, or 0 when there is none or a newer version was written before.
local key, head, entry = KEYS[1], '', redis.call('HGET', KEYS[1], ARGV[1])
if not entry then
  local claim = redis.call('HGET', KEYS[2], ARGV[1])
  if not claim then
    return 0
  end
  key = KEYS[2]
  head, entry = string.match(claim, '^(%d+|[^|]*|)(.*)$')
end
local version, packed = string.match(entry, '^%d:(%d+):(.*)$')
if tonumber(version) > tonumber(ARGV[3]) then
  return 0
end
if ARGV[5] ~= '' then
  packed = ARGV[5]
end
redis.call('HSET', key, ARGV[1], head .. ARGV[2] .. ':' .. ARGV[3] .. ':' .. packed)
redis.call('EXPIRE', key, ARGV[4])
redis.call('PUBLISH', 'k:room', '')
return 1
