#!/usr/bin/env bash
# Runs one throw-away PostgreSQL server while another process, its owner, lives.
#
#   eng/test-postgres.sh OWNER_PID FOLDER BIN_FOLDER [USER [SETTINGS ...]]
#
# test.sh starts this script in its own session. The script runs initdb and the server itself, so
# nothing is left behind if the owner is killed: when the owner ends for any reason, the script stops
# the server and removes the folder. FOLDER/ready contains the port once the server is ready.
# FOLDER/failed exists if it cannot start; FOLDER/log says why. SETTINGS are passed to the server.
set -u

owner=$1 folder=$2 bin=$3 user=${4:-}
settings=("${@:5}")
server=

. "$(dirname "${BASH_SOURCE[0]}")/test-owner.sh"

as_user() {
    if [ -n "$user" ]; then runuser -u "$user" -- "$@"; else "$@"; fi
}

clean_up() {
    if [ -e "$folder/data/postmaster.pid" ]; then
        as_user "$bin/pg_ctl" stop -D "$folder/data" -m immediate -w -t 30
    fi
    if [ -n "$server" ]; then
        kill -QUIT "$server" 2>/dev/null
        wait "$server" 2>/dev/null
    fi
    cd / && rm -rf -- "$folder"
}
trap 'clean_up; exit 0' EXIT
trap 'exit 0' TERM INT HUP

cd "$folder" || exit 1
exec >"$folder/log" 2>&1 </dev/null

as_user "$bin/initdb" -D "$folder/data" -U orderkit --pwfile="$folder/password" -A scram-sha-256 \
    -E UTF8 --locale=C --no-sync --no-instructions || as_user test -e "$folder/data/PG_VERSION" || fail

for _ in 1 2 3 4 5; do
    owner_lives || exit 0
    port=$(free_port)
    as_user "$bin/postgres" -D "$folder/data" -p "$port" \
        -c listen_addresses=127.0.0.1 -c unix_socket_directories="$folder" \
        -c fsync=on -c synchronous_commit=on -c full_page_writes=on \
        -c max_connections=300 -c timezone=UTC ${settings[@]+"${settings[@]}"} &
    server=$!

    for _ in $(seq 1 300); do
        owner_lives || exit 0
        kill -0 "$server" 2>/dev/null || break
        # The last line of the pid file says whether the server is ready or still starting.
        if grep -qs '^ready' "$folder/data/postmaster.pid"; then
            is_ready "$port"
            while owner_lives && kill -0 "$server" 2>/dev/null; do sleep 0.2; done
            exit 0
        fi
        sleep 0.1
    done
    kill -QUIT "$server" 2>/dev/null
    wait "$server" 2>/dev/null
    server=
done
fail
