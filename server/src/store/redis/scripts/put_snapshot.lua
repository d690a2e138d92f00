-- Makes a snapshot the newest. KEYS: head, log, newest snapshot, previous snapshot.
-- ARGV: revision, seq, digest, checksum, bytes, the chain that its writer has at seq or ''.
-- Answers: gone | moved | differs | ok.
local head = redis.call('HMGET', KEYS[1], 'revision', 'last', 'chain', 'floor', 'floor_chain', 'newest')
if not head[1] then return {'gone'} end
if head[1] ~= ARGV[1] then return {'moved'} end
local chain = ''
if ARGV[2] == head[4] then chain = head[5]
elseif ARGV[2] == head[2] then chain = head[3]
else
  local found = redis.call('XRANGE', KEYS[2], ARGV[2] .. '-0', ARGV[2] .. '-0')
  if found[1] then chain = found[1][2][4] end
end
if ARGV[6] ~= '' and ARGV[6] ~= chain then return {'differs'} end
if head[6] ~= '' then redis.call('RENAME', KEYS[3], KEYS[4]) end
redis.call('HSET', KEYS[3], 'seq', ARGV[2], 'digest', ARGV[3], 'sum', ARGV[4], 'bytes', ARGV[5], 'chain', chain)
redis.call('HSET', KEYS[1], 'newest', ARGV[2], 'previous', head[6])
redis.call('HINCRBY', KEYS[1], 'revision', 1)
return {'ok'}
