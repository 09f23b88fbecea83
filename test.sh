#!/usr/bin/env bash
# Builds OrderKit and runs every test, on a machine that has only the .NET SDK.
#
#   ./test.sh                      everything that this machine can run
#   ./test.sh --require-all        fail where something would have to be left out
#   ./test.sh --long               also the long simulations and races
#   ./test.sh -c Debug             another configuration (Release otherwise)
#   ./test.sh --only Core,Sqlite   only these test projects (OrderKit.<name>.Tests)
#   ./test.sh --filter EXPR ...    this and all else goes to `dotnet test`
#
# PostgreSQL, RabbitMQ and Chromium are used where they are found, and installed with apt-get where this
# runs as root; ORDERKIT_INSTALL=0 forbids that. Where one cannot be had, its tests are left out by trait.
# The last line is `N passed, N failed`, with `, N skipped` where a test was skipped.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")" || exit 1

require_all=${ORDERKIT_REQUIRE_ALL:-0}
configuration=Release
filter=
only=
extra=()
while [ $# -gt 0 ]; do
    case $1 in
        --require-all) require_all=1 ;;
        --long) export ORDERKIT_LONG=1 ;;
        -c | --configuration) configuration=${2:?}; shift ;;
        --filter) filter=${2:?}; shift ;;
        --only) only=${2:?}; shift ;;
        -h | --help) sed -n '2,/^set /{/^#/s/^# \{0,1\}//p}' "$0"; exit 0 ;;
        *) extra+=("$1") ;;
    esac
    shift
done

export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1
passed=0 failed=0 skipped=0
left_out=()
work=$(mktemp -d "${TMPDIR:-/tmp}/orderkit-test.XXXXXX")
pg_folder=
pg_keeper=
mq_keeper=
child=

say() { printf '\n== %s\n' "$*"; }

finish() {
    local keeper
    for keeper in $pg_keeper $mq_keeper; do
        kill "$keeper" 2>/dev/null
        wait "$keeper" 2>/dev/null
    done
    rm -rf -- "$work"
}
trap finish EXIT
trap '[ -n "$child" ] && kill "$child" 2>/dev/null; exit 130' INT TERM HUP

# In the background, so that a signal is heard at once and not after the last test.
run() {
    "$@" </dev/null &
    child=$!
    wait "$child"
    local code=$?
    child=
    return $code
}

end() {
    echo
    if [ ${#left_out[@]} -gt 0 ]; then
        for reason in "${left_out[@]}"; do echo "Left out: $reason"; done
    fi
    if [ $((passed + failed)) -eq 0 ]; then
        echo "No test ran."
        failed=1
    fi
    local line="$passed passed, $failed failed"
    [ "$skipped" -gt 0 ] && line="$line, $skipped skipped"
    echo "$line"
    [ "$failed" -eq 0 ]
    exit
}

leave_out() { # trait, reason
    if [ "$require_all" = 1 ]; then
        echo "Everything is required, but $2"
        failed=$((failed + 1))
        end
    fi
    echo "${2^} The tests with Requires=$1 are left out."
    left_out+=("Requires=$1: $2")
    filter="${filter:+($filter)&}Requires!=$1"
}

may_install() { [ "$(id -u)" = 0 ] && [ "${ORDERKIT_INSTALL:-1}" != 0 ] && command -v apt-get >/dev/null; }

updated=0
install() {
    local options=(-qq -y --no-install-recommends -o DPkg::Lock::Timeout=300 -o Dpkg::Options::=--force-confold)
    if [ $updated = 0 ]; then
        apt-get -qq update </dev/null || true
        updated=1
    fi
    DEBIAN_FRONTEND=noninteractive apt-get "${options[@]}" install "$@" </dev/null >"$work/apt.log" 2>&1 ||
        { tail -5 "$work/apt.log"; return 1; }
}

# A keeper writes into its folder whether its server is ready or failed.
await_server() { # keeper, folder, seconds
    local i
    for ((i = 0; i < $3 * 10; i++)); do
        [ -e "$2/ready" ] || [ -e "$2/failed" ] || ! kill -0 "$1" 2>/dev/null && break
        sleep 0.1
    done
    [ -e "$2/ready" ] || { tail -20 "$2/log" 2>/dev/null; return 1; }
}

# --- PostgreSQL -----------------------------------------------------------------------------------

find_postgres() {
    local initdb
    for initdb in $(ls -d /usr/lib/postgresql/*/bin/initdb 2>/dev/null | sort -rV) "$(command -v initdb)"; do
        [ -n "$initdb" ] && initdb=$(readlink -f "$initdb") && [ -x "$(dirname "$initdb")/postgres" ] &&
            dirname "$initdb" && return 0
    done
    return 1
}

install_postgres() {
    # The package would make a cluster of its own and start it. Nobody asked for that one.
    install postgresql-common || return 1
    local conf=/etc/postgresql-common/createcluster.conf
    cp -p "$conf" "$work/createcluster.conf"
    sed -i '/^[# ]*create_main_cluster/d' "$conf" && echo 'create_main_cluster = false' >>"$conf"
    install postgresql
    local code=$?
    cp -p "$work/createcluster.conf" "$conf"
    return $code
}

start_postgres() {
    local bin user='' base=${TMPDIR:-/tmp} password
    bin=$(find_postgres) || { may_install && install_postgres && bin=$(find_postgres); } ||
        { leave_out PostgreSql "there is no PostgreSQL server here (initdb, postgres)."; return; }

    if [ "$(id -u)" = 0 ]; then # initdb refuses root
        user=postgres
        id "$user" >/dev/null 2>&1 || useradd --system --no-create-home --shell /usr/sbin/nologin "$user"
        runuser -u "$user" -- test -x "$base" || base=/tmp
    fi

    pg_folder=$(mktemp -d "$base/orderkit-pg.XXXXXX")
    password=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
    echo "$password" >"$pg_folder/password"
    [ -n "$user" ] && chown -R "$user": "$pg_folder"

    setsid bash eng/test-postgres.sh $$ "$pg_folder" "$bin" "$user" </dev/null >/dev/null 2>&1 &
    pg_keeper=$!
    await_server "$pg_keeper" "$pg_folder" 90 || { leave_out PostgreSql "the PostgreSQL server did not start."; return; }

    local port
    port=$(cat "$pg_folder/ready")
    export ORDERKIT_TEST_POSTGRES="Host=127.0.0.1;Port=$port;Database=postgres;Username=orderkit;Password=$password"
    echo "$("$bin/postgres" --version), on 127.0.0.1:$port"
}

# --- RabbitMQ -------------------------------------------------------------------------------------

find_rabbitmq() {
    local server
    command -v epmd >/dev/null && command -v erl >/dev/null && command -v setpriv >/dev/null || return 1
    for server in $(ls -d /usr/lib/rabbitmq/lib/rabbitmq_server-*/sbin/rabbitmq-server 2>/dev/null | sort -rV) "$(command -v rabbitmq-server)"; do
        # Debian puts a wrapper on the path that refuses our folders; what we want lies in sbin beside plugins.
        [ -n "$server" ] && server=$(readlink -f "$server") && [ -d "$(dirname "$server")/../plugins" ] &&
            (cd "$(dirname "$server")/.." && pwd) && return 0
    done
    return 1
}

install_rabbitmq() {
    # The package would start a broker of its own. Nobody asked for that one.
    local policy=/usr/sbin/policy-rc.d ours=0
    if [ ! -e $policy ]; then
        printf '#!/bin/sh\nexit 101\n' >$policy && chmod +x $policy && ours=1
    fi
    install rabbitmq-server
    local code=$?
    [ $ours = 1 ] && rm -f $policy
    return $code
}

start_rabbitmq() {
    local home user='' base=${TMPDIR:-/tmp} password folder
    if ! grep -rqsE 'Requires", *"RabbitMq"' tests --include='*.cs'; then
        echo "No test asks for RabbitMQ."
        return
    fi
    home=$(find_rabbitmq) || { may_install && install_rabbitmq && home=$(find_rabbitmq); } ||
        { leave_out RabbitMq "there is no RabbitMQ server here (rabbitmq-server, epmd)."; return; }

    if [ "$(id -u)" = 0 ]; then
        user=rabbitmq
        id "$user" >/dev/null 2>&1 || useradd --system --no-create-home --shell /usr/sbin/nologin "$user"
        runuser -u "$user" -- test -x "$base" || base=/tmp
    fi

    folder=$(mktemp -d "$base/orderkit-mq.XXXXXX")
    password=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
    (umask 077 && echo "$password" >"$folder/password")
    [ -n "$user" ] && chown -R "$user": "$folder"

    setsid bash eng/test-rabbitmq.sh $$ "$folder" "$home" "$user" </dev/null >/dev/null 2>&1 &
    mq_keeper=$!
    await_server "$mq_keeper" "$folder" 180 || { leave_out RabbitMq "the RabbitMQ server did not start."; return; }

    local port
    port=$(cat "$folder/ready")
    export ORDERKIT_TEST_RABBITMQ="amqp://orderkit:$password@127.0.0.1:$port/"
    export ORDERKIT_TEST_RABBITMQ_KEEPER=$folder # there a test may stop the server; eng/test-rabbitmq.sh says how
    echo "RabbitMQ ${home##*-}, on 127.0.0.1:$port"
}

# --- Chromium -------------------------------------------------------------------------------------

find_chromium() {
    local name
    for name in "${ORDERKIT_TEST_CHROMIUM:-}" chromium chromium-browser google-chrome google-chrome-stable; do
        # It must also answer: on some systems the package is a stub that only asks for another installer.
        [ -n "$name" ] && name=$(command -v "$name") && "$name" --version </dev/null >/dev/null 2>&1 && echo "$name" && return 0
    done
    return 1
}

find_or_install_chromium() {
    if ! grep -rqsE 'Requires", *"Chromium"' tests --include='*.cs'; then
        echo "No test asks for Chromium."
        return
    fi
    local path
    path=$(find_chromium) || { may_install && install chromium fonts-noto-cjk && path=$(find_chromium); } ||
        { leave_out Chromium "there is no Chromium here."; return; }
    export ORDERKIT_TEST_CHROMIUM=$path
    echo "Chromium: $path"
}

# --- Build ----------------------------------------------------------------------------------------

say "Build ($configuration)"
if ! run dotnet build OrderKit.sln -c "$configuration" -m:2 -nologo -v:quiet -clp:NoSummary; then
    echo "The build failed."
    failed=1
    end
fi

say "What the tests need"
if [ -n "${ORDERKIT_TEST_POSTGRES:-}" ]; then
    echo "PostgreSQL: the server that ORDERKIT_TEST_POSTGRES names"
else
    start_postgres
fi
if [ -n "${ORDERKIT_TEST_RABBITMQ:-}" ]; then
    echo "RabbitMQ: the server that ORDERKIT_TEST_RABBITMQ names"
    [ -n "${ORDERKIT_TEST_RABBITMQ_KEEPER:-}" ] || leave_out RabbitMqKeeper "nobody said how to take the RabbitMQ server down (ORDERKIT_TEST_RABBITMQ_KEEPER)."
else
    start_rabbitmq
fi
find_or_install_chromium

# --- Tests ----------------------------------------------------------------------------------------

# One assembly after the other: each uses all cores itself, and one that crashes takes no other along.
for project in tests/*.Tests; do
    name=$(basename "$project")
    short=${name#OrderKit.} short=${short%.Tests}
    case ",$only," in ,, | *",$short,"*) ;; *) continue ;; esac
    say "$name"
    if [ -z "$(find "$project" -name '*.cs' -not -path '*/obj/*' -print -quit)" ]; then
        echo "No tests yet."
        continue
    fi

    # The results say what ran; the exit code says whether the process itself came to a good end.
    run dotnet test "$project/bin/$configuration/net10.0/$name.dll" \
        --results-directory "$work/results" --logger "trx;LogFileName=$name.trx" --logger "console;verbosity=minimal" \
        --blame-hang-timeout 20m --blame-hang-dump-type none \
        ${filter:+--filter "$filter"} ${extra[@]+"${extra[@]}"}
    code=$?

    read -r total executed ok < <(grep -ohE '<Counters [^>]*>' "$work/results/$name.trx" 2>/dev/null | tail -1 |
        sed -E 's/.* total="([0-9]+)".* executed="([0-9]+)".* passed="([0-9]+)".*/\1 \2 \3/') || total=0 executed=0 ok=0
    bad=$((executed - ok))
    if [ $code -ne 0 ] && [ $bad -eq 0 ]; then
        echo "$name: the test process ended with code $code."
        bad=1
    fi
    passed=$((passed + ok)) failed=$((failed + bad)) skipped=$((skipped + total - executed))
done

# --- The trimmer ----------------------------------------------------------------------------------

if [ -z "$only" ] && [ ${#extra[@]} -eq 0 ]; then
    say "OrderKit.TrimSmoke: published trimmed, a trimmer's warning is an error"
    if run dotnet publish tests/OrderKit.TrimSmoke -c "$configuration" -m:2 -nologo -v:quiet -o "$work/trimmed" &&
        run "$work/trimmed/OrderKit.TrimSmoke"; then
        passed=$((passed + 1))
    else
        echo "OrderKit.TrimSmoke failed."
        failed=$((failed + 1))
    fi
fi

end
