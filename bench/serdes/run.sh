#!/usr/bin/env bash
# Builds the benchmark of the client's codecs and runs it. Arguments go to it: `bench/serdes/run.sh --update
# docs/performance.md` refreshes the document, `--help` shows how to measure a part.
#
# Peers in Go and Java take part where `go`, or `java` and `mvn`, are there. `PEERS=own` leaves out what builds long: them
# and the other registry clients.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
# A workspace of its own has a target folder of its own.
target=${CARGO_TARGET_DIR:-$here/target}
features=()
arguments=()

# Builds a peer again when one of its files is newer.
is_stale() {
  [ ! -e "$2" ] || [ -n "$(find "$1" "$here/schemas" -newer "$2" -type f -print -quit)" ]
}

if [ "${PEERS:-all}" = all ]; then
  features=(--features registry-clients)
  mkdir -p "$target/peers"
  if command -v go >/dev/null; then
    go=$target/peers/go
    if is_stale "$here/peers/go" "$go"; then
      (cd "$here/peers/go" && GOFLAGS=-mod=readonly go build -o "$go" .)
    fi
    arguments+=(--external "Go, twmb/avro=$go")
  fi
  if command -v javac >/dev/null && command -v mvn >/dev/null; then
    java=$target/peers/java
    if is_stale "$here/peers/java" "$java/peer"; then
      "$here/peers/java/build.sh" "$java"
    fi
    arguments+=(--external "Java, Apache Avro=$java/peer")
  fi
fi

cargo build --release --locked "${features[@]}" --manifest-path "$here/Cargo.toml"
exec "$target/release/serdes-bench" --threads "${arguments[@]}" "$@"
