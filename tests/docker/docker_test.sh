#!/usr/bin/env bash
# The containers build on a bare Debian, start, and serve. Uses the running Docker engine, or starts one for itself.
# Exit 77 (skipped) where no engine can run.
set -euo pipefail

ROOT=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/../.." && pwd -P)
WORK=$(mktemp -d /tmp/samtal-docker-XXXXXX)
BASE=samtal-test-base:$$
export COMPOSE_PROJECT_NAME=samtaltest$$
# The classic builder: it takes a base image that exists only here.
export DOCKER_BUILDKIT=0 COMPOSE_DOCKER_CLI_BUILD=0

skip() {
  printf '\n*** SKIPPED, the containers were NOT tested: %s ***\n\n' "$*" >&2
  exit 77
}

finish() {
  local status=$?
  if [[ -v started ]]; then
    ((status == 0)) || compose logs --no-color --tail 40 >&2 || true
    compose down --volumes --rmi all --timeout 30 &>"$WORK/down.log" || true
  fi
  docker image rm -f "$BASE" &>/dev/null || true
  if [[ -v engine ]]; then
    kill -TERM "$engine" 2>/dev/null || true
    wait "$engine" || true
  fi
  umount "$WORK/exec/netns/default" &>/dev/null || true # dockerd leaves it mounted
  rm -rf -- "$WORK"
  exit "$status"
}
trap finish EXIT

files=(-f "$ROOT/docker/compose.yml")
compose() { docker-compose "${files[@]}" "$@"; }

# An engine of our own, away from the machine's, with limits that a container of this kind may raise.
start_engine() {
  cat >"$WORK/daemon.json" <<'JSON'
{"default-ulimits": {"nofile": {"Name": "nofile", "Soft": 16384, "Hard": 16384}, "nproc": {"Name": "nproc", "Soft": 32768, "Hard": 32768}}}
JSON
  export DOCKER_HOST=unix://$WORK/docker.sock
  dockerd --config-file "$WORK/daemon.json" --host "$DOCKER_HOST" --data-root "$WORK/data" --exec-root "$WORK/exec" \
    --pidfile "$WORK/dockerd.pid" &>"$WORK/dockerd.log" &
  engine=$!
  for _ in {1..300}; do
    ! docker info &>/dev/null || return 0
    [[ -d /proc/$engine ]] || break
    read -rt 0.2 <> <(:) || true
  done
  tail -n 5 "$WORK/dockerd.log" >&2
  skip "dockerd does not start here"
}

# A minimal Debian made by debootstrap, with this machine's package sources: nothing is pulled from a registry.
make_base_image() {
  local mirror suite
  suite=$(. /etc/os-release && echo "$VERSION_CODENAME")
  mirror=$(cat /etc/apt/sources.list /etc/apt/sources.list.d/*.list /etc/apt/sources.list.d/*.sources 2>/dev/null |
    grep -oE 'https?://[^ ]+/debian/?( |$)' | head -n 1 || true)
  mkdir "$WORK/base"
  debootstrap --variant=minbase "$suite" "$WORK/base" "${mirror:-http://deb.debian.org/debian}" &>"$WORK/debootstrap.log" ||
    skip "debootstrap cannot make a Debian here: $(tail -n 1 "$WORK/debootstrap.log")"
  local file
  for file in /etc/apt/sources.list /etc/apt/sources.list.d/debian.sources /etc/apt/apt.conf.d/*proxy* /etc/apt/apt.conf.d/99*; do
    [[ ! -f $file ]] || install -D -m 0644 "$file" "$WORK/base$file"
  done
  tar -C "$WORK/base" -c . | docker import - "$BASE" >/dev/null
  rm -rf "$WORK/base"
}

free_port() { /usr/bin/python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }

# Waits at most $1 seconds until the command after it succeeds.
eventually() {
  local until=$((SECONDS + $1))
  shift
  until "$@"; do
    ((SECONDS < until)) || return 1
    read -rt 0.5 <> <(:) || true
  done
}

is_ready() { [[ $(curl -s -o "$WORK/answer" -w '%{http_code}' "$1") == 200 ]]; }

fail() {
  printf 'FAILED: %s\n' "$*" >&2
  exit 1
}

((EUID == 0)) || skip "needs root"
for tool in docker docker-compose debootstrap curl; do
  command -v "$tool" >/dev/null || skip "$tool is not installed"
done
docker info &>/dev/null || start_engine
echo "engine: $(docker version --format '{{.Server.Version}}')"
make_base_image
echo "base image: $(docker image inspect --format '{{.Size}}' "$BASE") bytes"

SAMTAL_PORT=$(free_port) SAMTAL_STATS_PORT=$(free_port)
export SAMTAL_PORT SAMTAL_STATS_PORT SAMTAL_BASE=$BASE SAMTAL_IMAGE=$COMPOSE_PROJECT_NAME SAMTAL_BUILD_NETWORK=host
started=1
compose build &>"$WORK/build.log" || {
  tail -n 60 "$WORK/build.log" >&2
  fail "the images do not build"
}
compose up --detach &>"$WORK/up.log" || {
  cat "$WORK/up.log" >&2
  fail "compose up"
}
eventually 120 is_ready "http://127.0.0.1:$SAMTAL_PORT/readyz" || fail "the server is not ready through its published port"
eventually 30 is_ready "http://127.0.0.1:$SAMTAL_STATS_PORT/healthz" || fail "the aggregator does not answer through its published port"
is_ready "http://127.0.0.1:$SAMTAL_PORT/v1/notice?language=sv" || fail "the notice is not served"
grep -q '"version"' "$WORK/answer" || fail "the notice has no version"
compose exec -T server samtalctl --config /etc/samtal/server.toml --json organisation create --brand advoco --name Container |
  grep -q organisation_id || fail "samtalctl in the server's container"
compose exec -T aggregator test -e /etc/samtal/secrets/samtal_aggregator || fail "the aggregator lacks its own secret"
! compose exec -T aggregator test -e /etc/samtal/secrets/samtal_chat_messaging || fail "the aggregator holds a secret of the server"
! compose exec -T server touch /usr/local/bin/probe 2>/dev/null || fail "the server's file system can be written"
[[ $(compose exec -T server id -u) == 10001* ]] || fail "the server runs as another user"

compose restart server &>>"$WORK/up.log"
eventually 60 is_ready "http://127.0.0.1:$SAMTAL_PORT/readyz" || fail "not ready after a restart"
echo "containers: built, started, served, restarted"

SAMTAL_CLUSTER_PORT=$(free_port)
export SAMTAL_CLUSTER_PORT
files+=(-f "$ROOT/docker/compose.cluster.yml")
compose build nats haproxy &>>"$WORK/build.log" || fail "the images of the cluster do not build"
compose up --detach &>>"$WORK/up.log" || fail "compose up with the cluster"
eventually 120 is_ready "http://127.0.0.1:$SAMTAL_CLUSTER_PORT/readyz" || fail "no server is ready behind HAProxy"
sees_two_others() { compose exec -T "$1" bash -c 'exec 3<>/dev/tcp/127.0.0.1/9464; printf "GET /metrics HTTP/1.0\r\n\r\n" >&3; cat <&3' |
  grep -q "^samtal_other_servers 2"; }
for server in server server-2 server-3; do
  eventually 30 sees_two_others "$server" || fail "$server does not see the two others"
done
compose kill server &>>"$WORK/up.log"
eventually 20 is_ready "http://127.0.0.1:$SAMTAL_CLUSTER_PORT/v1/notice?language=sv" || fail "nobody serves when one server is dead"
echo "cluster: three servers, one killed, served"
