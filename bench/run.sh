#!/usr/bin/env bash
# Builds the release binary and the benchmark, and measures one beside a bare server. Arguments go to the benchmark:
# `bench/run.sh --update docs/performance.md` refreshes the document, `--list` shows what `--only` can select.
set -euo pipefail
cd "$(dirname "$0")/.."

# Apart, so that what the benchmark asks of a shared dependency does not change the registry's binary.
cargo build --release --package registry --locked
cargo build --release --package registry-bench --locked

exec "${CARGO_TARGET_DIR:-target}/release/registry-bench" "$@"
