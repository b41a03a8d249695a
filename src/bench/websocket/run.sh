#!/usr/bin/env bash
# WebSocket echoes through the gateway, through nginx and without a proxy. ../README.md says what is measured.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

usage() {
  cat <<END
usage: run.sh [options]
  --rounds N        default 3; each measures every target under every load
  --seconds N       recorded per round, target and load; default 4
  --warm N          seconds of load for the gateway's JIT compiler before the first round; default 20
  --path P          default /v1/realtime?model=bench, a path on which the gateway reads along
  --size N          bytes per message, default 1024
  --binary          instead of text
  --rate N          echoes per second for the latencies, default 2000, over 100 connections
  --idle N          idle sockets for the memory, default 5000; 0 leaves it out
  --targets "A B"   default "direct nginx gateway"
  --keep            keep the directory of configurations, logs and results
Environment: JAVA, JVM_OPTS (default $jvm_opts), NGINX, CC, LOAD_CPU (default 0), PROXY_CPU (default 1),
BASE_PORT (default 18640)
END
  exit "$1"
}

jvm_opts="-Xms256m -Xmx512m"
rounds=3 seconds=4 warm=20 path="/v1/realtime?model=bench" size=1024 kind=text rate=2000 idle=5000 keep=
targets="direct nginx gateway" saturating=64 pacing=100
# Nothing of it runs for longer than this, whatever happens.
[ -n "${BOUNDED:-}" ] || BOUNDED=1 exec timeout --kill-after=20 240 "$0" "$@"
while [ $# -gt 0 ]; do
  case $1 in
    --rounds | --seconds | --warm | --size | --rate | --idle)
      [[ ${2:-} =~ ^[0-9]+$ ]] || { echo "$1 needs a whole number" >&2; usage 2; }
      declare "${1#--}=$2"; shift 2 ;;
    --path | --targets) [ $# -gt 1 ] || usage 2; declare "${1#--}=$2"; shift 2 ;;
    --binary) kind=binary; shift ;;
    --keep) keep=1; shift ;;
    --help) usage 0 ;;
    *) echo "no option $1" >&2; usage 2 ;;
  esac
done
java=${JAVA:-java} nginx=${NGINX:-nginx} cc=${CC:-cc}
load_cpu=${LOAD_CPU:-0} proxy_cpu=${PROXY_CPU:-1} base=${BASE_PORT:-18640}
mock_port=$base nginx_port=$((base + 1)) gateway_port=$((base + 2))
client_key=pk_test_bench provider_key=YOUR_PROVIDER_KEY_HERE

for tool in taskset "$cc" "$java"; do
  command -v "$tool" > /dev/null || { echo "$tool is missing" >&2; exit 1; }
done
if [[ $targets == *nginx* ]] && ! command -v "$nginx" > /dev/null; then
  echo "nginx is missing: install it, name it in NGINX, or leave it out with --targets" >&2
  exit 1
fi

run=$(mktemp -d "${TMPDIR:-/tmp}/websocket-bench.XXXXXX")
started=()
finish() {
  local status=$? pid
  trap - EXIT INT TERM
  for pid in "${started[@]}"; do kill -TERM "$pid" 2> /dev/null || true; done
  for pid in "${started[@]}"; do
    for _ in $(seq 100); do kill -0 "$pid" 2> /dev/null || break; sleep 0.1; done
    kill -KILL "$pid" 2> /dev/null || true
  done
  if [ -n "$keep" ] || [ "$status" != 0 ]; then echo "kept: $run" >&2; else rm -rf "$run"; fi
  exit "$status"
}
trap finish EXIT
trap 'exit 1' INT TERM
say() { echo "$(date +%T) $*" >&2; }

taskset -cp "$load_cpu" $$ > /dev/null # and so all that is started from here, but for the proxies
"$cc" -O2 -o "$run/echoload" "$here/echoload.c"

# ---- what is under load ----------------------------------------------------------------------------------------------

mock_start() {
  "$run/echoload" echo --port "$mock_port" --key "$provider_key" > "$run/echo.out" 2> "$run/echo.err" &
  mock=$!
  started+=("$mock")
}

nginx_start() {
  mkdir -p "$run/nginx"
  cat > "$run/nginx/nginx.conf" <<END
daemon off;
pid $run/nginx/pid;
error_log $run/nginx/error.log;
worker_processes 1;
worker_rlimit_nofile 20000;
$([ "$(id -u)" != 0 ] || echo "user root;")
events { worker_connections 20000; }
http {
  access_log $run/nginx/access.log;
  client_body_temp_path $run/nginx/body;
  proxy_temp_path $run/nginx/proxy;
  fastcgi_temp_path $run/nginx/fastcgi;
  uwsgi_temp_path $run/nginx/uwsgi;
  scgi_temp_path $run/nginx/scgi;
  server {
    listen 127.0.0.1:$nginx_port backlog=4096;
    location / {
      proxy_pass http://127.0.0.1:$mock_port;
      proxy_http_version 1.1;
      proxy_set_header Upgrade \$http_upgrade;
      proxy_set_header Connection upgrade;
      proxy_set_header Authorization "Bearer $provider_key";
      proxy_read_timeout 300s;
    }
  }
}
END
  taskset -c "$proxy_cpu" "$nginx" -p "$run/nginx" -e "$run/nginx/error.log" -c "$run/nginx/nginx.conf" &
  nginx_pid=$!
  started+=("$nginx_pid")
}

gateway_start() {
  mkdir -p "$run/gateway"
  echo "$client_key $provider_key" > "$run/keymap"
  PORT=$gateway_port MOCK_PORT=$mock_port KEYMAP=$run/keymap RUN=$run/gateway JAVA=$java JVM_OPTS=${JVM_OPTS-$jvm_opts} \
    taskset -c "$proxy_cpu" "$here/../start.sh" &
  gateway_pid=$!
  started+=("$gateway_pid")
}

port_of() { case $1 in direct) echo "$mock_port" ;; nginx) echo "$nginx_port" ;; gateway) echo "$gateway_port" ;; esac; }
key_of() { if [ "$1" = direct ]; then echo "$provider_key"; else echo "$client_key"; fi; }
processes_of() { # the target's processes: nginx has a worker besides
  case $1 in
    nginx) echo "$nginx_pid" && cat "/proc/$nginx_pid/task/$nginx_pid/children" ;;
    gateway) echo "$gateway_pid" ;;
  esac
}

client() { # client TARGET MODE OPTIONS...
  local target=$1 mode=$2 options=() pid
  shift 2
  for pid in $(processes_of "$target"); do options+=(--cpu-of "$pid"); done
  [ "$kind" = text ] || options+=(--binary)
  exec "$run/echoload" "$mode" --port "$(port_of "$target")" --key "$(key_of "$target")" --path "$path" --size "$size" \
    --known "$mock" "${options[@]}" "$@"
}

wait_for() { # until one echo comes back
  for _ in $(seq 150); do
    if (client "$1" load --connections 1 --warm 0 --seconds 0.05) > /dev/null 2> "$run/wait.err"; then return; fi
    kill -0 "${started[-1]}" 2> /dev/null && kill -0 "$mock" 2> /dev/null || break
    sleep 0.2
  done
  echo "$1 does not echo:" >&2
  cat "$run"/{wait.err,echo.err,nginx/error.log,gateway/out.log} >&2 2> /dev/null || true
  exit 1
}

# ---- loads -----------------------------------------------------------------------------------------------------------

saturate() { (client "$1" load --connections "$saturating" --seconds "$seconds"); }
pace() { (client "$1" load --connections "$pacing" --rate "$rate" --seconds "$seconds"); }
measure() { # measure LOAD TARGET
  local line
  line=$("$1" "$2") || { echo "$2 failed under the load '$1'" >&2; exit 1; }
  say "$1 $2: $line"
  echo "$1 $2 $line" >> "$run/results"
}

resident() { # KiB
  local pid
  for pid in $(processes_of "$1"); do cat "/proc/$pid/status"; done | awk '/^VmRSS:/ { sum += $2 } END { print sum }'
}
# What of the gateway's heap is alive, KiB: its resident size says little once garbage has filled the heap.
live_heap() {
  local jcmd
  jcmd=$(dirname "$(readlink -f "$(command -v "$java")")")/jcmd
  [ "$1" = gateway ] && [ -x "$jcmd" ] || { echo 0; return; }
  "$jcmd" "$gateway_pid" GC.run > /dev/null
  "$jcmd" "$gateway_pid" GC.heap_info | awk '
    /PSYoungGen|ParOldGen/ { for (i = 1; i < NF; i++) if ($i == "used") sum += $(i + 1) }
    END { print sum + 0 }'
}
hold() { # hold TARGET
  local pid before_live before after_live after
  before_live=$(live_heap "$1") before=$(resident "$1")
  client "$1" hold --connections "$idle" > "$run/held" &
  pid=$!
  started+=("$pid")
  while ! grep -q held= "$run/held"; do kill -0 "$pid" 2> /dev/null || exit 1; sleep 0.05; done
  sleep 1
  after=$(resident "$1") after_live=$(live_heap "$1")
  kill -TERM "$pid"
  wait "$pid" || { echo "$1 lost idle sockets" >&2; exit 1; }
  unset 'started[-1]'
  say "hold $1: $(tr '\n' ' ' < "$run/held")RSS $before -> $after KiB, live heap $before_live -> $after_live KiB"
  echo "hold $1 before=$before after=$after live_before=$before_live live_after=$after_live" >> "$run/results"
}

# ---- the run ---------------------------------------------------------------------------------------------------------

mock_start
for target in $targets; do
  case $target in
    direct) ;;
    nginx) nginx_start ;;
    gateway) gateway_start ;;
    *) echo "no target '$target'; there are direct, nginx, gateway" >&2; exit 2 ;;
  esac
  wait_for "$target"
  say "$target is up"
done
for target in $targets; do
  if [ "$idle" != 0 ] && [ "$target" != direct ]; then hold "$target"; fi
done
if [[ $targets == *gateway* ]] && [ "$warm" != 0 ]; then
  say "warming the gateway up for $warm s"
  (client gateway load --connections "$saturating" --warm 0 --seconds "$warm") > /dev/null
fi
read -ra order <<< "$targets"
for _ in $(seq "$rounds"); do
  for load in saturate pace; do
    for target in "${order[@]}"; do measure "$load" "$target"; done
  done
  order=("${order[@]:1}" "${order[0]}") # so that nobody always comes first
done

awk -v targets="$targets" -v what="$size bytes of $kind, $path" -v rounds="$rounds" -v seconds="$seconds" -v idle="$idle" \
  -v rate="$rate" -v saturating="$saturating" -v pacing="$pacing" -f "$here/table.awk" "$run/results"
