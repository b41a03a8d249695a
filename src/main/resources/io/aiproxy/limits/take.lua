-- Adds all claims or none. A claim's "most" is how much its limit allows.
-- Returns the number of the refused claim from 0, or -1, and for every claim: used, wait, reset.

local counters, amounts, waits = {}, {}, {}
local refused, longest = -1, -1
for i = 1, #KEYS - 1 do
  local counter, amount, most, kind, shadow = claim(i)
  counters[i], amounts[i], waits[i] = counter, amount, 0
  local needed = math.max(1, amount)
  if needed > most - counter.used() then
    waits[i] = needed <= most and counter.wait(needed, most) or 0
    local rank = waits[i] == 0 and kind ~= 'm' and math.huge or waits[i]
    if not shadow and (refused < 0 or rank > longest) then
      refused, longest = i - 1, rank
    end
  end
end
local answer = { refused }
for i, counter in ipairs(counters) do
  if refused < 0 and amounts[i] ~= 0 then
    counter.add(amounts[i])
    counter.save()
  end
  answer[#answer + 1] = counter.used()
  answer[#answer + 1] = refused < 0 and 0 or waits[i]
  answer[#answer + 1] = counter.reset()
end
return answer
