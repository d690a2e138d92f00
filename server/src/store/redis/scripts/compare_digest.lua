-- Notes the digest of a state, or finds that another node has come to another one there.
-- KEYS: head, digests. ARGV: epoch, seq, digest, channel, positions kept, milliseconds for which they are kept.
-- Answers: gone | epoch, current | ok.
local epoch = redis.call('HGET', KEYS[1], 'epoch')
if not epoch then return {'gone'} end
if epoch ~= ARGV[1] then return {'epoch', epoch} end
local place = ARGV[1] .. ' ' .. ARGV[2]
local known = redis.call('HGET', KEYS[2], place)
if known and known ~= ARGV[3] then
  redis.call('HDEL', KEYS[2], place)
  redis.call('SPUBLISH', ARGV[4], 'S ' .. place .. '\n')
elseif not known then
  if redis.call('HLEN', KEYS[2]) >= tonumber(ARGV[5]) then redis.call('DEL', KEYS[2]) end
  redis.call('HSET', KEYS[2], place, ARGV[3])
  redis.call('PEXPIRE', KEYS[2], ARGV[6])
end
return {'ok'}
