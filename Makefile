# Every target is a short line that continuous integration runs too; what needs more lies in scripts/.

ADDRESS ?= 127.0.0.1:8081
DATABASE ?= registry.db
OPENAPI ?= openapi.yaml
KAFKA ?= 127.0.0.1:9092

.PHONY: run kafka build test test-faults lint bench bench-serdes bench-translator fuzz openapi conformance setup

# Builds the release binary and serves from one SQLite file.
run:
	@ADDRESS=$(ADDRESS) DATABASE=$(DATABASE) scripts/run.sh

# One Kafka node for trying things out; its data are gone when it ends.
kafka:
	@scripts/kafka.sh $(KAFKA)

# Everything that the tests need, in the profile they use: one compilation of each dependency.
build:
	cargo build --workspace --all-targets --locked

setup:
	@scripts/setup.sh

test: setup build
	cargo test --workspace --locked --no-fail-fast

# The translator with brokers that die in turn or stand still, one after the other, and under 200 random schedules of kills; the
# seed of each is printed.
test-faults: setup build
	cargo test --workspace --locked --test translator -- --nocapture --test-threads=1 brokers::
	TRANSLATOR_SCHEDULES=200 cargo test --workspace --locked --test translator -- --nocapture random_schedules

# The recorded answers of the reference registry; prints one line per area.
conformance:
	cargo build --package registry --locked
	cargo test --package registry-tests --locked --test conformance -- --nocapture

lint:
	cargo fmt --all --check
	cargo clippy --workspace --all-targets --locked -- -D warnings
	@scripts/deny.sh

bench:
	@bench/run.sh

# The client's codecs beside hand-written code and other libraries.
bench-serdes:
	@bench/serdes/run.sh

# The translator's transform beside hand-written code, and its runs beside a plain copy loop and Kafka Streams.
bench-translator:
	@bench/translator/run.sh transform
	@bench/translator/run.sh throughput
	@bench/translator/run.sh latency

fuzz:
	@scripts/fuzz.sh

# Writes the description of the REST API that a test compares with the binary's own.
openapi:
	cargo run --quiet --package registry --locked -- openapi > target/openapi.yaml
	mv target/openapi.yaml $(OPENAPI)
