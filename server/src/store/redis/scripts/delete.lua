-- Removes a meeting. KEYS: head, log, newest snapshot, previous snapshot, lease. ARGV: channel.
if redis.call('DEL', unpack(KEYS)) > 0 then redis.call('SPUBLISH', ARGV[1], 'D\n') end
return {'ok'}
