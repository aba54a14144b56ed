#!/usr/bin/env bash
# Runs one Apache Kafka node (KRaft: broker and controller in one process) on a loopback port until it is interrupted.
#
# usage: kafka.sh [--install] [--until-eof] [HOST:PORT]
#
# The jars come through Maven once and lie in .tools/kafka-VERSION afterwards. Port 0 takes a free one. When the node is
# ready, one line says where: `kafka: ready on HOST:PORT`. Its data lie in a temporary folder that is removed at the
# end. Topics are created by the first client that names them.
#   --install    fetches what is missing and ends
#   --until-eof  ends too when its standard input does: a test that dies takes its node with it
# SIGHUP kills the node and starts it again on its data; its port should not be 0 then.
set -euo pipefail
cd "$(dirname "$0")/.."

address=127.0.0.1:9092
install_only=
until_eof=
for argument in "$@"; do
  case "$argument" in
    --install) install_only=yes ;;
    --until-eof) until_eof=yes ;;
    -*) echo "kafka: unknown option $argument" >&2; exit 2 ;;
    *) address=$argument ;;
  esac
done

version=$(sed -n 's|.*<kafka.version>\(.*\)</kafka.version>.*|\1|p' scripts/kafka/pom.xml)
tools=.tools/kafka-$version

# Kafka's server needs Java 17.
has_java() {
  [ "$(java -version 2>&1 | sed -n 's/.*version "\([0-9]*\).*/\1/p' | head -1)" -ge 17 ] 2>/dev/null
}

if ! has_java; then
  echo "kafka: Java 17 or newer is missing: scripts/setup.sh installs it where it may" >&2
  exit 1
fi
# A folder that was filled only in part keeps another name.
if [ ! -d "$tools" ]; then
  if ! command -v mvn >/dev/null; then
    echo "kafka: mvn is missing: scripts/setup.sh installs it where it may" >&2
    exit 1
  fi
  echo "kafka: fetching Apache Kafka $version" >&2
  rm -rf "$tools.part"
  mvn -q -B -f scripts/kafka/pom.xml dependency:copy-dependencies -DincludeScope=runtime \
    -DoutputDirectory="$PWD/$tools.part" </dev/null >&2
  mv "$tools.part" "$tools"
fi
if [ -n "$install_only" ]; then
  exit 0
fi

folder=$(mktemp -d)
node=
# Nothing of a node that is thrown away has to be flushed.
finish() {
  [ -z "$node" ] || kill -KILL "$node" 2>/dev/null || true
  rm -rf "$folder"
}
trap finish EXIT
trap 'exit 0' INT TERM

# The controller listens on a free port that nobody has to know.
cat scripts/kafka/server.properties - >"$folder/server.properties" <<SETTINGS
listeners=PLAINTEXT://$address,CONTROLLER://127.0.0.1:0
controller.quorum.bootstrap.servers=127.0.0.1:0
log.dirs=$folder/data
SETTINGS

# The node lives too shortly for the best code; the two loggers say which port was taken and when the node is ready.
log=-Dorg.slf4j.simpleLogger
java=(java -Xmx512m -XX:+UseSerialGC -XX:TieredStopAtLevel=1 "$log.defaultLogLevel=warn"
  "$log.log.kafka.network.DataPlaneAcceptor=info" "$log.log.kafka.server.KafkaRaftServer=info"
  -cp "$tools/*")

if ! "${java[@]}" kafka.tools.StorageTool format --standalone --cluster-id registryregistryregistrA \
    --config "$folder/server.properties" >"$folder/format.log" 2>&1 </dev/null; then
  cat "$folder/format.log" >&2
  exit 1
fi

mkfifo "$folder/log"
if [ -n "$until_eof" ]; then
  { cat >/dev/null; kill -TERM $$; } <&0 &
fi

again=
trap 'again=yes; kill -KILL "$node" 2>/dev/null || true' HUP
while :; do
  "${java[@]}" kafka.Kafka "$folder/server.properties" >"$folder/log" 2>&1 </dev/null &
  node=$!
  # The broker opens its port after the controller, so the last port that was opened before it is ready is the broker's.
  {
    port=
    while IFS= read -r line; do
      case "$line" in
        *"Awaiting socket connections on "*) port=${line##* } ;;
        *"Opened wildcard endpoint"*) ;;
        *"Kafka Server started"*) echo "kafka: ready on ${port%.}" ;;
        *) printf '%s\n' "$line" >&2 ;;
      esac
    done <"$folder/log"
  } &
  # A signal ends the wait before the node has ended.
  status=0
  wait "$node" || status=$?
  [ -n "$again" ] || exit "$status"
  again=
  wait "$node" 2>/dev/null || true
done
