#!/usr/bin/env bash
# A stranger's test: real HTTP load on `samples/PaymentStorm --serve`, each callback three times from three connections.
#
#   samples/PaymentStorm/load.sh [sqlite|postgres] [SECONDS] [CONNECTIONS]
#
# Needs wrk and a Release build. It prints the account of one run, then kills a server with SIGKILL in the middle of a load, holds what
# wrk was acknowledged against the journal, delivers everything again, and prints the account. It fails where a payment is lost or double.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 1

store=${1:-sqlite} seconds=${2:-15} connections=${3:-48}
trades=60000 few=4000
app=samples/PaymentStorm/bin/Release/net10.0/PaymentStorm.dll
lua=samples/PaymentStorm/load.lua
work=$(mktemp -d "${TMPDIR:-/tmp}/orderkit-load.XXXXXX")
server= keeper= failures=0

finish() {
    trap '' INT TERM HUP
    [ -n "$server" ] && kill -KILL "$server" 2>/dev/null
    [ -n "$keeper" ] && kill "$keeper" 2>/dev/null && wait "$keeper" 2>/dev/null
    rm -rf -- "$work"
}
trap finish EXIT
trap 'exit 130' INT TERM HUP

command -v wrk >/dev/null || { echo "wrk is not installed (Debian: apt-get install wrk)."; exit 1; }
[ -f $app ] || { echo "Build first: dotnet build -c Release samples/PaymentStorm"; exit 1; }

if [ "$store" = postgres ]; then
    bin=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -rV | head -1)
    [ -n "$bin" ] || { echo "PostgreSQL is not installed."; exit 1; }
    user=
    mkdir "$work/pg" && od -An -N16 -tx1 /dev/urandom | tr -d ' \n' >"$work/pg/password"
    [ "$(id -u)" = 0 ] && user=postgres && chmod 755 "$work" && chown -R postgres: "$work/pg"
    setsid bash eng/test-postgres.sh $$ "$work/pg" "$bin" "$user" &
    keeper=$!
    until [ -e "$work/pg/ready" ] || [ -e "$work/pg/failed" ]; do sleep 0.2; done
    [ -e "$work/pg/ready" ] || { cat "$work/pg/log"; exit 1; }
fi

connection() { # name
    if [ "$store" = postgres ]; then
        local server="Host=127.0.0.1;Port=$(cat "$work/pg/ready");Username=orderkit;Password=$(cat "$work/pg/password")"
        PGPASSWORD=$(cat "$work/pg/password") "$bin/psql" -qX -h 127.0.0.1 -p "$(cat "$work/pg/ready")" -U orderkit postgres -c "CREATE DATABASE $1" >&2
        echo "$server;Database=$1"
    else
        echo "Data Source=$work/$1.db"
    fi
}

start() { # connection, options ...
    local connection=$1
    shift
    : >"$work/out"
    dotnet $app --serve 0 --store "$store" --connection "$connection" "$@" >"$work/out" 2>&1 &
    server=$!
    url=
    until [ -n "$url" ]; do
        kill -0 "$server" 2>/dev/null || { cat "$work/out"; exit 1; }
        sleep 0.2
        url=$(grep -o 'http://127.0.0.1:[0-9]*' "$work/out" | head -1)
    done
}

stop() {
    kill -TERM "$server" # bash has what it starts in the background ignore SIGINT
    wait "$server" || failures=$((failures + 1))
    server=
    grep -E 'callbacks taken' "$work/out" | tail -1
    tail -1 "$work/out"
}

load() { # trades, seconds
    wrk -t3 -c"$connections" -d"$2"s --latency -s $lua "$url" -- "$1" "$work"
}

echo "== $store: $connections connections, $seconds s"
start "$(connection storm)" --orders $trades
load $trades "$seconds" | grep -E 'requests in|Requests/sec|50%|99%|Non-2xx|Socket errors'
stop
[ -s "$work/acknowledged.0" ] || { echo "Nothing was acknowledged."; failures=$((failures + 1)); }
echo "acknowledged to wrk: $(cat "$work"/acknowledged.* | sort -u | wc -l) trades in $(cat "$work"/acknowledged.* | wc -l) answers"
cat "$work"/acknowledged.* | sort -u >"$work/known" && rm "$work"/acknowledged.*

echo "== $store: SIGKILL in the middle of a load"
database=$(connection killed)
start "$database" --orders $few
load $few 30 >"$work/wrk" &
wrk=$!
while kill -0 "$wrk" 2>/dev/null && [ "$(cat "$work"/acknowledged.* 2>/dev/null | wc -l)" -lt 2000 ]; do sleep 0.05; done
kill -KILL "$server"
wait "$server" 2>/dev/null
server=
kill "$wrk" 2>/dev/null
wait "$wrk" 2>/dev/null
cat "$work"/acknowledged.* | sort -u | grep -E '^T[0-9]{9}$' >"$work/known" || { echo "Nothing was acknowledged before it was killed."; failures=$((failures + 1)); }
echo "acknowledged to wrk when it was killed: $(wc -l <"$work/known") trades; held against the journal:"
start "$database" --orders $few --acknowledged "$work/known"
stop
echo "== $store: everything delivered again"
start "$database" --orders $few --acknowledged "$work/known"
load $few 30 | grep -E 'requests in|Non-2xx|Socket errors'
stop
[ $failures = 0 ]
