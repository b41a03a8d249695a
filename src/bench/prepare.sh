#!/usr/bin/env bash
# Builds what start.sh starts.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
exec ./mvnw -q -DskipTests package
