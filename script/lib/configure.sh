#!/usr/bin/env bash
# The configuration of a data directory's services, written anew at every start. Needs use_data_directory and
# choose_cluster_user; ports come from SERVER_PORT, STATS_PORT, METRICS_PORT and LINK_PORT.

service_config() { echo "${1#samtal-}.toml"; }

write_configuration() {
  write_operator_configuration >"$CONFIG/operator.toml"
  write_server_configuration >"$CONFIG/server.toml"
  write_aggregator_configuration >"$CONFIG/aggregator.toml"
}

write_operator_configuration() {
  cat <<TOML
# Written by script/server at every start.
[main]
host = $(toml "$SOCKETS")
port = $(cluster_port main)
name = "samtal"
user = "samtal_migrator"
password_file = $(toml "$SECRETS/samtal_migrator")

[keystore]
host = $(toml "$SOCKETS")
port = $(cluster_port keys)
name = "samtal_keys"
user = "samtal_keys_migrator"
password_file = $(toml "$SECRETS/samtal_keys_migrator")

[statistics]
host = $(toml "$SOCKETS")
port = $(cluster_port main)
name = "samtal_statistics"
user = "samtal_migrator"
password_file = $(toml "$SECRETS/samtal_migrator")

[roles]
secrets_directory = $(toml "$SECRETS")

[keys]
directory = $(toml "$KEYS")
TOML
}

write_server_configuration() {
  cat <<TOML
# Written by script/server at every start. What is not named here has its default (see config/server.toml).
[server]
address = "127.0.0.1"
port = $SERVER_PORT
max_connections = 20000
admin_socket = $(toml "$ADMIN_SOCKET")
public_url = "http://127.0.0.1:$SERVER_PORT"

[metrics]
address = "127.0.0.1"
port = $METRICS_PORT

[database]
host = $(toml "$SOCKETS")
port = $(cluster_port main)
name = "samtal"
secrets_directory = $(toml "$SECRETS")

[keystore]
host = $(toml "$SOCKETS")
port = $(cluster_port keys)
name = "samtal_keys"
user = "samtal_keystore"
password_file = $(toml "$SECRETS/samtal_keystore")

[keys]
directory = $(toml "$KEYS")

[brands]
directory = $(toml "$ROOT/config/brands")

[register]
file = $(toml "$ROOT/config/processing.toml")

[statistics]
labels_file = $(toml "$ROOT/config/statistics.toml")
aggregator_address = "127.0.0.1"
aggregator_port = $LINK_PORT
link_key_file = $(toml "$KEYS/statistics-link.key")

[login]
# Everybody on this machine shares one address; limits for each account, session and organisation stay.
throttle_by_address = false

[mail]
sink = "directory"
directory = $(toml "$DATA/mail")
TOML
}

write_aggregator_configuration() {
  cat <<TOML
# Written by script/server at every start.
[server]
address = "127.0.0.1"
port = $STATS_PORT

[link]
address = "127.0.0.1"
port = $LINK_PORT
key_file = $(toml "$KEYS/statistics-link.key")

[database]
host = $(toml "$SOCKETS")
port = $(cluster_port main)
name = "samtal_statistics"
user = "samtal_aggregator"
password_file = $(toml "$SECRETS/samtal_aggregator")

[statistics]
labels_file = $(toml "$ROOT/config/statistics.toml")
TOML
}
