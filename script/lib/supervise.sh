#!/usr/bin/env bash
# Starts again what dies: services and clusters, at once the first time, later and later if it keeps dying.

declare -A FAILURES=() STARTED_AT=() RESTART_AT=()

# Runs until a signal ends the script. It looks instead of waiting, see wait_for_end.
supervise() {
  local name pid status
  for name in main keys samtal-aggregator samtal-server; do STARTED_AT[$name]=$SECONDS; done
  while true; do
    for name in main keys samtal-aggregator samtal-server; do
      if [[ -v RESTART_AT[$name] ]]; then
        ((SECONDS < RESTART_AT[$name])) || start_again "$name"
        continue
      fi
      pid=${SERVICE_PID[$name]:-${CLUSTER_PID[$name]-}}
      ! is_running "$pid" || continue
      status=0
      wait "$pid" 2>/dev/null || status=$? # bash would tell of the signal in its own words
      plan_restart "$name" "$status"
    done
    nap 0.1
  done
}

# $1: what died, $2: its exit status.
plan_restart() {
  local delay=0 ending="exit code $2"
  (($2 <= 128)) || ending="signal $(($2 - 128))"
  if ((SECONDS - STARTED_AT[$1] >= 3)); then FAILURES[$1]=0; fi
  FAILURES[$1]=$((${FAILURES[$1]:-0} + 1))
  if ((FAILURES[$1] > 1)); then delay=$((1 << (FAILURES[$1] > 5 ? 3 : FAILURES[$1] - 2))); fi
  if ((delay == 0)); then
    say "$(title "$1") ended ($ending); starting it again"
    start_again "$1"
  else
    say "$(title "$1") ended again ($ending; $(log_of "$1")); next try in $delay s"
    RESTART_AT[$1]=$((SECONDS + delay))
  fi
}

start_again() {
  unset "RESTART_AT[$1]"
  STARTED_AT[$1]=$SECONDS
  case $1 in
    main | keys)
      end_orphaned_cluster "$1"
      start_cluster "$1"
      ;;
    *) start_service "$1" ;;
  esac
}

title() { case $1 in main) echo "the database" ;; keys) echo "the key store's database" ;; *) echo "$1" ;; esac; }
log_of() { case $1 in main | keys) cluster_log "$1" ;; *) service_log "$1" ;; esac; }

# Ends everything this script started, in order, and nothing else.
stop_all() {
  [[ -z ${STEP_PID-} ]] || kill -TERM -- "-$STEP_PID" 2>/dev/null || true
  stop_service samtal-server
  stop_service samtal-aggregator
  stop_clusters
  remove_sockets
}
