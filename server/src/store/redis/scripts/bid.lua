-- Says how much of a lost history a node holds, and whether another that said so lately holds more.
-- KEYS: bids. ARGV: holder, its position as digits of equal length, milliseconds for which a bid counts.
-- Answers: held (another one holds more) | ok.
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2] .. ' ' .. string.format('%.0f', now))
redis.call('PEXPIRE', KEYS[1], ARGV[3])
local bids = redis.call('HGETALL', KEYS[1])
for i = 1, #bids, 2 do
  local holder = bids[i]
  local held, at = string.match(bids[i + 1], '^(%S+) (%d+)$')
  if now - tonumber(at) > tonumber(ARGV[3]) then
    redis.call('HDEL', KEYS[1], holder)
  elseif holder ~= ARGV[1] and (held > ARGV[2] or (held == ARGV[2] and holder > ARGV[1])) then
    return {'held'}
  end
end
return {'ok'}
