#!/usr/bin/env bash
# The one script of a local machine: sets up, builds, and runs. See README.md, or ./run-local.sh help.
set -euo pipefail
caller=$PWD
top=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
cd "$top"
local_dir="$top/.local"
pg_bin=/usr/lib/postgresql/15/bin

# The SDK needs no ICU, no home folder and no advertisement.
export DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1 DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_CLI_UI_LANGUAGE=en
export HOME="${HOME:-$top/.local}"
command -v dotnet > /dev/null || PATH="$PATH:/usr/share/dotnet:/usr/lib/dotnet:$HOME/.dotnet"

say() { if [ -t 2 ]; then printf '\033[1m%s\033[0m\n' "$*" >&2; else printf '%s\n' "$*" >&2; fi; }
fail() { say "$1"; exit "${2:-3}"; }

packages=(postgresql-15 libgtk-3-0 libtesseract5 tesseract-ocr-jpn tesseract-ocr-eng libzbar0 opencv-data
  fonts-ipaexfont fonts-ipamj-mincho fonts-morisawa-bizud-gothic icc-profiles-free poppler-utils libdeflate0)
bench_packages=(python3-reportlab weasyprint)
test_packages=(zbar-tools qpdf mupdf-tools ghostscript chromium openssh-server gnupg libfaketime strace python3-aiosmtpd)

# Installs what is missing, by package name. A system cluster is never made on the way.
install_packages() {
  local missing=() name
  for name in "$@"; do
    dpkg-query -W -f='${Status}' "$name" 2> /dev/null | grep -q 'ok installed' || missing+=("$name")
  done
  [ ${#missing[@]} -eq 0 ] && return
  [ "$(id -u)" = 0 ] || fail "Missing from Debian: ask root to run  apt-get install --no-install-recommends ${missing[*]}"
  say "Installing from Debian: ${missing[*]}"
  if [ ! -e /etc/postgresql-common/createcluster.conf ]; then
    mkdir -p /etc/postgresql-common
    echo 'create_main_cluster = false' > /etc/postgresql-common/createcluster.conf
  fi
  { apt_get update && apt_get install -y --no-install-recommends -o Dpkg::Options::=--force-confold "${missing[@]}"; } \
      > "$local_dir/apt.log" 2>&1 ||
    { tail -n 20 "$local_dir/apt.log" >&2; fail "Installing failed: see .local/apt.log"; }
}

# Another apt may be at work, as on a machine that has just started: its lock is waited for, ten minutes at most.
apt_get() {
  local until=$((SECONDS + 600)) attempt="$local_dir/apt-attempt.log"
  while ! LC_ALL=C DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=600 "$@" > "$attempt" 2>&1; do
    cat "$attempt"
    grep -qE 'Could not get lock|Unable to (acquire|lock)' "$attempt" && [ "$SECONDS" -lt "$until" ] || return 1
    sleep 2
  done
}

# As the system user postgres where we are root (PostgreSQL refuses root), as the caller otherwise.
as_postgres() { if [ "$(id -u)" = 0 ]; then setpriv --reuid=postgres --regid=postgres --init-groups "$@"; else "$@"; fi; }

# The private cluster: under .local/, or under /var/lib/mynumber where user postgres cannot reach that (/root).
# Its socket lies on a short path (a socket's path may have 107 bytes); it listens on no TCP port at all.
id=$(printf '%s' "$top" | sha256sum | cut -c1-8)
place_cluster() {
  cluster="$local_dir/postgres"
  if [ "$(id -u)" = 0 ]; then
    as_postgres test -x "$local_dir" 2> /dev/null || cluster="/var/lib/mynumber/$id/postgres"
  fi
  socket="/tmp/mynumber-$id"
}

start_cluster() {
  # Whoever names a server of their own gets no cluster from us.
  [ -z "${MYNUMBER_CONNECTION:-}" ] || return 0
  place_cluster
  # Two sessions of one checkout take turns. The server must not inherit the lock.
  ( flock 9; make_cluster; run_cluster ) 9> "$local_dir/cluster.lock" || exit $?
  local user; user=$([ "$(id -u)" = 0 ] && echo postgres || id -un)
  export MYNUMBER_CONNECTION="Host=$socket;Username=$user;Database=postgres;Include Error Detail=false"
}

make_cluster() {
  [ ! -s "$cluster/PG_VERSION" ] || return 0
  say "Making a private PostgreSQL cluster"
  mkdir -p "$cluster"
  [ "$(id -u)" != 0 ] || chown -R postgres: "$cluster"
  (cd / && as_postgres "$pg_bin/initdb" -D "$cluster" --locale=C.UTF-8 --encoding=UTF8 --auth-local=peer --auth-host=reject) \
    > "$local_dir/initdb.log" 2>&1 || { cat "$local_dir/initdb.log" >&2; exit 3; }
  # Root reaches the cluster as its owner: the map says so, so that nothing else can.
  if [ "$(id -u)" = 0 ]; then
    printf 'local root postgres\nlocal postgres postgres\n' >> "$cluster/pg_ident.conf"
    sed -i 's/^\(local  *all  *all  *peer\).*/\1 map=local/' "$cluster/pg_hba.conf"
  fi
}

run_cluster() {
  # Whatever tidies /tmp may have taken the socket from under a running server: then it must start anew.
  [ -S "$socket/.s.PGSQL.5432" ] || stop_cluster
  mkdir -p "$socket"
  [ "$(id -u)" != 0 ] || chown postgres: "$socket"
  (cd / && as_postgres "$pg_bin/pg_ctl" -D "$cluster" status) > /dev/null 2>&1 && return
  (cd / && as_postgres "$pg_bin/pg_ctl" -D "$cluster" -w -l "$cluster/server.log" \
    -o "-c listen_addresses='' -c unix_socket_directories='$socket' -c max_connections=200 -c log_error_verbosity=terse -c log_parameter_max_length_on_error=0" start) > /dev/null 9>&- ||
    { tail -n 20 "$cluster/server.log" >&2; fail "PostgreSQL did not start: see $cluster/server.log"; }
}

stop_cluster() {
  place_cluster
  (cd / && as_postgres "$pg_bin/pg_ctl" -D "$cluster" -m fast -w stop) > /dev/null 2>&1 || true
}

# What a build reads: every file of these folders but notes and what builds made, with its size and time, and the files at the top.
sources_of() {
  local folders=(templates batch jobs fixtures)
  [ "$1" = jobs/MyNumber.Jobs.csproj ] || folders+=(tests)
  { find "${folders[@]}" \( -name bin -o -name obj -o -name TestResults \) -prune -o -type f ! -name '*.md' -printf '%p %s %T@\n'
    find . -maxdepth 1 -type f \( -name '*.props' -o -name '*.sln' -o -name global.json -o -name BannedSymbols.txt -o -name .editorconfig \) \
      -printf '%p %s %T@\n'; } | LC_ALL=C sort | sha256sum
}

# Builds one project or the solution, unless nothing changed since it was built last. Two sessions of one checkout take turns:
# the second finds what the first has built. The build's own servers must not inherit the lock.
build() {
  local target=$1 stamp="$local_dir/built-${1//\//-}"
  command -v dotnet > /dev/null || fail "The .NET SDK 10 is not installed: https://dotnet.microsoft.com/download"
  ( flock 9
    sources=$(sources_of "$target")
    [ "$sources" != "$(cat "$stamp" 2> /dev/null)" ] || exit 0
    say "Building"
    rm -f "$stamp"
    dotnet build "$target" -c Release -v quiet --nologo 9>&- > "$local_dir/build.log" 2>&1 ||
      { grep -E ': error ' "$local_dir/build.log" | sort -u | head -n 30 >&2; fail "The build failed: see .local/build.log" 1; }
    printf '%s\n' "$sources" > "$stamp"
  ) 9> "$local_dir/build.lock" || exit 1
}

set_up() {
  install_packages "${packages[@]}"
  start_cluster
  build jobs/MyNumber.Jobs.csproj
  export MYNUMBER_HOME="${MYNUMBER_HOME:-$local_dir/home}"
  live_in_the_story
}

# The sample home lives on the day of its last night, whatever day it is here; a home of your own lives today. In it nobody
# keys, and no applicant answers, for the four months before the third night: that raises no alert there (R41, R96).
live_in_the_story() {
  [ "$MYNUMBER_HOME" = "$local_dir/home" ] || return 0
  local days
  for days in REVIEW REKEY INCOMPLETE WAITING ISSUANCENOTICE; do export "MYNUMBER_POLICY__${days}DAYSMAX=366"; done
  [ ! -e "$local_dir/story/today" ] || export MYNUMBER_NIGHT__TODAY="${MYNUMBER_NIGHT__TODAY:-$(cat "$local_dir/story/today")}"
}

mynumber() { dotnet "$top/jobs/bin/Release/net10.0/mynumber.dll" "$@"; }

# One chapter of the story, told once: its marker says that it is done. Every part of it may safely be told again.
chapter() {
  local marker="$local_dir/story/$1"; shift
  [ -e "$marker" ] && return
  "$@" || exit $?
  mkdir -p "$local_dir/story"
  touch "$marker"
}

# Accounts for the story's people, each with a random password in .local/accounts that only the caller can read. Made before
# the first night, when a home is set up and nobody is asked for a second person. Made again: a new password.
story_people() {
  say "Making accounts for the sample world's people"
  local person role once password
  (umask 077; : > "$local_dir/accounts")
  while read -r person role; do
    once=$(mynumber account add "$person" --role "$role" 2> /dev/null < /dev/null || mynumber account reset "$person" 2> /dev/null < /dev/null) ||
      { say "The account $person cannot be made."; return 1; }
    # `admin` chooses a password of their own on the pages; the one-time password is told when these are served first.
    if [ "$person" = admin ]; then printf 'admin %s\n' "${once##* }" >> "$local_dir/accounts"; continue; fi
    password=$(head -c 15 /dev/urandom | base64)
    printf '%s\n%s\n' "${once##* }" "$password" | mynumber account password "$person" 2> /dev/null || return
    printf '%s %s\n' "$person" "$password" >> "$local_dir/accounts"
  done << 'END'
admin operator
operator-1 operator
operator-2 operator
approver-1 approver
approver-2 approver
END
}

# Told once: then the line goes.
tell_first_password() {
  local once; once=$(sed -n 's/^admin //p' "$local_dir/accounts" 2> /dev/null) || return 0
  [ -n "$once" ] || return 0
  say "First start. Sign in as admin with this one-time password: $once"
  sed -i '/^admin /d' "$local_dir/accounts"
}

sample_world() {
  say "Making the sample world: $sample_applications applications"
  mynumber fixtures night --applications $sample_applications --seed 1 --out "$MYNUMBER_HOME/inbox" --date $first_night > /dev/null
}

# One night of the story: its date stands for today. Further arguments go to `night`.
night() {
  say "Night of $1: $2"
  export MYNUMBER_NIGHT__TODAY=$1
  mynumber night --date "$1" "${@:3}" && mynumber report --date "$1" || return
  mkdir -p "$local_dir/story"
  echo "$1" > "$local_dir/story/today"
}

card_factory() {
  say "The card factory makes the cards"
  local drop
  for drop in "$MYNUMBER_HOME"/outbox/card-orders/*/; do
    [ ! -e "$drop/READY" ] || mynumber factory simulate "$drop" --date $second_night || return
  done
}

print_vendor() {
  say "The print vendor checks, prints and posts the drops"
  local drop
  for drop in "$MYNUMBER_HOME"/outbox/print/*/; do
    [ ! -e "$drop/READY" ] || mynumber vendor simulate "$drop" --date $vendor_day || return
  done
}

first_night=2026-11-24
second_night=2026-11-25
vendor_day=2026-11-26
third_night=2027-04-01
story_person=operator-1
sample_applications=60

# The story of the sample world: three nights and the two partners outside. Told once; told again, it changes nothing.
story() {
  [ -e "$local_dir/story/1-world" ] || chapter 0-people story_people
  chapter 1-world sample_world
  chapter 2-first-night night $first_night "applications come in, cards are ordered"
  chapter 3-card-factory card_factory
  chapter 4-second-night night $second_night "Issuance Notices and the other pieces go to the print vendor"
  chapter 5-print-vendor print_vendor
  # Four months after the second, so it is asked for; and it is to propose what has been stored long enough.
  chapter 6-third-night night $third_night "the vendor's answers are in, storage has ended, disposals are proposed" \
    --unusual-date --with-disposals --by "$story_person" --reason "the story goes on when storage has ended"
  live_in_the_story
  if [ ! -e "$local_dir/story/7-told" ]; then touch "$local_dir/story/7-told"; else mynumber report --date $third_night; fi
  local date
  for date in $first_night $second_night $third_night; do
    mynumber verify $date > "$local_dir/verify-$date.log" || { cat "$local_dir/verify-$date.log"; fail "The night of $date does not balance." 1; }
    say "Night of $date: $(grep -c '^holds' "$local_dir/verify-$date.log") laws hold"
  done
  say "The nights' reports: $MYNUMBER_HOME/outbox/report/"
}

free_port() {
  local port
  for ((port = 5080; port < 5200; port++)); do
    (: < "/dev/tcp/127.0.0.1/$port") 2> /dev/null || { echo "$port"; return; }
  done
  fail "No free port between 5080 and 5199."
}

serving() {
  local pid; pid=$(cat "$local_dir/serve.pid" 2> /dev/null) || return 1
  grep -qzF "$top/jobs/bin" "/proc/$pid/cmdline" 2> /dev/null && echo "$pid"
}

serve() {
  if serving > /dev/null; then
    say "The operator pages are served already: $(cat "$local_dir/serve.url") (./run-local.sh stop ends them)"
    return
  fi
  local url; url="http://127.0.0.1:$(free_port)"
  echo "$url" > "$local_dir/serve.url"
  echo $$ > "$local_dir/serve.pid"
  say "Operator pages: $url   (Ctrl+C ends them)"
  tell_first_password
  # exec: the number in serve.pid stays right, and Ctrl+C reaches the program itself.
  exec dotnet "$top/jobs/bin/Release/net10.0/mynumber.dll" serve --urls "$url" "$@"
}

# Ends the pages, if they are ours, and waits until they have drained.
stop_serving() {
  local pid; pid=$(serving) || return 0
  kill -TERM "$pid" 2> /dev/null || return 0
  local waited
  for ((waited = 0; waited < 300; waited++)); do
    [ -d "/proc/$pid" ] || break
    sleep 0.1
  done
  rm -f "$local_dir/serve.pid" "$local_dir/serve.url"
}

# Sums one attribute of the counters in all result files.
count() {
  grep -ohE "<Counters [^>]*>" "$local_dir"/test-results/*.trx 2> /dev/null |
    grep -oE " $1=\"[0-9]+\"" | grep -oE '[0-9]+' | awk '{ sum += $1 } END { print sum + 0 }'
}

run_tests() {
  install_packages "${packages[@]}" "${test_packages[@]}"
  start_cluster
  build MyNumber.Batch.sln
  rm -rf "$local_dir/test-results"
  local project name crashed=0
  for project in tests/*/*.csproj; do
    name=$(basename "$(dirname "$project")")
    say "Tests: $name"
    # A project that ends badly without one failed test (its host crashed) counts as one failure.
    dotnet test "$project" -c Release --no-build --nologo -v quiet --logger "trx;LogFileName=$name.trx" \
      --results-directory "$local_dir/test-results" "$@" >&2 ||
      grep -qE '<Counters [^>]* failed="[1-9]' "$local_dir/test-results/$name.trx" 2> /dev/null ||
      { say "Tests of $name ended without a result."; crashed=$((crashed + 1)); }
  done
  local passed failed
  passed=$(count passed)
  failed=$(($(count failed) + crashed))
  echo "$passed passed, $failed failed"
  [ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
}

run_bench() {
  install_packages "${packages[@]}" "${test_packages[@]}" "${bench_packages[@]}"
  start_cluster
  build tests/bench/MyNumber.Tests.Bench.csproj
  exec "$top/tests/bench/bin/Release/net10.0/MyNumber.Tests.Bench" "$@"
}

# Whole nights under faults, on a cluster of their own. In a mount namespace of its own, so that no mount outlives it.
faults() {
  install_packages "${packages[@]}" "${test_packages[@]}"
  build tests/sweep/MyNumber.Tests.Sweep.csproj
  local apart=(); [ "$(id -u)" != 0 ] || apart=(unshare --mount)
  exec "${apart[@]}" dotnet "$top/tests/sweep/bin/Release/net10.0/sweep.dll" "$@"
}

clean() {
  stop_serving
  stop_cluster
  rm -rf "/var/lib/mynumber/$id" "/tmp/mynumber-$id" "$local_dir"
  find . -path ./.git -prune -o -type d \( -name bin -o -name obj \) -prune -exec rm -rf {} +
}

usage() {
  cat << 'END'
./run-local.sh            sets up, plays the sample story (three nights), serves the operator pages until Ctrl+C
./run-local.sh night      the same, without the pages
./run-local.sh serve      sets up and serves the operator pages
./run-local.sh cli ARGS   the command line: ./run-local.sh cli --help
./run-local.sh test       all tests; arguments go to dotnet test (--filter …)
./run-local.sh bench NAME measures; without a name it lists what can be measured
./run-local.sh faults     whole nights under faults: --seed S --count N [--applications A] (tests/README.md)
./run-local.sh db         starts the private PostgreSQL cluster and prints how to reach it
./run-local.sh stop       ends the pages and the cluster
./run-local.sh clean      removes everything that this script made here
END
}

mkdir -p "$local_dir"
case "${1:-}" in
  "") set_up; story; serve ;;
  night) set_up; story ;;
  serve) set_up; serve "${@:2}" ;;
  cli) set_up; cd "$caller"; exec dotnet "$top/jobs/bin/Release/net10.0/mynumber.dll" "${@:2}" ;;
  test) run_tests "${@:2}" ;;
  bench) run_bench "${@:2}" ;;
  faults) faults "${@:2}" ;;
  db) install_packages "${packages[@]}"; start_cluster; echo "export MYNUMBER_CONNECTION='$MYNUMBER_CONNECTION'" ;;
  stop) stop_serving; stop_cluster ;;
  clean) clean ;;
  help | -h | --help) usage ;;
  *) usage >&2; exit 2 ;;
esac
