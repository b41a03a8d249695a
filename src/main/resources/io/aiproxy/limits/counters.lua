-- Counters, as take.lua and correct.lua have them; put before each of those. The arithmetic is that of LocalCounters.
--
-- KEYS[1]  leases: a hash of instances and the time, of this server's clock, until which each is taken to be alive
-- KEYS[2…] the claims' counters: a string "<beginning or number of the window> <count> <more>", or for what is counted at a
--          moment a hash of instances and what each has under way
-- ARGV     now, instance, milliseconds of a lease, then five for each claim: kind, amount, most, and two more:
--          for "s" (slides) the length and nothing; for "c" (calendar) begin and end of the present window; for "m"
--          (moment) nothing; a capital for a shadow, which refuses nothing

local NOW, ME, LEASE = tonumber(ARGV[1]), ARGV[2], tonumber(ARGV[3])
-- By how much instances may disagree about the time. Who is behind counts into the window that has begun.
local TOLERANCE = 60000

local leases, clock

local function alive(instance)
  if not leases then
    leases = {}
    local all = redis.call('HGETALL', KEYS[1])
    for i = 1, #all, 2 do
      leases[all[i]] = tonumber(all[i + 1])
    end
    local time = redis.call('TIME')
    clock = time[1] * 1000 + math.floor(time[2] / 1000)
  end
  return leases[instance] ~= nil and leases[instance] > clock
end

local function read(key)
  local text = redis.call('GET', key)
  if not text then
    return nil
  end
  local one, two, three = string.match(text, '^(%S+) (%S+) (%S+)$')
  return tonumber(one), tonumber(two), tonumber(three)
end

local function write(key, one, two, three, millis)
  local text = string.format('%.0f %.0f %.0f', one, two, three)
  redis.call('SET', key, text, 'PX', string.format('%.0f', math.max(1, millis + TOLERANCE)))
end

-- A sliding window as two fixed ones; window is the number of the present one.
local function sliding(key, length)
  local window, current, previous = read(key)
  local at = math.floor(NOW / length)
  local elapsed = NOW - at * length
  if not window then
    window, current, previous = at, 0, 0
  elseif at > window then
    previous = at == window + 1 and current or 0
    current = 0
    window = at
  elseif at < window then
    if at < window - 1 and NOW < window * length - TOLERANCE then
      window = at -- the clock was set back: the counts go with it
    else
      elapsed = 0
    end
  end
  local c = {}
  local function leftAt(room, count) -- milliseconds left with which a window's count weighs no more than room
    return math.min(length, math.floor(room * length / count))
  end
  function c.used()
    return current + (previous == 0 and 0 or math.ceil(previous * (length - elapsed) / length))
  end
  function c.add(amount)
    current = math.max(0, current + amount)
  end
  function c.correct(amount, taken)
    local of = math.floor(taken / length)
    if of == window then
      current = math.max(0, current + amount)
    elseif of == window - 1 then
      previous = math.max(0, previous + amount)
    end
  end
  function c.wait(needed, most)
    local remaining = length - elapsed
    if current <= most - needed then
      return remaining - leftAt(most - needed - current, previous)
    end
    return remaining + length - leftAt(most - needed, current)
  end
  function c.reset()
    return current > 0 and 2 * length - elapsed or previous > 0 and length - elapsed or 0
  end
  function c.save()
    write(key, window, current, previous, 2 * length - elapsed)
  end
  return c
end

local function calendar(key, first, last)
  local from, till, used = read(key)
  if not from or NOW >= till then
    from, till, used = first, last, 0
  elseif NOW < from - TOLERANCE then
    from, till = first, last -- the clock was set back: the count goes with it
  end
  local c = {}
  function c.used()
    return used
  end
  function c.add(amount)
    used = math.max(0, used + amount)
  end
  function c.correct(amount, taken)
    if taken >= from - TOLERANCE and taken < till then
      c.add(amount)
    end
  end
  function c.reset()
    return used == 0 and 0 or math.max(1, till - NOW)
  end
  function c.wait()
    return c.reset()
  end
  function c.save()
    write(key, from, till, used, till - NOW)
  end
  return c
end

-- What instances have under way. Those whose lease is over have died, and what they had with them.
local function moment(key)
  local mine, others = 0, 0
  local all = redis.call('HGETALL', key)
  for i = 1, #all, 2 do
    if all[i] == ME then
      mine = tonumber(all[i + 1])
    elseif alive(all[i]) then
      others = others + tonumber(all[i + 1])
    else
      redis.call('HDEL', key, all[i])
    end
  end
  local c = {}
  function c.used()
    return mine + others
  end
  function c.add(amount)
    mine = math.max(0, mine + amount)
  end
  function c.correct(amount)
    c.add(amount)
  end
  function c.reset()
    return 0
  end
  function c.wait()
    return 0
  end
  function c.save()
    if mine == 0 then
      redis.call('HDEL', key, ME)
    else
      redis.call('HSET', key, ME, string.format('%.0f', mine))
    end
    redis.call('PEXPIRE', key, 120 * LEASE)
  end
  return c
end

-- The i-th claim, its counter at this time.
local function claim(i)
  local at = 3 + (i - 1) * 5
  local kind, a, b = string.lower(ARGV[at + 1]), tonumber(ARGV[at + 4]), tonumber(ARGV[at + 5])
  local key = KEYS[i + 1]
  local counter
  if kind == 's' then
    counter = sliding(key, a)
  elseif kind == 'c' then
    counter = calendar(key, a, b)
  else
    counter = moment(key)
  end
  return counter, tonumber(ARGV[at + 2]), tonumber(ARGV[at + 3]), kind, kind ~= ARGV[at + 1]
end
