-- Says that the history is another than somebody has read: a new epoch over what the log holds now.
-- KEYS: head. ARGV: the epoch that was read, channel. Answers: gone | epoch, current.
local epoch = redis.call('HGET', KEYS[1], 'epoch')
if not epoch then return {'gone'} end
if epoch ~= ARGV[1] then return {'epoch', epoch} end
local next = string.format('%.0f', tonumber(epoch) + 1)
redis.call('HSET', KEYS[1], 'epoch', next)
redis.call('HINCRBY', KEYS[1], 'revision', 1)
redis.call('SPUBLISH', ARGV[2], 'E ' .. next .. '\n')
return {'epoch', next}
