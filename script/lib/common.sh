#!/usr/bin/env bash
# Shared by every command under script/: where things are, and how the project talks to the person at the terminal.
# Callers set `set -euo pipefail` first. Nothing here starts or changes anything.
# shellcheck disable=SC2034  # the variables set here are used by the files that source this one

ROOT=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/../.." && pwd -P)
LIB=$ROOT/script/lib
# Tests point SAMTAL_BIN_DIR at the sanitizer build's binaries; then nothing is built.
BIN_DIR=${SAMTAL_BIN_DIR:-$ROOT/build/release/bin}

PYTHON=/usr/bin/python3 # Debian's own: another python3 on PATH lacks its packages

# libpq would take these from the caller's shell and connect somewhere else.
unset PGHOST PGPORT PGUSER PGDATABASE PGPASSWORD PGPASSFILE PGDATA PGOPTIONS PGSERVICE PGSSLMODE

say() { printf 'samtal: %s\n' "$*"; }

# One clear line, then the end. The EXIT trap of the caller stops what was started.
fail() {
  printf 'samtal: %s\n' "$*" >&2
  exit 1
}

# Wrong use: exit 2, as samtalctl does.
misuse() {
  printf 'samtal: %s (--help shows the options)\n' "$*" >&2
  exit 2
}

# From now on SIGTERM, SIGINT and SIGHUP end the script with exit code $1, at the next nap. Not from within the trap: bash would
# run the EXIT trap with SIGCHLD blocked, and blind to its children's ends.
end_on_signals() {
  # shellcheck disable=SC2064  # now is when $1 is known
  trap "STOP_STATUS=$1" TERM INT HUP
}

ignore_signals() {
  trap '' TERM INT HUP
  STOP_STATUS=
}

# A pause of $1 seconds that costs no process. Every loop that waits for something goes through here.
nap() {
  [[ -v NAP_FD ]] || exec {NAP_FD}<> <(:)
  read -rt "$1" -u "$NAP_FD" || true
  [[ -z ${STOP_STATUS-} ]] || exit "$STOP_STATUS"
}

# Whether process $1 runs. One that has ended but was not collected does not.
is_running() {
  local stat
  # The program's name, in parentheses, may itself hold blanks and parentheses.
  { read -r stat <"/proc/$1/stat"; } 2>/dev/null && [[ ${stat##*) } != Z* ]]
}

# The data directory and the names below it. $1: the directory as the user wrote it.
use_data_directory() {
  DATA=$(realpath -m -- "$1")
  [[ $DATA != *$'\n'* ]] || fail "the data directory's name holds a line break"
  LOG=$DATA/log
  RUN=$DATA/run
  SECRETS=$DATA/secrets
  KEYS=$DATA/keys
  CONFIG=$DATA/config
}

# Makes the data directory with the right modes. Files of PostgreSQL belong to CLUSTER_USER, all others to the caller.
make_data_directory() {
  umask 022
  mkdir -p -- "$DATA" 2>/dev/null || fail "cannot make the data directory $DATA"
  [[ -w $DATA ]] || fail "$DATA belongs to $(stat -c %U -- "$DATA") and $(id -un) cannot write there; choose another --data"
  local directory
  for directory in "$SECRETS" "$KEYS" "$CONFIG" "$LOG" "$RUN" "$DATA/mail"; do
    [[ -d $directory ]] || mkdir -m 0700 -- "$directory" 2>/dev/null ||
      fail "cannot make $directory ($(df --output=avail -h -- "$DATA" | tail -n 1 | tr -d ' ') free)"
  done
}

# One script/server per data directory: the lock lives as long as this process, whatever ends it.
# Children must not inherit it: see close_own_files.
lock_data_directory() {
  exec {LOCK_FD}>>"$RUN/lock"
  flock -n "$LOCK_FD" || fail "$DATA is in use by another script/server (process $(head -n 1 -- "$RUN/lock"))"
  echo $$ >"$RUN/lock"
}

# In a subshell about to become another program: closes what is this shell's alone.
close_own_files() {
  [[ ! -v LOCK_FD ]] || exec {LOCK_FD}>&-
  [[ ! -v NAP_FD ]] || exec {NAP_FD}>&-
}

# $1: least MiB free in the data directory.
require_free_space() {
  local free_kib
  free_kib=$(df --output=avail -k -- "$DATA" | tail -n 1)
  ((free_kib / 1024 >= $1)) || fail "the disk of $DATA has $((free_kib / 1024)) MiB free; $1 MiB are needed"
}

# Whether something listens on port $1 of 127.0.0.1.
port_in_use() { (exec {probe}<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# A TOML basic string.
toml() {
  local text=${1//\\/\\\\}
  printf '"%s"' "${text//\"/\\\"}"
}

# $1: bytes of randomness. Letters, digits, - and _: needs no quoting anywhere.
random_text() { head -c "$1" /dev/urandom | base64 -w 0 | tr '+/' '-_' | tr -d '='; }

# Keeps one older log, so that a log never grows over the life of a machine. $1: file
rotate_log() {
  [[ -f $1 ]] || return 0
  (($(stat -c %s -- "$1") < 16 * 1024 * 1024)) || mv -f -- "$1" "$1.1"
}

# Waits for child process $1 to end, at most $2 seconds (a day if not given); false if it still runs. bash's own wait
# misses a signal that arrives just before it begins.
wait_for_end() {
  local tries=$((${2:-86400} * 20))
  while is_running "$1"; do
    ((tries-- > 0)) || return 1
    nap 0.05
  done
}
