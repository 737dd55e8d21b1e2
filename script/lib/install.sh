#!/usr/bin/env bash
# Debian packages: which are missing is found in a moment, and only those are installed. Lists lie in packages/.

# install_packages LIST… : makes sure that the packages of these lists are there.

install_packages() {
  local -a missing
  mapfile -t missing < <(missing_packages "$@")
  ((${#missing[@]})) || return 0
  command -v apt-get >/dev/null || fail "missing: ${missing[*]} (no apt-get here; install them and start again)"
  local -a as_root=()
  if ((EUID != 0)); then
    command -v sudo >/dev/null || fail "missing packages: ${missing[*]}; ask root to install them (there is no sudo here)"
    as_root=(sudo)
    [[ -t 0 ]] || as_root=(sudo -n)
    "${as_root[@]}" true 2>/dev/null || fail "missing packages: ${missing[*]}; ask root to install them (sudo refused)"
  fi
  say "installing ${#missing[@]} Debian packages: ${missing[*]}"
  local log
  log=$(mktemp)
  if ! apt_install "${missing[@]}" &>"$log"; then
    tail -n 20 -- "$log" >&2
    rm -f -- "$log"
    fail "apt-get could not install ${missing[*]}"
  fi
  rm -f -- "$log"
}

# The package lists of a fresh machine are empty or old: fetch them, and again only if the first try fails.
apt_install() {
  local -a command=("${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=300)
  [[ -n $(find /var/lib/apt/lists -name '*_Packages*' -print -quit 2>/dev/null) ]] || "${command[@]}" update
  no_system_cluster
  "${command[@]}" install --no-install-recommends "$@" && return
  "${command[@]}" update
  "${command[@]}" install --no-install-recommends "$@"
}

# The package postgresql would make and start a cluster of the machine's own, on TCP; nobody asked for that one.
no_system_cluster() {
  local file=/etc/postgresql-common/createcluster.conf
  [[ ! -e $file && ! -e /usr/share/postgresql-common ]] || return 0
  "${as_root[@]}" mkdir -p -- "${file%/*}"
  echo 'create_main_cluster = false' | "${as_root[@]}" tee -- "$file" >/dev/null
}

# Prints what of the lists $@ is not installed, one name a line.
missing_packages() {
  local -A installed=()
  local status name line choice
  local -a lists=("${@/#/$LIB/packages/}")
  # shellcheck disable=SC2016  # dpkg-query's own format, not the shell's
  while read -r status name; do
    [[ $status != installed ]] || installed[$name]=1
  done < <(wanted_packages "${lists[@]/%/.txt}" | tr '|' '\n' |
    xargs dpkg-query -W -f='${db:Status-Status} ${Package}\n' 2>/dev/null || true)
  while read -r line; do
    for choice in ${line//|/ }; do [[ -z ${installed[$choice]-} ]] || continue 2; done
    first_available "${line//|/ }"
  done < <(wanted_packages "${lists[@]/%/.txt}")
}

# The names in the list files $@, without comments.
wanted_packages() { sed -e 's/#.*//' -e '/^[[:space:]]*$/d' -- "$@" | sort -u; }

# The first of the names in $1 that this distribution has; the first of all if its lists are not there yet.
first_available() {
  local -a choices
  local choice
  read -ra choices <<<"$1"
  if ((${#choices[@]} > 1)); then
    for choice in "${choices[@]}"; do
      if [[ -n $(apt-cache policy "$choice" 2>/dev/null) ]]; then
        echo "$choice"
        return
      fi
    done
  fi
  echo "${choices[0]}"
}
