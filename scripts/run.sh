#!/usr/bin/env bash
# Builds the release binary and serves from one SQLite file until it is interrupted.
set -euo pipefail
cd "$(dirname "$0")/.."

address=${ADDRESS:-127.0.0.1:8081}
database=${DATABASE:-registry.db}

cargo build --release --package registry --locked

cat <<EOF

The registry serves on http://$address from the file $database. In another terminal:

  curl -s http://$address/subjects/visits-value/versions -H 'Content-Type: application/json' -d '{"schema":"{\"type\":\"record\",\"name\":\"Visit\",\"fields\":[{\"name\":\"id\",\"type\":\"long\"}]}"}'
  curl -s http://$address/subjects
  curl -s http://$address/subjects/visits-value/versions/latest

EOF
exec target/release/registry serve --listen "$address" --database "sqlite:$database"
