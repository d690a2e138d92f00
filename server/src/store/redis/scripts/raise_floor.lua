-- Removes entries up to a place. KEYS: head, log, previous snapshot.
-- ARGV: revision, new floor, '1' to drop the previous snapshot too.
-- Answers: gone | moved | ok.
local head = redis.call('HMGET', KEYS[1], 'revision', 'last', 'chain', 'floor')
if not head[1] then return {'gone'} end
if head[1] ~= ARGV[1] then return {'moved'} end
if ARGV[2] ~= head[4] then
  local chain = head[3]
  if ARGV[2] ~= head[2] then
    chain = redis.call('XRANGE', KEYS[2], ARGV[2] .. '-0', ARGV[2] .. '-0')[1][2][4]
  end
  redis.call('XTRIM', KEYS[2], 'MINID', '=', string.format('%.0f-0', tonumber(ARGV[2]) + 1))
  redis.call('HSET', KEYS[1], 'floor', ARGV[2], 'floor_chain', chain)
end
if ARGV[3] == '1' then
  redis.call('DEL', KEYS[3])
  redis.call('HSET', KEYS[1], 'previous', '')
end
redis.call('HINCRBY', KEYS[1], 'revision', 1)
return {'ok'}
