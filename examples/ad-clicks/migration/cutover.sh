#!/usr/bin/env bash
# Plays "Consumers first, then cut over" of docs/migrating-a-topic.md: `make run` and `make kafka` in two other terminals,
# then this script.
. "$(dirname "$0")/preparation.sh"

step "the schemas of both topics"
register ad-clicks-eu-value ../v2.avsc
register clicks-v3-eu-value clicks-v3.avsc

step "both ways are complete, and what matters survives the way there and back"
"$translator" plan cutover.yaml | grep -v ' exact '
"$translator" check cutover.yaml --records "${RECORDS:-1000}" | cut -c1-200

step "producers are where they were: $count clicks on the old topic"
"$clicks" "$count" ad-clicks-eu v2
"$translator" plan cutover.yaml --apply | tail -4

step "one process for both eras"
"$translator" run cutover.yaml &
running=$!
trap 'kill "$running" 2>/dev/null || true' EXIT

step "what has to happen before the cutover"
# 3 says that something is waited for.
"$translator" cutover cutover.yaml --producer User:clicks || [ $? -eq 3 ]

step "the cutover, killed on the way and called again"
"$translator" cutover cutover.yaml --producers-stopped --by ada --settle 5s &
first=$!
sleep "${KILL_AFTER:-1}"
kill -KILL "$first" 2>/dev/null || true
wait "$first" 2>/dev/null || true
"$translator" cutover cutover.yaml --producers-stopped --by ada --settle "${SETTLE:-2s}"

step "producers go on in the new topic: $count clicks"
"$clicks" "$count" clicks-v3-eu
"$translator" status cutover.yaml | head -12

step "translate the rest"
kill "$running"
wait "$running" || true
"$translator" run cutover.yaml --once

step "nothing lost, doubled or reordered in either era?"
"$translator" verify cutover.yaml
