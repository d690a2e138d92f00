-- Takes or prolongs the lease on writing a meeting's snapshots. KEYS: lease. ARGV: holder, milliseconds.
-- Answers: held | ok.
local holder = redis.call('GET', KEYS[1])
if holder and holder ~= ARGV[1] then return {'held'} end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return {'ok'}
