-- Begins a new epoch with a state from a node's memory, in place of what is there.
-- KEYS: head, log, newest snapshot, previous snapshot, tombstone, bids, digests.
-- ARGV: where the log stood when it was looked at ('epoch last chain', '' for nowhere), new epoch, channel, seq,
-- the chain that the node has at seq, digest, checksum, bytes, the time before which no entry may be stamped,
-- payloads that follow at once...
-- Answers: gone | moved | ok.
if redis.call('EXISTS', KEYS[5]) == 1 then return {'gone'} end
local head = redis.call('HMGET', KEYS[1], 'epoch', 'last', 'chain', 'at')
local mark = ''
if head[1] then mark = head[1] .. ' ' .. head[2] .. ' ' .. head[3] end
if mark ~= ARGV[1] then return {'moved'} end
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
local at = string.format('%.0f', math.max(now, tonumber(ARGV[9]), tonumber(head[4] or '0')))
local chain = ARGV[5]
redis.call('DEL', KEYS[2], KEYS[3], KEYS[4], KEYS[6], KEYS[7])
redis.call('HSET', KEYS[3], 'seq', ARGV[4], 'digest', ARGV[6], 'sum', ARGV[7], 'bytes', ARGV[8], 'chain', chain)
redis.call('HSETNX', KEYS[1], 'born', '0')
redis.call('HSETNX', KEYS[1], 'revision', '0')
redis.call('HSET', KEYS[1], 'floor_chain', chain)
redis.call('HDEL', KEYS[1], 'links', 'links_to')
local last = tonumber(ARGV[4])
for i = 10, #ARGV do
  last = last + 1
  chain = string.sub(redis.sha1hex(chain .. at .. ':' .. ARGV[i]), 1, 16)
  redis.call('XADD', KEYS[2], string.format('%.0f-0', last), 't', at, 'c', chain, 'p', ARGV[i])
end
redis.call('HSET', KEYS[1], 'epoch', ARGV[2], 'last', string.format('%.0f', last), 'at', at, 'chain', chain,
  'floor', ARGV[4], 'newest', ARGV[4], 'previous', '')
redis.call('HINCRBY', KEYS[1], 'revision', 1)
redis.call('SPUBLISH', ARGV[3], 'E ' .. ARGV[2] .. '\n')
return {'ok'}
