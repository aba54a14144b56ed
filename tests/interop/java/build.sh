#!/usr/bin/env bash
# Fetches what the Java peer needs, generates the classes of the test's Avro schema, and compiles all into a
# folder, in which `peer` starts it.
#
# usage: build.sh FOLDER KAFKA_FOLDER
set -euo pipefail
folder=$1
kafka=$2
cd "$(dirname "$0")"

rm -rf "$folder"
mkdir -p "$folder/generated" "$folder/classes"
mvn -q -B -f pom.xml dependency:copy-dependencies -DincludeScope=runtime -DoutputDirectory="$folder/lib" </dev/null
path="$kafka/*:$folder/lib/*"
java -Dorg.slf4j.simpleLogger.defaultLogLevel=error -cp "$path" GenerateTypes.java ../data/avro.avsc "$folder/generated"
find "$folder/generated" -name '*.java' -print0 | xargs -0 javac -nowarn -cp "$path" -d "$folder/classes" ./*.java
# Avro loads only classes that it is told to trust.
cat >"$folder/peer" <<LAUNCHER
#!/bin/sh
exec java -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Dorg.slf4j.simpleLogger.defaultLogLevel=error \\
  -Dorg.apache.avro.SERIALIZABLE_PACKAGES=interop.avro -cp "$folder/classes:$path" Peer "\$@"
LAUNCHER
chmod +x "$folder/peer"
