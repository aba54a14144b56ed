#!/usr/bin/env bash
# Runs Apache Kafka (KRaft: broker and controller in one process) on loopback ports until it is interrupted.
#
# usage: kafka.sh [OPTION...] [HOST:PORT]
#
# The jars come through Maven once and lie in .tools/kafka-VERSION afterwards. Port 0 takes a free one. When it is ready,
# one line says where: `kafka: ready on HOST:PORT`. Its data lie in a temporary folder that is removed at the end. Topics
# are created by the first client that names them.
#   --install          fetches what is missing, says in which folder the jars lie, and ends
#   --until-eof        ends too when its standard input does: a test that dies takes its nodes with it
#   --lasting          has a node compile its code as well as it can: for measurements
#   --version=VERSION  another version of Kafka
#   --nodes=COUNT      a cluster: the brokers take the port and those that follow, and as many more for their controllers
#   --set=NAME=VALUE   another setting of the nodes
#   --disk=MIB         the disk is full when a file reaches this size: the node ends, and starts again on a larger one
# SIGALRM kills a node and starts it again on its data, the next one each time; the port should not be 0 then. SIGUSR1 makes
# the first node stand still until SIGUSR2.
set -euo pipefail
cd "$(dirname "$0")/.."

address=127.0.0.1:9092
install_only=
until_eof=
version=$(sed -n 's|.*<kafka.version>\(.*\)</kafka.version>.*|\1|p' scripts/kafka/pom.xml)
nodes=1
disk=unlimited
settings=()
# Most nodes live too shortly for the best code.
machine=(-Xmx512m -XX:+UseSerialGC -XX:TieredStopAtLevel=1)
for argument in "$@"; do
  case "$argument" in
    --install) install_only=yes ;;
    --until-eof) until_eof=yes ;;
    --lasting) machine=(-Xmx1g) ;;
    --version=*) version=${argument#*=} ;;
    --nodes=*) nodes=${argument#*=} ;;
    --set=*) settings+=("${argument#*=}") ;;
    --disk=*) disk=$((${argument#*=} * 1024)) ;;
    -*) echo "kafka: unknown option $argument" >&2; exit 2 ;;
    *) address=$argument ;;
  esac
done
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
  mvn -q -B -f scripts/kafka/pom.xml "-Dkafka.version=$version" dependency:copy-dependencies -DincludeScope=runtime \
    -DoutputDirectory="$PWD/$tools.part" </dev/null >&2
  mv "$tools.part" "$tools"
fi
if [ -n "$install_only" ]; then
  echo "$PWD/$tools"
  exit 0
fi

folder=$(mktemp -d)
# Nothing of a node that is thrown away has to be flushed.
finish() {
  for pid in "$folder"/*/pid; do
    [ ! -e "$pid" ] || kill -KILL "$(cat "$pid")" 2>/dev/null || true
  done
  rm -rf "$folder"
}
trap finish EXIT
trap 'exit 0' INT TERM

# The two loggers say which port was taken and when the node is ready.
log=-Dorg.slf4j.simpleLogger
java=(java "${machine[@]}" "$log.defaultLogLevel=warn"
  "$log.log.kafka.network.DataPlaneAcceptor=info" "$log.log.kafka.server.KafkaRaftServer=info"
  -cp "$tools/*")
host=${address%:*}
port=${address##*:}

# The settings of a node: what a single one has, and what several of them need beyond that.
configure() {
  local id=$1
  cat scripts/kafka/server.properties -
  [ "${#settings[@]}" = 0 ] || printf '%s\n' "${settings[@]}"
  if [ "$nodes" = 1 ]; then
    # The controller listens on a free port that nobody has to know.
    printf '%s\n' "listeners=PLAINTEXT://$address,CONTROLLER://127.0.0.1:0" \
      controller.quorum.bootstrap.servers=127.0.0.1:0
    return
  fi
  local voters=
  for other in $(seq "$nodes"); do
    voters+=${voters:+,}$other@$host:$((port + nodes + other - 1))
  done
  printf '%s\n' "node.id=$id" "controller.quorum.voters=$voters" \
    "listeners=PLAINTEXT://$host:$((port + id - 1)),CONTROLLER://$host:$((port + nodes + id - 1))"
  local majority=$((nodes / 2 + 1))
  for topic in offsets.topic transaction.state.log share.coordinator.state.topic; do
    printf '%s\n' "$topic.replication.factor=$nodes"
  done
  printf '%s\n' "default.replication.factor=$nodes" "min.insync.replicas=$majority" \
    "transaction.state.log.min.isr=$majority" "share.coordinator.state.topic.min.isr=$majority"
}

for id in $(seq "$nodes"); do
  mkdir "$folder/$id"
  configure "$id" <<<"log.dirs=$folder/$id/data" >"$folder/$id/server.properties"
  voters=(--standalone)
  [ "$nodes" = 1 ] || voters=()
  if ! "${java[@]}" kafka.tools.StorageTool format "${voters[@]}" --cluster-id registryregistryregistrA \
      --config "$folder/$id/server.properties" >"$folder/format.log" 2>&1 </dev/null; then
    cat "$folder/format.log" >&2
    exit 1
  fi
  mkfifo "$folder/$id/log"
done

# Reads what a node logs. It opens its port after the controller's, so the last port that was opened before it is ready is
# the broker's.
watch() {
  local taken=
  while IFS= read -r line; do
    case "$line" in
      *"Awaiting socket connections on "*) taken=${line##* } ;;
      *"Opened wildcard endpoint"*) ;;
      *"Kafka Server started"*)
        touch "$folder/$1/ready"
        # A cluster is ready with its last node.
        [ "$nodes" = 1 ] || taken=$cluster
        [ "$(find "$folder" -name ready | wc -l)" -lt "$nodes" ] || echo "kafka: ready on ${taken%.}"
        ;;
      *) printf '%s\n' "$line" >&2 ;;
    esac
  done <"$folder/$1/log"
}

# Runs a node until it ends by itself.
serve() {
  local status=0 watcher
  while :; do
    watch "$1" &
    watcher=$!
    (ulimit -f "$disk" && exec "${java[@]}" kafka.Kafka "$folder/$1/server.properties") >"$folder/$1/log" 2>&1 </dev/null &
    echo $! >"$folder/$1/pid"
    status=0
    wait $! 2>/dev/null || status=$?
    # Two readers of one pipe would share its bytes, and neither would see that the node is ready again.
    wait "$watcher" || true
    if [ -e "$folder/$1/again" ]; then
      rm "$folder/$1/again"
    elif [ "$disk" != unlimited ] && [ -d "$folder" ]; then
      disk=unlimited
    else
      exit "$status"
    fi
  done
}

cluster=
for id in $(seq "$nodes"); do
  cluster+=${cluster:+,}$host:$((port + id - 1))
done
if [ -n "$until_eof" ]; then
  { cat >/dev/null; kill -TERM $$; } <&0 &
fi
next=1
again() {
  touch "$folder/$next/again"
  kill -KILL "$(cat "$folder/$next/pid")" 2>/dev/null || true
  next=$((next % nodes + 1))
}
# Under nohup a shell could not trap SIGHUP.
trap again ALRM
trap 'kill -STOP "$(cat "$folder/1/pid")"' USR1
trap 'kill -CONT "$(cat "$folder/1/pid")"' USR2
served=()
for id in $(seq "$nodes"); do
  serve "$id" &
  served+=($!)
done
# A signal ends the wait before a node has ended.
while :; do
  status=0
  wait -n "${served[@]}" || status=$?
  for pid in "${served[@]}"; do
    kill -0 "$pid" 2>/dev/null || exit "$status"
  done
done
