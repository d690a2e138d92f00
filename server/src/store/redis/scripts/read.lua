-- The head, the chain at a place, and entries after it. KEYS: head, log.
-- ARGV: after, count, bytes after which it stops.
-- Answers: gone | ok, head fields (9), chain at `after` or '', then seq, at, chain, payload of each entry.
local head = redis.call('HMGET', KEYS[1], 'epoch', 'last', 'at', 'chain', 'floor', 'floor_chain',
  'newest', 'previous', 'revision')
if not head[1] then return {'gone'} end
local after = ARGV[1]
local chain = ''
if after == head[5] then chain = head[6]
elseif after == head[2] then chain = head[4]
else
  local found = redis.call('XRANGE', KEYS[2], after .. '-0', after .. '-0')
  if found[1] then chain = found[1][2][4] end
end
local answer = {'ok', head[1], head[2], head[3], head[4], head[5], head[6], head[7], head[8], head[9], chain}
local left = tonumber(ARGV[2])
local bytes = 0
local from = '(' .. after .. '-0'
while left > 0 and bytes < tonumber(ARGV[3]) do
  local page = redis.call('XRANGE', KEYS[2], from, '+', 'COUNT', math.min(left, 4))
  if #page == 0 then break end
  for _, entry in ipairs(page) do
    local fields = entry[2]
    if bytes >= tonumber(ARGV[3]) then break end
    answer[#answer + 1] = string.sub(entry[1], 1, -3)
    answer[#answer + 1] = fields[2]
    answer[#answer + 1] = fields[4]
    answer[#answer + 1] = fields[6]
    bytes = bytes + #fields[6]
  end
  left = left - #page
  from = '(' .. page[#page][1]
end
return answer
