#!/bin/sh
# Runs every fuzz target, or those named, for FUZZ_SECONDS each (default 900). Needs a nightly compiler.
set -eu
cd "$(dirname "$0")/.."
: "${FUZZ_SECONDS:=900}"

if ! cargo fuzz --version >/dev/null 2>&1; then
    cargo install cargo-fuzz --locked
fi
if [ $# -eq 0 ]; then
    set -- avro_parse avro_canonical avro_compat avro_witness protobuf_parse protobuf_canonical protobuf_compat \
        json_parse json_canonical json_compat subject_name request_body \
        framing avro_decode native_decode protobuf_decode json_decode
fi

failed=""
for target in "$@"; do
    # The first folder receives what the run learns; the others are only read.
    mkdir -p "fuzz/corpus/$target" "fuzz/seeds/$target" "fuzz/regressions/$target"
    # A file of words of the language, where there is one.
    words="fuzz/${target%%_*}.dict"
    [ -f "$words" ] || words=fuzz/avro.dict
    # Limits: memory in MiB, seconds for one input, bytes of one input.
    cargo +nightly fuzz run "$target" \
        "fuzz/corpus/$target" "fuzz/seeds/$target" "fuzz/regressions/$target" -- \
        -max_total_time="$FUZZ_SECONDS" -rss_limit_mb=2048 -timeout=10 -max_len=16384 \
        -dict="$words" -print_final_stats=1 || failed="$failed $target"
done
if [ -n "$failed" ]; then
    echo "inputs that failed lie in fuzz/artifacts:$failed" >&2
    exit 1
fi
