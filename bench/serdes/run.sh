#!/usr/bin/env bash
# Builds the benchmark of the client's codecs and runs it. Arguments go to it: `bench/serdes/run.sh --update
# docs/performance.md` refreshes the document, `--help` shows how to measure a part.
set -euo pipefail

cargo build --release --locked --manifest-path "$(dirname "$0")/Cargo.toml"

# A workspace of its own has a target folder of its own.
exec "${CARGO_TARGET_DIR:-$(dirname "$0")/target}/release/serdes-bench" "$@"
