-- Removes a meeting and leaves a tombstone: its id and when, nothing of what was in it.
-- KEYS: head, log, newest snapshot, previous snapshot, lease, bids, digests, tombstone.
-- ARGV: channel, milliseconds that the tombstone stays, '' or when the meeting had been deleted before (in milliseconds
-- of Redis's clock): then only a meeting that was made before that is removed.
-- Answers: ok, when it was deleted.
local time = redis.call('TIME')
local at = string.format('%.0f', tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000))
if ARGV[3] ~= '' then
  local born = redis.call('HGET', KEYS[1], 'born')
  if born and tonumber(born) > tonumber(ARGV[3]) then return {'ok', ARGV[3]} end
  at = ARGV[3]
end
local removed = redis.call('DEL', KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5], KEYS[6], KEYS[7])
redis.call('SET', KEYS[8], at, 'PX', ARGV[2])
if removed > 0 then redis.call('SPUBLISH', ARGV[1], 'D ' .. at .. '\n') end
return {'ok', at}
