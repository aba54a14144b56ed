#!/usr/bin/env bash
# Builds the benchmark of the translator and runs it. Arguments go to it: `--rounds 5` is quicker.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
# A workspace of its own has a target folder of its own.
target=${CARGO_TARGET_DIR:-$here/target}
cargo build --release --locked --manifest-path "$here/Cargo.toml"
exec "$target/release/translator-bench" "$@"
