#!/usr/bin/env bash
# The two private PostgreSQL clusters of a data directory: `main` in DIR/postgres, `keys` in DIR/postgres-keys. They listen on
# Unix sockets only and run as an unprivileged user. Needs common.sh and use_data_directory.

declare -A CLUSTER_PID=() CLUSTER_BIN=()
SOCKET_NAME=/.s.PGSQL.5432

cluster_directory() { if [[ $1 == main ]]; then echo "$DATA/postgres"; else echo "$DATA/postgres-keys"; fi; }
cluster_port() { if [[ $1 == main ]]; then echo 5432; else echo 5433; fi; }
cluster_log() { if [[ $1 == main ]]; then echo "$LOG/postgres.log"; else echo "$LOG/postgres-keys.log"; fi; }

# Sets CLUSTER_USER and AS_CLUSTER, the command prefix that runs something as that user, and SOCKETS, the clusters' directory.
choose_cluster_user() {
  CLUSTER_USER=$(id -un)
  AS_CLUSTER=()
  NEEDS_CAPABILITY=0
  if ((EUID == 0)); then
    # PostgreSQL refuses to run as root.
    id postgres &>/dev/null || fail "there is no system user postgres; install the Debian package postgresql"
    CLUSTER_USER=postgres
    AS_CLUSTER=(setpriv --reuid=postgres --regid=postgres --init-groups)
    can_reach_data || allow_search
  fi
  choose_socket_directory
}

# stat and not test -x: access(2) leaves ambient capabilities out.
can_reach_data() { "${AS_CLUSTER[@]}" stat -- "$DATA/." &>/dev/null; }

# The checkout lies below a folder that the user postgres may not enter. Root may: one capability of root's is handed on, the
# lesser of the two that allow it where the container lets root have it.
allow_search() {
  local prefix=("${AS_CLUSTER[@]}") capability
  NEEDS_CAPABILITY=1
  for capability in dac_read_search dac_override; do
    AS_CLUSTER=("${prefix[@]}" "--inh-caps=+$capability" "--ambient-caps=+$capability")
    if can_reach_data; then return; fi
  done
  fail "the user postgres cannot enter $DATA; choose a --data directory that it can"
}

# A socket's address holds 108 bytes at most, and tools of the cluster's user must be able to get there.
choose_socket_directory() {
  SOCKETS=$RUN
  if ((${#SOCKETS} + ${#SOCKET_NAME} > 90)) || [[ $SOCKETS =~ [^A-Za-z0-9_./-] ]] || ((NEEDS_CAPABILITY)); then
    SOCKETS=/tmp/samtal-$(printf '%s' "$DATA" | sha256sum | cut -c 1-8)
    mkdir -m 0700 -- "$SOCKETS" 2>/dev/null || [[ -d $SOCKETS && ! -L $SOCKETS && -O $SOCKETS ]] ||
      fail "$SOCKETS is not ours; remove it"
  fi
  ADMIN_SOCKET=$RUN/admin.sock
  if ((${#ADMIN_SOCKET} > 100)); then ADMIN_SOCKET=$SOCKETS/admin.sock; fi
  if ((EUID == 0)); then
    chgrp -- "$(id -gn postgres)" "$SOCKETS"
    chmod 0770 -- "$SOCKETS"
  fi
}

# Where the binaries of PostgreSQL lie: of the major that made the cluster, else the newest installed. $1: cluster
choose_cluster_binaries() {
  local version_file newest
  version_file=$(cluster_directory "$1")/PG_VERSION
  newest=$(printf '%s\n' /usr/lib/postgresql/*/bin/postgres | sort -V | tail -n 1)
  [[ -x $newest ]] || fail "PostgreSQL is not installed (no /usr/lib/postgresql/*/bin/postgres)"
  CLUSTER_BIN[$1]=${newest%/postgres}
  [[ -f $version_file ]] || return 0
  CLUSTER_BIN[$1]=/usr/lib/postgresql/$(<"$version_file")/bin
  [[ -x ${CLUSTER_BIN[$1]}/postgres ]] ||
    fail "${version_file%/PG_VERSION} was made by PostgreSQL $(<"$version_file"), which is not installed; install postgresql-$(<"$version_file") or choose another --data"
}

# Starts the postmaster as a child of this shell, in a session of its own so that Ctrl-C reaches it only through us, and so that
# it shuts down fast when this shell is killed. $1: cluster
start_cluster() {
  local directory
  directory=$(cluster_directory "$1")
  rotate_log "$(cluster_log "$1")"
  (
    close_own_files
    cd /
    exec setsid "${AS_CLUSTER[@]}" setpriv --pdeathsig INT "${CLUSTER_BIN[$1]}/postgres" -D "$directory"
  ) </dev/null >>"$(cluster_log "$1")" 2>&1 &
  CLUSTER_PID[$1]=$!
}

# Whether the cluster takes connections now. $1: cluster
cluster_is_ready() {
  local -a lines=()
  mapfile -t lines 2>/dev/null <"$(cluster_directory "$1")/postmaster.pid" || return 1
  [[ ${lines[0]-} == "${CLUSTER_PID[$1]}" && ${lines[7]-} == ready* ]]
}

# Returns when the cluster takes connections; false when it ended instead. Crash recovery may take its time. $1: cluster
wait_for_cluster() {
  local waited=0
  until cluster_is_ready "$1"; do
    is_running "${CLUSTER_PID[$1]}" || return 1
    nap 0.05
    ((++waited % 200)) || say "the database in $(cluster_directory "$1") is recovering …"
  done
}

# The line that says why a cluster did not start. $1: cluster
cluster_problem() {
  local problem
  problem=$(tail -n 20 -- "$(cluster_log "$1")" | grep -oE '(FATAL|PANIC): .*' | tail -n 1)
  echo "${problem:-it ended without a word} (more in $(cluster_log "$1"))"
}

# psql as the cluster's superuser. $1: cluster, $2: database, then psql's arguments
psql_as_superuser() {
  local cluster=$1 database=$2
  shift 2
  (cd / && "${AS_CLUSTER[@]}" "${CLUSTER_BIN[$cluster]}/psql" -X -q -v ON_ERROR_STOP=1 -h "$SOCKETS" -p "$(cluster_port "$cluster")" \
    -U "$CLUSTER_USER" -d "$database" "$@")
}

# Everything up to two running clusters with roles and databases, made and started side by side.
start_clusters() {
  local cluster
  for cluster in main keys; do
    check_cluster "$cluster"
    choose_cluster_binaries "$cluster"
    end_orphaned_cluster "$cluster"
  done
  if [[ ! -d $(cluster_directory main) || ! -d $(cluster_directory keys) ]]; then make_clusters; fi
  for cluster in main keys; do
    configure_cluster "$cluster"
    start_cluster "$cluster"
  done
  for cluster in main keys; do
    wait_for_cluster "$cluster" || fail "the database in $(cluster_directory "$cluster") did not start: $(cluster_problem "$cluster")"
    bootstrap_cluster "$cluster"
  done
}

# Fast shutdown of both, main first; immediate shutdown if one does not end. Fine to call at any moment.
stop_clusters() {
  local cluster
  for cluster in main keys; do
    [[ -z ${CLUSTER_PID[$cluster]-} ]] || kill -INT "${CLUSTER_PID[$cluster]}" 2>/dev/null || true
  done
  for cluster in main keys; do
    [[ -n ${CLUSTER_PID[$cluster]-} ]] || continue
    wait_for_end "${CLUSTER_PID[$cluster]}" 60 || {
      kill -QUIT "${CLUSTER_PID[$cluster]}" 2>/dev/null || true
      wait_for_end "${CLUSTER_PID[$cluster]}" 10 || kill -KILL "${CLUSTER_PID[$cluster]}" 2>/dev/null || true
    }
    unset "CLUSTER_PID[$cluster]"
  done
}

# Sockets under /tmp are nobody's once the clusters are down.
remove_sockets() {
  if [[ ${SOCKETS-} == /tmp/samtal-* ]]; then rm -rf -- "$SOCKETS"; fi
}
