#!/usr/bin/env bash
# Fetches Kafka Streams and Apache Avro, generates the classes of both versions of a click, and compiles all into a
# folder, in which `streams` starts it.
#
# usage: build.sh FOLDER
set -euo pipefail
folder=$1
cd "$(dirname "$0")"
clicks=../../../../examples/ad-clicks

rm -rf "$folder"
mkdir -p "$folder/generated" "$folder/classes" "$folder/schemas" "$folder/state"
mvn -q -B -f pom.xml dependency:copy-dependencies -DincludeScope=runtime -DoutputDirectory="$folder/lib" </dev/null
cp "$clicks/v2.avsc" "$folder/schemas/v2.avsc"
# Java needs another name for the other version.
sed 's/"namespace": "ads"/"namespace": "ads.v3"/' "$clicks/migration/clicks-v3.avsc" >"$folder/schemas/v3.avsc"
for schema in "$folder"/schemas/*.avsc; do
  java -Dslf4j.internal.verbosity=ERROR -cp "$folder/lib/*" ../../../../tests/interop/java/GenerateTypes.java \
    "$schema" "$folder/generated"
done
find "$folder/generated" -name '*.java' -print0 | xargs -0 javac -nowarn -cp "$folder/lib/*" -d "$folder/classes" ./*.java
# Avro loads only classes that it is told to trust.
cat >"$folder/streams" <<LAUNCHER
#!/bin/sh
exec java -Xmx512m -Dorg.apache.avro.fastread=true -Dorg.slf4j.simpleLogger.defaultLogLevel=warn \\
  -Dorg.apache.avro.SERIALIZABLE_PACKAGES=ads,ads.v3 -Dstate.dir="$folder/state" \\
  -cp "$folder/classes:$folder/lib/*" Streams "\$@"
LAUNCHER
chmod +x "$folder/streams"
