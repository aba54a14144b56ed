#!/usr/bin/env bash
# Checks what the tests need besides cargo, installs what is missing where it may, and fills .venv, node_modules and
# .tools with the pinned packages of tests/interop and with Apache Kafka. Safe to run again: it does nothing when
# nothing is missing.
set -euo pipefail
cd "$(dirname "$0")/.."

requirements=tests/interop/python/requirements.txt

# A Python counts only when it can make virtual environments. A version switcher may put a `python3` first in the path
# that does not run at all, so each candidate is tried.
find_python() {
  local candidate
  for candidate in "${PYTHON:-python3}" /usr/bin/python3 /usr/local/bin/python3 \
      python3.14 python3.13 python3.12 python3.11 python3.10 python3.9; do
    if "$candidate" -c 'import sys, venv, ensurepip, sqlite3, ssl; sys.exit(sys.version_info < (3, 9))' \
        >/dev/null 2>&1; then
      echo "$candidate"
      return
    fi
  done
}

missing_packages() {
  command -v cc >/dev/null || echo gcc
  command -v curl >/dev/null || echo curl
  [ -n "$(find_python)" ] || echo python3 python3-venv
  has_node || echo nodejs npm
  has_java || echo default-jdk-headless
  command -v mvn >/dev/null || echo maven
  has_go || echo golang-go
}

# The JavaScript client needs Node.js 18.
has_node() {
  command -v npm >/dev/null && node -e 'process.exit(process.versions.node.split(".")[0] < 18 ? 1 : 0)' 2>/dev/null
}

# Kafka's server needs Java 17, and a peer of the tests is compiled.
has_java() {
  command -v javac >/dev/null \
    && [ "$(java -version 2>&1 | sed -n 's/.*version "\([0-9]*\).*/\1/p' | head -1)" -ge 17 ] 2>/dev/null
}

# From 1.21 on, Go fetches the version that go.mod asks for.
has_go() {
  [ "$(go env GOVERSION 2>/dev/null | sed -n 's/^go1\.\([0-9]*\).*/\1/p')" -ge 21 ] 2>/dev/null
}

if ! command -v cargo >/dev/null; then
  echo "setup: cargo is missing: install a Rust toolchain (the version stands in Cargo.toml)" >&2
  exit 1
fi

missing=$(missing_packages | tr '\n' ' ')
if [ -n "${missing// /}" ] && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  echo "setup: installing $missing"
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -qq </dev/null
  # shellcheck disable=SC2086 # a list of words
  apt-get install -y -qq --no-install-recommends $missing </dev/null >/dev/null
  missing=$(missing_packages | tr '\n' ' ')
fi
if [ -n "${missing// /}" ]; then
  echo "setup: please install: $missing" >&2
  exit 1
fi

# The stamp holds the list that .venv was filled from.
stamp=.venv/requirements.txt
if ! { cmp -s "$requirements" "$stamp" && .venv/bin/python -c 'import confluent_kafka' 2>/dev/null; }; then
  echo "setup: filling .venv"
  rm -rf .venv
  "$(find_python)" -m venv .venv
  .venv/bin/python -m pip install --quiet --disable-pip-version-check --no-input -r "$requirements" </dev/null
  cp "$requirements" "$stamp"
fi

# npm writes a lock file of its own into the folder it has filled; the stamp holds ours.
javascript=tests/interop/javascript
stamp=$javascript/node_modules/.lock-stamp.json
if ! cmp -s "$javascript/package-lock.json" "$stamp"; then
  echo "setup: filling $javascript/node_modules"
  npm ci --prefix "$javascript" --ignore-scripts --no-audit --no-fund --loglevel=error </dev/null
  cp "$javascript/package-lock.json" "$stamp"
fi

kafka=$(scripts/kafka.sh --install)
# The oldest version that the translator is tried on.
scripts/kafka.sh --install --version=3.9.1 >/dev/null

# Builds a peer again when one of its files is newer.
is_stale() {
  [ ! -e "$2" ] || [ -n "$(find "$1" -newer "$2" -type f -print -quit)" ]
}

go=tests/interop/go
if is_stale "$go" .tools/interop-go; then
  echo "setup: building $go"
  (cd "$go" && GOFLAGS=-mod=readonly go build -o ../../../.tools/interop-go .)
fi

java=tests/interop/java
if is_stale "$java" .tools/interop-java/peer || is_stale tests/interop/data/avro.avsc .tools/interop-java/peer; then
  echo "setup: building $java"
  $java/build.sh "$PWD/.tools/interop-java" "$kafka"
fi
