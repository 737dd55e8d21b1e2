#!/usr/bin/env bash
# Making the private clusters of a data directory: initdb, configuration, roles and databases. Needs cluster.sh and secrets.sh.

# Refuses a directory that is no cluster of ours; takes away what a broken first start left. $1: cluster
check_cluster() {
  local directory owner
  directory=$(cluster_directory "$1")
  if [[ -d $directory && -z $(ls -A -- "$directory") ]]; then rmdir -- "$directory" || fail "cannot replace the empty $directory"; fi
  [[ -d $directory ]] || return 0
  owner=$(stat -c %U -- "$directory")
  [[ $owner == "$CLUSTER_USER" ]] ||
    fail "$directory belongs to $owner, but the database runs as $CLUSTER_USER here; start as $owner or choose another --data"
  [[ -f $directory/PG_VERSION ]] || fail "$directory is not a PostgreSQL cluster; move it away or choose another --data"
}

# Makes the cluster if it is not there: beside its place and then renamed, so that it is there whole or not at all. $1: cluster
make_cluster() {
  local directory log=$LOG/initdb-$1.log
  directory=$(cluster_directory "$1")
  [[ ! -d $directory ]] || return 0
  rm -rf -- "$directory.new"
  { mkdir -m 0700 -- "$directory.new" && chown "$CLUSTER_USER:" -- "$directory.new"; } || fail "cannot make $directory.new"
  if ! (cd / && "${AS_CLUSTER[@]}" setpriv --pdeathsig TERM "${CLUSTER_BIN[$1]}/initdb" --pgdata="$directory.new" \
    --data-checksums --encoding=UTF8 --locale=C.UTF-8 --username="$CLUSTER_USER" --auth=reject --no-instructions) &>"$log"; then
    rm -rf -- "$directory.new"
    fail "the database cluster cannot be made: $(grep -m 1 -oE '(No space left|could not|error:|FATAL:).*' "$log" || echo "see $log")"
  fi
  mv -T -- "$directory.new" "$directory"
  sync -- "$DATA"
  rm -f -- "$log"
}

# Writes a file of the cluster as its owner (root must not follow what that user may have put there). $1: file
write_as_cluster() { "${AS_CLUSTER[@]}" tee -- "$1.new" >/dev/null && "${AS_CLUSTER[@]}" mv -f -- "$1.new" "$1"; }

# Writes configuration and access rules; both follow from this checkout at every start. An operator's own settings belong into
# ALTER SYSTEM. $1: cluster
configure_cluster() {
  local directory connections=100 buffers=512MB
  directory=$(cluster_directory "$1")
  [[ $1 == main ]] || { connections=20 buffers=16MB; }
  sed -e "s|@sockets@|$SOCKETS|" -e "s|@port@|$(cluster_port "$1")|" -e "s|@connections@|$connections|" \
    -e "s|@buffers@|$buffers|" "$LIB/postgresql.conf" | write_as_cluster "$directory/postgresql.conf"
  sed -e "s|@superuser@|$CLUSTER_USER|" "$LIB/pg_hba_$1.conf" | write_as_cluster "$directory/pg_hba.conf"
}

# Makes both clusters side by side.
make_clusters() {
  local first
  make_cluster main &
  first=$!
  make_cluster keys &
  wait "$first" && wait $! || exit 1
}

# Makes roles and databases once per version of the bootstrap file. $1: cluster
bootstrap_cluster() {
  local directory sql=$LIB/bootstrap_$1.sql marker roles=(samtal_migrator samtal_aggregator)
  [[ $1 == main ]] || roles=(samtal_keys_migrator samtal_keystore)
  directory=$(cluster_directory "$1")
  marker=$({ secrets_for_psql "${roles[@]}"; cat -- "$sql"; } | sha256sum | cut -c 1-64)
  [[ $(cat -- "$directory/samtal_bootstrap" 2>/dev/null) != "$marker" ]] || return 0
  { secrets_for_psql "${roles[@]}"; cat -- "$sql"; } | psql_as_superuser "$1" postgres -f - >/dev/null ||
    fail "roles and databases cannot be made in $directory"
  printf '%s' "$marker" | write_as_cluster "$directory/samtal_bootstrap"
}
