-- An instance is alive. Says how much of each counter is put down to it, so that it can compare.
--
-- KEYS[1] leases · KEYS[2…] counters of what is under way · ARGV: instance, milliseconds of a lease
-- Returns this server's time in milliseconds, then a number for every counter.

local me, lease = ARGV[1], tonumber(ARGV[2])
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local all = redis.call('HGETALL', KEYS[1])
for i = 1, #all, 2 do
  if tonumber(all[i + 1]) < now - lease then
    redis.call('HDEL', KEYS[1], all[i])
  end
end
redis.call('HSET', KEYS[1], me, string.format('%.0f', now + lease))
redis.call('PEXPIRE', KEYS[1], 10 * lease)
local answer = { now }
for i = 2, #KEYS do
  redis.call('PEXPIRE', KEYS[i], 120 * lease)
  answer[i] = tonumber(redis.call('HGET', KEYS[i], me) or 0)
end
return answer
