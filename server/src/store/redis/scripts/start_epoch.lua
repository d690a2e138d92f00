-- Gives up the history for a snapshot. KEYS: head, log, newest snapshot, previous snapshot.
-- ARGV: current epoch, channel, seq, digest, checksum, bytes, tag.
-- Answers: gone | epoch, current | ok, new epoch.
local epoch = redis.call('HGET', KEYS[1], 'epoch')
if not epoch then return {'gone'} end
if epoch ~= ARGV[1] then return {'epoch', epoch} end
local next = string.format('%.0f', tonumber(epoch) + 1)
local chain = string.sub(redis.sha1hex(ARGV[7]), 1, 16)
redis.call('DEL', KEYS[2], KEYS[3], KEYS[4])
redis.call('HSET', KEYS[3], 'seq', ARGV[3], 'digest', ARGV[4], 'sum', ARGV[5], 'bytes', ARGV[6], 'chain', chain)
redis.call('HSET', KEYS[1], 'epoch', next, 'last', ARGV[3], 'chain', chain, 'floor', ARGV[3],
  'floor_chain', chain, 'newest', ARGV[3], 'previous', '')
redis.call('HDEL', KEYS[1], 'links', 'links_to')
redis.call('HINCRBY', KEYS[1], 'revision', 1)
redis.call('SPUBLISH', ARGV[2], 'E ' .. next .. '\n')
return {'ok', next}
