#!/usr/bin/env bash
# The ports of one platform: SERVER_PORT, STATS_PORT, METRICS_PORT (0 = off) from the command line, LINK_PORT chosen here.

check_port_numbers() {
  local name
  for name in SERVER_PORT STATS_PORT METRICS_PORT; do
    if [[ ! ${!name} =~ ^[0-9]{1,5}$ ]] || ((10#${!name} > 65535)); then misuse "${!name} is no port number"; fi
    printf -v "$name" %d "$((10#${!name}))"
  done
  ((SERVER_PORT && STATS_PORT)) || misuse "--port and --stats-port cannot be 0"
  ((SERVER_PORT != STATS_PORT && METRICS_PORT != SERVER_PORT && METRICS_PORT != STATS_PORT)) ||
    misuse "the ports must differ"
}

check_ports_are_free() {
  local -A option=([$SERVER_PORT]=--port [$STATS_PORT]=--stats-port)
  local port
  ((METRICS_PORT == 0)) || option[$METRICS_PORT]=--metrics-port
  for port in "${!option[@]}"; do
    ! port_in_use "$port" || fail "port $port is in use; choose another with ${option[$port]}"
  done
}

# The server's way to the worker: the port after the worker's own, or the next free one.
choose_link_port() {
  LINK_PORT=$((STATS_PORT + 1))
  while ((LINK_PORT == SERVER_PORT || LINK_PORT == METRICS_PORT || LINK_PORT > 65535)) || port_in_use "$LINK_PORT"; do
    LINK_PORT=$((LINK_PORT % 65535 + 1))
    ((LINK_PORT > 1024)) || LINK_PORT=1025
  done
}
