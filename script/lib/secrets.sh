#!/usr/bin/env bash
# Passwords of the database roles: one file a role in DIR/secrets, made once, never shown, never an argument of a process.

# The purposes of the processing register: each is a login role.
register_purposes() {
  "$PYTHON" -c 'import sys, tomllib
register = tomllib.load(open(sys.argv[1], "rb"))["purposes"]
print(*(register if isinstance(register, dict) else [purpose["id"] for purpose in register]))' "$ROOT/config/processing.toml"
}

# Makes the file of $1 unless it is there.
make_secret() {
  local file=$SECRETS/$1
  [[ -s $file ]] && return 0
  (umask 077 && random_text 24 >"$file.new" && mv -- "$file.new" "$file") || fail "cannot write $file"
}

# Makes the missing files; existing ones stay.
make_secrets() {
  local role
  local -a purposes
  read -ra purposes < <(register_purposes)
  ((${#purposes[@]})) || fail "config/processing.toml names no purpose"
  for role in samtal_migrator samtal_aggregator samtal_keys_migrator samtal_keystore "${purposes[@]/#/samtal_}"; do
    make_secret "$role"
  done
}

# psql variables with the passwords, for a script read from standard input.
secrets_for_psql() {
  local role
  for role in "$@"; do printf "\\\\set %s '%s'\n" "${role}_password" "$(<"$SECRETS/$role")"; done
}
