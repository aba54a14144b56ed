#!/usr/bin/env bash
# Fetches Apache Avro, generates the classes of the benchmark's schemas, and compiles all into a folder, in which `peer`
# starts it.
#
# usage: build.sh FOLDER
set -euo pipefail
folder=$1
cd "$(dirname "$0")"

rm -rf "$folder"
mkdir -p "$folder/generated" "$folder/classes" "$folder/schemas"
mvn -q -B -f pom.xml dependency:copy-dependencies -DincludeScope=runtime -DoutputDirectory="$folder/lib" </dev/null
for schema in ../../schemas/*.avsc; do
  # Java needs another name for the other form of a record; only the first namespace is the record's.
  case $schema in
    *_reader.avsc) sed 's/"namespace": "bench"/"namespace": "bench.reader"/' "$schema" ;;
    *) cat "$schema" ;;
  esac >"$folder/schemas/$(basename "$schema")"
  java -Dslf4j.internal.verbosity=ERROR -cp "$folder/lib/*" ../../../../tests/interop/java/GenerateTypes.java \
    "$folder/schemas/$(basename "$schema")" "$folder/generated"
done
find "$folder/generated" -name '*.java' -print0 | xargs -0 javac -nowarn -cp "$folder/lib/*" -d "$folder/classes" ./*.java
# Avro loads only classes that it is told to trust.
cat >"$folder/peer" <<LAUNCHER
#!/bin/sh
exec java -Dorg.apache.avro.fastread=true -Dslf4j.internal.verbosity=ERROR \\
  -Dorg.apache.avro.SERIALIZABLE_PACKAGES=bench,bench.reader -cp "$folder/classes:$folder/lib/*" Peer "\$@"
LAUNCHER
chmod +x "$folder/peer"
