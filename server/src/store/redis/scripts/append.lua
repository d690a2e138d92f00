-- Appends a batch and tells the nodes that follow. KEYS: head, log.
-- ARGV: epoch, channel, bytes of payload that go with the news at most, payloads...
-- Answers: gone | epoch, current | ok, first, at.
local head = redis.call('HMGET', KEYS[1], 'epoch', 'last', 'at', 'chain')
if not head[1] then return {'gone'} end
if head[1] ~= ARGV[1] then return {'epoch', head[1]} end
local last = tonumber(head[2])
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
local at = string.format('%.0f', math.max(now, tonumber(head[3])))
local chain = head[4]
local first = string.format('%.0f', last + 1)
local bytes = 0
for i = 4, #ARGV do bytes = bytes + #ARGV[i] end
local inline = bytes <= tonumber(ARGV[3])
local news = {'A ' .. head[1] .. ' ' .. first .. ' ' .. at .. ' ' .. chain .. '\n'}
for i = 4, #ARGV do
  local payload = ARGV[i]
  chain = string.sub(redis.sha1hex(chain .. at .. ':' .. payload), 1, 16)
  redis.call('XADD', KEYS[2], string.format('%.0f-0', last + i - 3), 't', at, 'c', chain, 'p', payload)
  if inline then
    news[#news + 1] = chain .. string.format('%08x', #payload)
    news[#news + 1] = payload
  end
end
local now_last = string.format('%.0f', last + #ARGV - 3)
redis.call('HSET', KEYS[1], 'last', now_last, 'at', at, 'chain', chain)
if inline then
  redis.call('SPUBLISH', ARGV[2], table.concat(news))
else
  redis.call('SPUBLISH', ARGV[2], 'L\n')
end
return {'ok', first, at}
