#!/usr/bin/env bash
# Plays the whole migration of the ad clicks: `make run` and `make kafka` in two other terminals, then this script.
# What it shows is what docs/migrating-a-topic.md explains.
set -euo pipefail
cd "$(dirname "$0")"
export SCHEMA_REGISTRY_URL=${SCHEMA_REGISTRY_URL:-http://127.0.0.1:8081}
export KAFKA_BOOTSTRAP_SERVERS=${KAFKA_BOOTSTRAP_SERVERS:-127.0.0.1:9092}
root=$(cd ../../.. && pwd)
# Both are built once; PROGRAMS names a folder that holds them already.
if [ -z "${PROGRAMS:-}" ]; then
  cargo build --manifest-path "$root/Cargo.toml" --locked -p serde-client --features translator --bin translator \
    --example clicks_v3 >&2
  PROGRAMS=$root/target/debug
fi
translator=$PROGRAMS/translator
clicks=$PROGRAMS/examples/clicks_v3
count=${CLICKS:-1000}

step() { printf '\n== %s\n' "$*"; }
body() { python3 -c 'import json, sys; print(json.dumps({"schema": open(sys.argv[1]).read()}))' "$1"; }
register() {
  body "$2" | curl -sS --fail-with-body "$SCHEMA_REGISTRY_URL/subjects/$1/versions" -H 'Content-Type: application/json' -d @- \
    | python3 -c 'import json, sys; a = json.load(sys.stdin); print("version", a.get("version", "-"), "id", a["id"])'
}

step "two versions of the old topic's schema, and the one that breaks them"
register ad-clicks-value ../v1.avsc
register ad-clicks-value ../v2.avsc
register clicks-v3-value clicks-v3.avsc

step "a skeleton, which the mapping of this folder has filled in"
"$translator" init --old ad-clicks-value:2 --new clicks-v3-value:1

step "what becomes of every leaf"
"$translator" plan mapping.yaml | grep -v ' exact '

step "the examples of the file, and generated clicks"
"$translator" check mapping.yaml --records "${RECORDS:-1000}" | cut -c1-200

step "producers have moved: $count clicks on the new topic"
"$clicks" "$count"
"$translator" plan mapping.yaml --apply | tail -2

step "what real clicks become"
# 2 says that some records are for the error policy.
"$translator" preview mapping.yaml --show 1 | cut -c1-400 || [ $? -eq 2 ]

step "translate what is there, killed on the way and started again"
"$translator" run mapping.yaml --once &
first=$!
sleep "${KILL_AFTER:-1}"
kill -KILL "$first" 2>/dev/null || true
wait "$first" 2>/dev/null || true
"$translator" run mapping.yaml --once

step "nothing lost, doubled or reordered?"
"$translator" verify mapping.yaml
