#!/usr/bin/env bash
# Builds the benchmark of the translator and runs it.
#
# usage: run.sh transform|throughput|latency [ARGUMENT...]
#
#   transform    what is done with a record, without Kafka
#   throughput   records a second through a broker, beside a plain copy loop and, where `javac` and `mvn` are there, a
#                Kafka Streams application
#   latency      how much later a record can be read in the target
# The last two start a broker and a registry of their own. `run.sh transform --help` shows the arguments.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$here/../..
measured=${1:?transform, throughput or latency}
shift
# A workspace of its own has a target folder of its own.
target=${CARGO_TARGET_DIR:-$here/target}
cargo build --release --locked --manifest-path "$here/Cargo.toml"
if [ "$measured" = transform ]; then
  exec "$target/release/translator-bench" transform "$@"
fi

arguments=()
if [ "$measured" = throughput ] && command -v javac >/dev/null && command -v mvn >/dev/null; then
  streams=$target/peers/java
  if [ ! -e "$streams/streams" ] || [ -n "$(find "$here/peers/java" -newer "$streams/streams" -print -quit)" ]; then
    "$here/peers/java/build.sh" "$streams"
  fi
  arguments+=(--streams "$streams/streams")
fi
# Nothing that is measured waits for the registry.
cargo build --locked --package registry --manifest-path "$root/Cargo.toml"
registry=${CARGO_TARGET_DIR:-$root/target}/debug/registry

folder=$(mktemp -d)
pids=()
finish() {
  for pid in "${pids[@]}"; do
    kill "$pid" 2>/dev/null || true
    wait "$pid" 2>/dev/null || true
  done
  rm -rf "$folder"
}
trap finish EXIT
trap 'exit 1' INT TERM

# Waits until a log says where its program answers.
address_in() {
  for _ in $(seq 300); do
    address=$(sed -n "s|.*$2\([^ ]*\).*|\1|p" "$1" | head -1)
    [ -z "$address" ] || { echo "$address"; return; }
    sleep 0.2
  done
  cat "$1" >&2
  return 1
}

"$root/scripts/kafka.sh" --lasting 127.0.0.1:0 >"$folder/kafka.log" 2>&1 &
pids+=($!)
"$registry" serve --listen 127.0.0.1:0 --database "sqlite:$folder/registry.db" >"$folder/registry.log" 2>&1 &
pids+=($!)
export KAFKA_BOOTSTRAP_SERVERS SCHEMA_REGISTRY_URL
KAFKA_BOOTSTRAP_SERVERS=$(address_in "$folder/kafka.log" 'kafka: ready on ')
SCHEMA_REGISTRY_URL=$(address_in "$folder/registry.log" 'listens on ')
"$target/release/translator-bench" "$measured" "${arguments[@]}" "$@"
