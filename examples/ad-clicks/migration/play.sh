#!/usr/bin/env bash
# Plays the whole migration of the ad clicks: `make run` and `make kafka` in two other terminals, then this script.
# What it shows is what docs/migrating-a-topic.md explains.
. "$(dirname "$0")/preparation.sh"

step "two versions of the old topic's schema, and the one that breaks them"
register ad-clicks-value ../v1.avsc
register ad-clicks-value ../v2.avsc
register clicks-v3-value clicks-v3.avsc

step "a skeleton, which the mapping of this folder has filled in"
"$translator" init --old ad-clicks-value:2 --new clicks-v3-value:1

step "what becomes of every leaf"
"$translator" plan mapping.yaml | grep -v ' exact '

step "the examples of the file, and generated clicks"
"$translator" check mapping.yaml --records "${RECORDS:-1000}" | cut -c1-200

step "producers have moved: $count clicks on the new topic"
"$clicks" "$count"
"$translator" plan mapping.yaml --apply | tail -2

step "what real clicks become"
# 2 says that some records are for the error policy.
"$translator" preview mapping.yaml --show 1 | cut -c1-400 || [ $? -eq 2 ]

step "translate what is there, killed on the way and started again"
"$translator" run mapping.yaml --once &
first=$!
sleep "${KILL_AFTER:-1}"
kill -KILL "$first" 2>/dev/null || true
wait "$first" 2>/dev/null || true
"$translator" run mapping.yaml --once

step "nothing lost, doubled or reordered?"
"$translator" verify mapping.yaml
