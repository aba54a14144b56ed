# What the scripts of this folder begin with: where registry and broker are, the programs, and how a schema is registered.
# They source it.
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
