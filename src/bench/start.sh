#!/usr/bin/env bash
# Starts the gateway for a load test. README.md says what the variables mean.
set -euo pipefail
: "${PORT:?port to listen on}" "${MOCK_PORT:?port of the provider}" "${KEYMAP:?file of lines: clientkey providerkey}"
: "${RUN:?directory to write to}"
repo=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
jar=$repo/target/aiproxy.jar
[ -f "$jar" ] || { echo "$jar is missing: run $repo/src/bench/prepare.sh" >&2; exit 1; }

umask 077
config=$RUN/config
mkdir -p "$config" "$RUN/data"

# One channel per provider key, one user per client key.
awk -v port="$MOCK_PORT" '
  BEGIN { print "channels:" }
  NF == 2 && !seen[$2]++ {
    printf "  provider-%d:\n    base_url: http://127.0.0.1:%s\n    api_key: \"%s\"\n    dialect: openai\n", ++n, port, $2
  }
  END { if (!n) { print "no line of two words in the key map" > "/dev/stderr"; exit 1 } }
' "$KEYMAP" > "$config/channels.yaml"
awk '
  BEGIN { print "users:" }
  NF == 2 {
    if (!($2 in channel)) channel[$2] = ++channels
    printf "  user-%d:\n    proxy_key: \"%s\"\n    channels: [provider-%d]\n", ++n, $1, channel[$2]
  }
' "$KEYMAP" > "$config/users.yaml"
cat > "$config/system.yaml" <<END
system:
  access_log:
    format: json
    file: logs/access.log
  usage:
    enabled: ${USAGE:-true}
END

# The parallel collector, as docs/guide/operations.md recommends: its write barriers cost every call less than G1's.
# shellcheck disable=SC2086 # JVM_OPTS is a list of words
exec "${JAVA:-java}" ${JVM_OPTS:-} -XX:+UseParallelGC -jar "$jar" run \
  --host 127.0.0.1 --port "$PORT" --config "$config" --data "$RUN/data" > "$RUN/out.log" 2>&1
