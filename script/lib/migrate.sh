#!/usr/bin/env bash
# Key files and migrations, both through the built samtalctl. Needs configure.sh.

migrate_databases() {
  operate keys init
  operate database migrate
}

# samtalctl as the operator; its words are shown only when it fails.
operate() {
  local output
  output=$("$BIN_DIR/samtalctl" --config "$CONFIG/operator.toml" "$@" 2>&1) ||
    fail "samtalctl $* failed: $(tail -n 3 <<<"$output" | tr '\n' ' ')"
}
