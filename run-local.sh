#!/usr/bin/env bash
# The one script of a local machine: sets up, builds, and runs. See README.md, or ./run-local.sh help.
set -euo pipefail
top=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
cd "$top"
local_dir="$top/.local"
pg_bin=/usr/lib/postgresql/15/bin

say() { printf '\033[1m%s\033[0m\n' "$*" >&2; }

packages=(postgresql-15 libgtk-3-0 libtesseract5 tesseract-ocr-jpn tesseract-ocr-eng libzbar0 opencv-data
  fonts-ipaexfont fonts-ipamj-mincho icc-profiles-free poppler-utils)
test_packages=(zbar-tools qpdf mupdf-tools ghostscript chromium openssh-server gnupg)

# Installs what is missing, by package name. A system cluster is never made on the way.
install_packages() {
  local missing=() name
  for name in "$@"; do
    dpkg-query -W -f='${Status}' "$name" 2>/dev/null | grep -q 'ok installed' || missing+=("$name")
  done
  [ ${#missing[@]} -eq 0 ] && return
  say "Installing from Debian: ${missing[*]}"
  if [ ! -e /etc/postgresql-common/createcluster.conf ]; then
    mkdir -p /etc/postgresql-common
    echo 'create_main_cluster = false' > /etc/postgresql-common/createcluster.conf
  fi
  { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
      -o Dpkg::Options::=--force-confold "${missing[@]}"; } > "$local_dir/apt.log" 2>&1 ||
    { tail -n 20 "$local_dir/apt.log" >&2; say "Installing failed: see .local/apt.log"; exit 3; }
}

# As the system user postgres where we are root (PostgreSQL refuses root), as the caller otherwise.
as_postgres() { if [ "$(id -u)" = 0 ]; then setpriv --reuid=postgres --regid=postgres --init-groups "$@"; else "$@"; fi; }

# The private cluster: under .local/, or under /var/lib/mynumber where user postgres cannot reach that (/root).
# Its socket lies on a short path (a socket's path may have 107 bytes); it listens on no TCP port at all.
place_cluster() {
  local id; id=$(printf '%s' "$top" | sha256sum | cut -c1-8)
  cluster="$local_dir/postgres"
  mkdir -p "$local_dir"
  if [ "$(id -u)" = 0 ]; then
    as_postgres test -x "$local_dir" 2>/dev/null || cluster="/var/lib/mynumber/$id/postgres"
  fi
  socket="/tmp/mynumber-$id"
  pg_user=$([ "$(id -u)" = 0 ] && echo postgres || id -un)
  export MYNUMBER_CONNECTION="Host=$socket;Username=$pg_user;Database=postgres;Include Error Detail=false"
}

start_cluster() {
  place_cluster
  if [ ! -s "$cluster/PG_VERSION" ]; then
    say "Making a private PostgreSQL cluster"
    mkdir -p "$cluster"
    [ "$(id -u)" = 0 ] && chown -R postgres: "$cluster"
    (cd / && as_postgres "$pg_bin/initdb" -D "$cluster" --locale=C.UTF-8 --encoding=UTF8 --auth-local=peer --auth-host=reject) \
      > "$local_dir/initdb.log" 2>&1 || { cat "$local_dir/initdb.log" >&2; exit 3; }
    # Root reaches the cluster as its owner: the map says so, so that nothing else can.
    [ "$(id -u)" = 0 ] && printf 'local root postgres\nlocal postgres postgres\n' >> "$cluster/pg_ident.conf" &&
      sed -i 's/^\(local  *all  *all  *peer\).*/\1 map=local/' "$cluster/pg_hba.conf"
  fi
  mkdir -p "$socket"
  [ "$(id -u)" = 0 ] && chown postgres: "$socket"
  if ! (cd / && as_postgres "$pg_bin/pg_ctl" -D "$cluster" status) > /dev/null 2>&1; then
    (cd / && as_postgres "$pg_bin/pg_ctl" -D "$cluster" -w -l "$cluster/server.log" \
      -o "-c listen_addresses='' -c unix_socket_directories='$socket' -c max_connections=200" start) > /dev/null ||
      { tail -n 20 "$cluster/server.log" >&2; say "PostgreSQL did not start."; exit 3; }
  fi
}

stop_cluster() {
  place_cluster
  (cd / && as_postgres "$pg_bin/pg_ctl" -D "$cluster" -m fast -w stop) > /dev/null 2>&1 || true
}

build() {
  say "Building"
  dotnet build MyNumber.Batch.sln -c Release -v quiet --nologo "$@"
}

mkdir -p "$local_dir"
case "${1:-}" in
  db) install_packages "${packages[@]}"; start_cluster; echo "export MYNUMBER_CONNECTION='$MYNUMBER_CONNECTION'" ;;
  stop) stop_cluster ;;
  test)
    install_packages "${packages[@]}" "${test_packages[@]}"
    start_cluster
    build
    dotnet test MyNumber.Batch.sln -c Release --no-build --nologo "${@:2}"
    ;;
  *) echo "usage: ./run-local.sh [db|stop|test]" >&2; exit 2 ;;
esac
