# What up, down, status, story and bench share. Sourced; needs bash, curl, a JDK and Maven, nothing else.
# shellcheck shell=bash

set -u
ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
STATE=$ROOT/.windrose
RUN=$STATE/run
LOG=$STATE/log
WINDROSE=$ROOT/target/windrose/bin/windrose
HOST=127.0.0.1

REGIONS=(us-east-1 eu-west-1 ap-southeast-1)

http_port() { case $1 in us-east-1) echo 8019 ;; eu-west-1) echo 8029 ;; ap-southeast-1) echo 8039 ;; esac; }
manage_port() { case $1 in us-east-1) echo 8558 ;; eu-west-1) echo 8568 ;; ap-southeast-1) echo 8578 ;; esac; }
artery_port() { case $1 in us-east-1) echo 25519 ;; eu-west-1) echo 25529 ;; ap-southeast-1) echo 25539 ;; esac; }
origin_port() { case $1 in us-east-1) echo 9101 ;; eu-west-1) echo 9102 ;; ap-southeast-1) echo 9103 ;; esac; }

if [ -t 1 ]; then BOLD=$'\e[1m' DIM=$'\e[2m' RED=$'\e[31m' GREEN=$'\e[32m' PLAIN=$'\e[0m'; else BOLD='' DIM='' RED='' GREEN='' PLAIN=''; fi

say() { printf '%s\n' "$*"; }
step() { printf '%s%s%s\n' "$BOLD" "$*" "$PLAIN"; }
fail() {
  printf '%s%s%s\n' "$RED" "$*" "$PLAIN" >&2
  exit 1
}

needs() { command -v "$1" >/dev/null 2>&1 || fail "$1: not found (expected: on PATH)"; }

# Builds when there is nothing built, or a source is newer than what was built.
build_if_needed() {
  local jar=$ROOT/target/windrose/lib/windrose.jar mvn=mvn newer
  if [ -r "$jar" ]; then
    newer=$(find "$ROOT/pom.xml" "$ROOT/src/main" "$ROOT/conf" "$ROOT/deploy/bin" "$ROOT/deploy/sql" "$ROOT"/deploy/*.xml \
      -type f -newer "$jar" -print 2>/dev/null | head -n 1)
    [ -z "$newer" ] && return 0
    step "building, because ${newer#"$ROOT"/} changed (a minute or two)"
  else
    step "building for the first time (a few minutes: the libraries are fetched once)"
  fi
  command -v mvn >/dev/null 2>&1 || mvn=$ROOT/mvnw
  (cd "$ROOT" && "$mvn" -B -ntp -q -DskipTests -Dmaven.test.skip=true package) || fail "the build failed (see above)"
  [ -x "$WINDROSE" ] || fail "$WINDROSE: missing after the build (expected: a runnable file)"
  # Maven leaves a jar alone whose content did not change; without this it would look out of date for ever.
  touch "$jar"
}

# Runs a node for a moment, so that its classes are archived: later starts take half the time. Goes on without when it fails.
archive_classes() {
  local lib=$ROOT/target/windrose/lib scratch pid i
  [ "$lib/windrose.jsa" -nt "$lib/windrose.jar" ] && return 0
  step "archiving the classes (once after a build)"
  scratch=$(mktemp -d) || return 0
  (cd "$ROOT" && WINDROSE_ARCHIVE_CLASSES=yes exec "$WINDROSE" node --dev --region us-east-1 \
    --set "windrose.node.data-dir=$scratch/data") >"$scratch/out" 2>&1 &
  pid=$!
  for ((i = 0; i < 300; i++)); do
    [ "$(status_of "http://$HOST:8019/health/ready/control")" = 200 ] && break
    kill -0 "$pid" 2>/dev/null || break
    sleep 0.1
  done
  curl -s -m 2 "http://$HOST:8019/api/v1/rules" "http://$HOST:8019/metrics" >/dev/null 2>&1
  kill -TERM "$pid" 2>/dev/null
  wait "$pid" 2>/dev/null
  rm -rf "${scratch:?}"
}

# When a process started, in a form that no later process with the same id can repeat.
started_at() {
  if [ -r "/proc/$1/stat" ]; then
    sed 's/.*) //' "/proc/$1/stat" 2>/dev/null | cut -d' ' -f20
  else
    ps -o lstart= -p "$1" 2>/dev/null | tr -s ' ' '_'
  fi
}

# The id of what up started under a name; fails when it no longer runs.
pid_of() {
  local pid since
  [ -r "$RUN/$1.pid" ] || return 1
  read -r pid since <"$RUN/$1.pid" || return 1
  [ -n "$pid" ] && kill -0 "$pid" 2>/dev/null && [ "$(started_at "$pid")" = "$since" ] || return 1
  echo "$pid"
}

# Starts a command in the background under a name: launch NAME COMMAND...
launch() {
  local name=$1 pid
  shift
  mkdir -p "$RUN" "$LOG"
  [ -f "$LOG/$name.out" ] && mv -f "$LOG/$name.out" "$LOG/$name.out.1"
  if command -v setsid >/dev/null 2>&1; then
    (cd "$ROOT" && exec setsid "$@") >"$LOG/$name.out" 2>&1 </dev/null &
  else
    (cd "$ROOT" && exec nohup "$@") >"$LOG/$name.out" 2>&1 </dev/null &
  fi
  pid=$!
  disown "$pid" 2>/dev/null || true
  echo "$pid $(started_at "$pid")" >"$RUN/$name.pid"
}

# Ends what was started under a name: asks first, then insists after some seconds.
finish() {
  local name=$1 seconds=$2 pid i
  pid=$(pid_of "$name") || { rm -f "$RUN/$name.pid"; return 0; }
  kill -CONT "$pid" 2>/dev/null
  kill -TERM "$pid" 2>/dev/null
  for ((i = 0; i < seconds * 10; i++)); do
    pid_of "$name" >/dev/null || { rm -f "$RUN/$name.pid"; return 0; }
    sleep 0.1
  done
  say "  $name did not stop within $seconds s, killing it"
  kill -KILL "$pid" 2>/dev/null
  rm -f "$RUN/$name.pid"
}

listens() { (exec 3<>"/dev/tcp/$HOST/$1") 2>/dev/null; }

# The status of a GET, 000 when nobody answers.
status_of() { curl -s -o /dev/null -m 2 -w '%{http_code}' "$1" 2>/dev/null || true; }

start_node() {
  launch "$1" "$WINDROSE" node --region "$1" --config "$ROOT/conf/$1.conf" --dev
}

start_origins() {
  local region arguments=()
  for region in "${REGIONS[@]}"; do arguments+=(--region "$region=$(origin_port "$region")"); done
  launch origins "$WINDROSE" origin "${arguments[@]}"
}

start_traffic() {
  local region arguments=()
  for region in "${REGIONS[@]}"; do arguments+=(--node "http://$HOST:$(http_port "$region")"); done
  launch traffic "$WINDROSE" traffic "${arguments[@]}" --rate "${WINDROSE_TRAFFIC_RATE:-50}"
}
