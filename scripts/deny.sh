#!/usr/bin/env bash
# Checks licences, advisories and sources of the dependencies where cargo-deny is installed.
set -euo pipefail
cd "$(dirname "$0")/.."

if cargo deny --version >/dev/null 2>&1; then
  cargo deny --all-features check
else
  echo "deny: skipped; install it with: cargo install cargo-deny --locked"
fi
