#!/usr/bin/env bash
# What an earlier script/server left running because it was killed. Only processes that are surely ours are ended.

# Ends cluster $1 if it still runs, and removes the lock files that mean nothing afterwards: PostgreSQL itself heeds them while
# their process id belongs to anybody, be it a process that is dead but not yet reaped.
end_orphaned_cluster() {
  local postmaster="" directory
  directory=$(cluster_directory "$1")
  [[ -d $directory || -d $directory.new ]] || return 0
  set -- "$directory" "$SOCKETS/.s.PGSQL.$(cluster_port "$1")"
  if [[ -n $(processes_in "$1") ]]; then
    say "ending the database that an earlier start left running in $1"
    postmaster=$(head -n 1 -- "$1/postmaster.pid" 2>/dev/null) || true
    if [[ -n $postmaster ]] && processes_in "$1" | grep -qx -- "$postmaster"; then kill -INT "$postmaster" 2>/dev/null || true; fi
    # Without its postmaster a backend ends by itself.
    wait_until_gone 20 processes_in "$1" || processes_in "$1" | xargs -r kill -QUIT 2>/dev/null || true
    wait_until_gone 10 processes_in "$1" || fail "processes that an earlier start left in $1 do not end: $(processes_in "$1" | xargs)"
  fi
  rm -f -- "$2" "$2.lock"
  if [[ -f $1/postmaster.pid ]]; then "${AS_CLUSTER[@]}" rm -f -- "$1/postmaster.pid"; fi
}

# Process ids whose working directory is $1 (every process of a cluster changes to its data directory, no other does).
processes_in() {
  find /proc -maxdepth 2 -path '/proc/[0-9]*/cwd' \( -lname "$1" -o -lname "$1.new" \) -printf '%h\n' 2>/dev/null |
    sed 's|/proc/||' || true
}

# Ends the service $1 (samtal-server or samtal-aggregator) of this data directory that still runs.
end_orphaned_service() {
  local pid
  pid=$(service_process "$1")
  [[ -n $pid ]] || return 0
  say "ending the $1 that an earlier start left running"
  kill -TERM "$pid" 2>/dev/null || true
  wait_until_gone 15 service_process "$1" || kill -KILL "$pid" 2>/dev/null || true
  wait_until_gone 5 service_process "$1" || fail "$1 (process $pid) that an earlier start left running does not end"
}

# The process in the service's pid file, if it is that program and runs with this data directory's configuration. $1: service
service_process() {
  local pid
  pid=$(cat -- "$RUN/$1.pid" 2>/dev/null) || return 0
  [[ $pid =~ ^[0-9]+$ && $(readlink -- "/proc/$pid/exe" 2>/dev/null) == */"$1"* ]] || return 0
  # Another data directory's process may have got the number.
  if tr '\0' '\n' <"/proc/$pid/cmdline" 2>/dev/null | grep -qxF -- "$CONFIG/$(service_config "$1")"; then echo "$pid"; fi
}

# Waits $1 seconds until the command after it prints nothing; false if it still does.
wait_until_gone() {
  local tries=$(($1 * 20))
  shift
  while [[ -n $("$@") ]]; do
    ((tries-- > 0)) || return 1
    nap 0.05
  done
}
