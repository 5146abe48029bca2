-- SPDX-License-Identifier: AGPL-3.0-or-later
-- Write what a help-seeker says of the matter into the entry, or into the claim that holds it.
-- KEYS: entries, claims. ARGV: sid, entry, version, ttl (s).
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
local version = string.match(entry, '^%d:(%d+):')
if tonumber(version) > tonumber(ARGV[3]) then
  return 0
end
redis.call('HSET', key, ARGV[1], head .. ARGV[2])
redis.call('EXPIRE', key, ARGV[4])
redis.call('PUBLISH', 'k:room', '')
return 1
