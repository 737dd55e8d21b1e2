#!/usr/bin/env bash
# Configures once and builds what is asked for; quiet unless it fails. Needs common.sh.

# build_preset PRESET [TARGET…] : all targets when none is named. Builds of one tree wait for each other.
build_preset() {
  local preset=$1 directory=$ROOT/build/$1 log lock status=0
  shift
  local -a targets=("$@")
  mkdir -p -- "$directory" || fail "cannot write in $ROOT/build"
  log=$directory/build.log
  exec {lock}>>"$directory/build.lock"
  flock "$lock"
  if [[ ! -f $directory/build.ninja ]]; then say "configuring and building ($preset); the first time takes minutes"; fi
  {
    if [[ ! -f $directory/build.ninja ]]; then step env -C "$ROOT" cmake --preset "$preset" || status=$?; fi
    ((status)) || step cmake --build "$directory" ${targets:+--target "${targets[@]}"} || status=$?
  } &>"$log"
  exec {lock}>&-
  ((status == 0)) || {
    tail -n 200 -- "$log" >&2
    fail "the build failed (all of it in $log)"
  }
}

# Runs a long command so that a signal to this script can end it at once (a foreground command would be waited for first), with
# all that it started: it leads a process group of its own.
step() {
  setsid "$@" &
  STEP_PID=$!
  local status=0
  wait_for_end "$STEP_PID"
  wait "$STEP_PID" || status=$?
  STEP_PID=
  return "$status"
}
