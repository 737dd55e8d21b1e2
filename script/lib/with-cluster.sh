#!/usr/bin/env bash
# Runs a command beside a data directory of its own: both clusters made, migrated and running, then stopped and removed.
#   script/lib/with-cluster.sh [--unmigrated] COMMAND [ARGUMENT…]
# The command finds the directory in SAMTAL_TEST_DATA (config/operator.toml says where the databases are, secrets/ holds the
# roles' passwords). Exit code: the command's.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=common.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/common.sh"
for part in cluster cluster_make orphans secrets configure migrate; do
  # shellcheck source=/dev/null
  source "$LIB/$part.sh"
done

migrated=1
if [[ ${1-} == --unmigrated ]]; then
  migrated=0
  shift
fi
(($#)) || misuse "which command?"

use_data_directory "$(mktemp -d "${TMPDIR:-/tmp}/samtal-test-XXXXXX")"
chmod 0711 -- "$DATA"
stop() {
  local status=$?
  ignore_signals
  [[ ! -v child ]] || kill -TERM "$child" 2>/dev/null || true
  stop_clusters
  remove_sockets
  rm -rf -- "$DATA"
  exit "$status"
}
trap stop EXIT
end_on_signals 143

make_data_directory
choose_cluster_user
# shellcheck disable=SC2034
SERVER_PORT=8080 STATS_PORT=8090 LINK_PORT=8091 METRICS_PORT=0 # written for completeness: no service starts here
write_configuration
make_secrets
start_clusters >&2
if ((migrated)); then migrate_databases; fi

export SAMTAL_TEST_DATA=$DATA
# In the background, so that a signal to this script is heard meanwhile.
"$@" &
child=$!
wait_for_end "$child"
wait "$child"
