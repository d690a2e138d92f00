-- Removes entries up to a place. KEYS: head, log, previous snapshot.
-- ARGV: revision, new floor, '1' to drop the previous snapshot too, links of what goes that are kept then at most,
-- bytes of entries after which no more are looked at.
-- Answers: gone | moved | ok.
local head = redis.call('HMGET', KEYS[1], 'revision', 'last', 'chain', 'floor', 'links_to', 'links')
if not head[1] then return {'gone'} end
if head[1] ~= ARGV[1] then return {'moved'} end
if ARGV[2] ~= head[4] then
  local chain = head[3]
  if ARGV[2] ~= head[2] then
    chain = redis.call('XRANGE', KEYS[2], ARGV[2] .. '-0', ARGV[2] .. '-0')[1][2][4]
  end
  if ARGV[3] == '1' then
    -- The contents must go now; where another history parts from this one is still to be told for a while.
    local links = {}
    local left, bytes, to = tonumber(ARGV[4]), 0, ARGV[2] .. '-0'
    while left > 0 and bytes < tonumber(ARGV[5]) do
      local page = redis.call('XREVRANGE', KEYS[2], to, '-', 'COUNT', math.min(left, 4))
      if #page == 0 then break end
      for _, entry in ipairs(page) do
        links[#links + 1] = entry[2][4]
        bytes = bytes + #entry[2][6]
      end
      left = left - #page
      to = '(' .. page[#page][1]
    end
    -- Newest first; those of an earlier purge follow if nothing lies between.
    if head[5] and head[5] == head[4] then links[#links + 1] = head[6] end
    redis.call('HSET', KEYS[1], 'links_to', ARGV[2], 'links', string.sub(table.concat(links), 1, 16 * tonumber(ARGV[4])))
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
