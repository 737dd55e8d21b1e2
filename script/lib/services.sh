#!/usr/bin/env bash
# samtal-server and samtal-aggregator as children of this shell. Needs configure.sh.

declare -A SERVICE_PID=()

# Starts service $1 (samtal-server or samtal-aggregator): in a session of its own, so that Ctrl-C reaches it only through us, and
# ended by the kernel when this shell is killed.
start_service() {
  local config
  config=${CONFIG:?}/$(service_config "$1")
  rotate_log "$(service_log "$1")"
  (
    close_own_files
    exec setsid setpriv --pdeathsig TERM "$BIN_DIR/$1" --config "$config"
  ) </dev/null >>"$(service_log "$1")" 2>&1 &
  SERVICE_PID[$1]=$!
  echo $! >"$RUN/$1.pid"
}

service_log() { echo "$LOG/${1#samtal-}.log"; }

# Returns when the service answers 200; false when it ended instead. $1: service
wait_for_service() {
  local pid=${SERVICE_PID[$1]} path=/readyz port=$SERVER_PORT waited=0
  [[ $1 == samtal-server ]] || { path=/healthz port=$STATS_PORT; }
  until answers "$port" "$path"; do
    is_running "$pid" || return 1
    nap 0.05
    ((++waited % 200)) || say "waiting for $1 (see $(service_log "$1"))"
  done
}

# Whether GET $2 on port $1 of this machine answers 200.
answers() {
  local connection status=""
  { exec {connection}<>"/dev/tcp/127.0.0.1/$1"; } 2>/dev/null || return 1
  { printf 'GET %s HTTP/1.1\r\nHost: 127.0.0.1:%s\r\nConnection: close\r\n\r\n' "$2" "$1" >&"$connection"; } 2>/dev/null || true
  read -rt 5 status <&"$connection" || true
  exec {connection}>&-
  [[ $status == "HTTP/1.1 200"* ]]
}

# Why the service did not start: its last word, as a line. $1: service
service_problem() { tail -n 1 -- "$(service_log "$1")" 2>/dev/null || echo "it ended without a word"; }

start_service_and_wait() {
  start_service "$1"
  wait_for_service "$1" || fail "$1 did not start: $(service_problem "$1")"
}

# Ends service $1 with SIGTERM, after twenty seconds with SIGKILL.
stop_service() {
  local pid=${SERVICE_PID[$1]-}
  [[ -n $pid ]] || return 0
  unset "SERVICE_PID[$1]"
  kill -TERM "$pid" 2>/dev/null || true
  wait_for_end "$pid" 20 || kill -KILL "$pid" 2>/dev/null || true
  wait "$pid" 2>/dev/null || true
  rm -f -- "$RUN/$1.pid"
}
