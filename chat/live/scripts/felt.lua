-- SPDX-License-Identifier: AGPL-3.0-or-later
-- Note in a conversation that how it feels before the talk was said; what was said is not kept here.
-- KEYS: relay. Returns 1, or 0 when it was said before or there is no such conversation.
if redis.call('EXISTS', KEYS[1]) == 0 or redis.call('HEXISTS', KEYS[1], 'f') == 1 then
  return 0
end
redis.call('HSET', KEYS[1], 'f', '1')
return 1
