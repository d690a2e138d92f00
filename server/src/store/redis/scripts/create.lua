-- Begins a meeting with entry 1. KEYS: head, log, tombstone. ARGV: tag, payload.
-- Answers: exists | ok, at.
if redis.call('EXISTS', KEYS[1]) == 1 then return {'exists'} end
local time = redis.call('TIME')
local at = string.format('%.0f', tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000))
local base = string.sub(redis.sha1hex(ARGV[1]), 1, 16)
local chain = string.sub(redis.sha1hex(base .. at .. ':' .. ARGV[2]), 1, 16)
redis.call('DEL', KEYS[2], KEYS[3])
redis.call('XADD', KEYS[2], '1-0', 't', at, 'c', chain, 'p', ARGV[2])
redis.call('HSET', KEYS[1], 'epoch', '1', 'last', '1', 'at', at, 'chain', chain, 'floor', '0',
  'floor_chain', base, 'newest', '', 'previous', '', 'revision', '0', 'born', at)
return {'ok', at}
