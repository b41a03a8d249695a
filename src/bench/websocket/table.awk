# Makes a table of medians from lines "LOAD TARGET key=value ...".
{
  for (i = 3; i <= NF; i++) {
    split($i, pair, "=")
    if (pair[1] == "foreign" && pair[2] > foreign) foreign = pair[2]
    if (pair[1] == "late") late += pair[2]
    if (pair[1] == "unclean") unclean += pair[2]
    n = ++count[$1, $2, pair[1]]
    value[$1, $2, pair[1], n] = pair[2]
  }
}
function median(load, target, name,    n, i, j, v, t) {
  n = count[load, target, name]
  if (!n) return -1
  for (i = 1; i <= n; i++) v[i] = value[load, target, name, i] + 0
  for (i = 2; i <= n; i++) for (j = i; j > 1 && v[j - 1] > v[j]; j--) { t = v[j]; v[j] = v[j - 1]; v[j - 1] = t }
  return n % 2 ? v[(n + 1) / 2] : (v[n / 2] + v[n / 2 + 1]) / 2
}
function figure(kind, target,    a, b) {
  if (kind == "sent") return 2 * median("saturate", target, "per_second")
  if (kind == "cpu") return target == "direct" ? "" : median("saturate", target, "cpu_us_per_echo") / 2
  if (kind == "busy") return target == "direct" ? "" : 100 * median("saturate", target, "busy")
  if (kind == "pacedcpu") return target == "direct" ? "" : median("pace", target, "cpu_us_per_echo") / 2
  if (kind == "p50" || kind == "p99") return median("pace", target, kind "_us")
  if (kind == "added50" || kind == "added99") {
    a = "p" substr(kind, 6) "_us"
    b = median("pace", "direct", a)
    return target == "direct" || b < 0 ? "" : median("pace", target, a) - b
  }
  if (!count["hold", target, "before"]) return ""
  if (kind == "before") return median("hold", target, "before") / 1024
  if (kind == "after") return median("hold", target, "after") / 1024
  if (kind == "per") return (median("hold", target, "after") - median("hold", target, "before")) / idle
  a = median("hold", target, "live_after")
  return a ? (a - median("hold", target, "live_before")) / idle : ""
}
function row(title, kind, digits,    line, i, v, of) {
  line = "| " title " |"
  for (i = 1; i <= targetCount; i++) {
    v = figure(kind, name[i])
    of[name[i]] = v
    line = line " " (v == "" ? "" : sprintf("%." digits "f", v)) " |"
  }
  if (comparing) {
    v = of["nginx"] != "" && of["nginx"] > 0 && of["gateway"] != ""
    line = line " " (v ? sprintf("%.2f", of["gateway"] / of["nginx"]) : "") " |"
  }
  print line
}
END {
  targetCount = split(targets, name, " ")
  comparing = targets ~ /nginx/ && targets ~ /gateway/
  print "Medians of " rounds " rounds of " seconds " s; " what "."
  print "One echo is two messages: one to the provider, one back. All figures per message count both.\n"
  header = "| |"
  line = "|---|"
  for (i = 1; i <= targetCount; i++) { header = header " " name[i] " |"; line = line "--:|" }
  print header (comparing ? " gateway / nginx |" : "")
  print line (comparing ? "--:|" : "")
  row("messages/s, " saturating " connections, window of 1", "sent", 0)
  row("CPU of the proxy per message, µs", "cpu", 2)
  row("the proxy's core busy, %", "busy", 0)
  row("round trip at " rate " echoes/s, " pacing " connections, p50, µs", "p50", 0)
  row("the same, p99, µs", "p99", 0)
  row("added to it by the proxy, p50, µs", "added50", 0)
  row("the same, p99, µs", "added99", 0)
  row("CPU of the proxy per message at this rate, µs", "pacedcpu", 2)
  if (idle > 0) {
    row("memory (RSS) before the idle sockets, MiB", "before", 1)
    row("memory with " idle " idle sockets, MiB", "after", 1)
    row("KiB per idle socket", "per", 1)
    row("of which on the Java heap, alive", "heap", 1)
  }
  print ""
  if (foreign > 0.15) print "Note: other processes used up to " foreign " CPUs during a run; the figures suffer from that."
  if (late) print "Note: " late " messages were not sent at the fixed rate, because no connection was free."
  if (unclean) print "Note: " unclean " connections ended without a Close frame in answer to the client's."
  for (i = 1; i <= targetCount; i++) {
    busy = figure("busy", name[i])
    if (busy != "" && busy < 95) print "Note: " name[i] " did not fill its core: the load or other processes were the limit. Compare CPU."
  }
}
