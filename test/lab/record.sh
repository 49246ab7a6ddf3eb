#!/usr/bin/env bash
# Bundles the recorder and the services into a temporary folder, and records: record.sh --fault NAME --out DIR ...
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
build=$(mktemp -d)
trap 'rm -rf "$build"' EXIT
"$here/../../node_modules/.bin/esbuild" "$here/record.ts" "$here/service.ts" --bundle --platform=node --format=cjs \
  --out-extension:.js=.cjs --outdir="$build" --log-level=warning
node "$build/record.cjs" "$@" &
recorder=$!
trap 'kill "$recorder"' INT TERM
code=0
wait "$recorder" || code=$?
wait "$recorder" 2>/dev/null || true
exit "$code"
