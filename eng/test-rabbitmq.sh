#!/usr/bin/env bash
# Runs one throw-away RabbitMQ server while another process, its owner, lives.
#
#   eng/test-rabbitmq.sh OWNER_PID FOLDER HOME_OF_RABBITMQ [USER]
#
# test.sh starts this script in its own session. It works like eng/test-postgres.sh: when the owner
# ends for any reason, the script stops the server and its port mapper and removes the folder.
# Everything listens on 127.0.0.1. FOLDER/password contains the password of the user orderkit.
# FOLDER/ready contains the port while the server is ready. FOLDER/failed exists if it cannot start;
# FOLDER/log says why.
#
# To stop or start the server, a test writes one word to another file, moves it to FOLDER/command and
# waits until that file is removed:
#   kill     kill -9 without a restart       stop     an orderly stop
#   start    start on the same port with the same data, and wait until the server is ready
set -u

owner=$1 folder=$2 home=$3 user=${4:-}
server= mapper=

. "$(dirname "${BASH_SOURCE[0]}")/test-owner.sh"

# exec, so that $! is the process of the server itself.
as_user() {
    if [ -n "$user" ]; then exec setpriv --reuid="$user" --regid="$user" --clear-groups -- "$@"; else exec "$@"; fi
}

end() { # process, signal
    if [ -n "$1" ]; then
        kill "-$2" "$1" 2>/dev/null
        wait "$1" 2>/dev/null
    fi
}

clean_up() {
    end "$server" KILL
    end "$mapper" KILL
    cd / && rm -rf -- "$folder"
}
trap 'clean_up; exit 0' EXIT
trap 'exit 0' TERM INT HUP

cd "$folder" || exit 1
exec >"$folder/log" 2>&1 </dev/null

start() {
    mv -f "$folder/output" "$folder/output.before" 2>/dev/null
    (as_user "$home/sbin/rabbitmq-server") >"$folder/output" 2>&1 &
    server=$!
    for _ in $(seq 1 1200); do
        owner_lives || exit 0
        kill -0 "$server" 2>/dev/null || break
        if grep -qs 'Server startup complete' "$folder/output"; then
            is_ready "$port"
            return 0
        fi
        sleep 0.1
    done
    end "$server" KILL
    server=
    cat "$folder/output"
    return 1
}

# Erlang would start a mapper that outlives it. This one has its own port and ends with this script.
start_mapper() {
    (as_user epmd -port "$ERL_EPMD_PORT" -address 127.0.0.1) &
    mapper=$!
    for _ in $(seq 1 100); do
        (exec 3<>"/dev/tcp/127.0.0.1/$ERL_EPMD_PORT") 2>/dev/null && return 0
        kill -0 "$mapper" 2>/dev/null || return 1
        sleep 0.05
    done
    return 1
}

unset "${!RABBITMQ_@}" "${!ERL_@}"
export HOME=$folder LANG=C.UTF-8 LC_ALL=C.UTF-8
export RABBITMQ_CONF_ENV_FILE=$folder/env.conf RABBITMQ_CONFIG_FILE=$folder/rabbitmq.conf
export RABBITMQ_ADVANCED_CONFIG_FILE=$folder/advanced.config RABBITMQ_ENABLED_PLUGINS_FILE=$folder/plugins
export RABBITMQ_MNESIA_BASE=$folder/data RABBITMQ_LOG_BASE=$folder/logs RABBITMQ_LOGS=- RABBITMQ_PID_FILE=$folder/pid
export RABBITMQ_NODENAME=orderkit$$@localhost RUNNING_UNDER_SYSTEMD=1 ERL_EPMD_ADDRESS=127.0.0.1
# After a restart, a single server may have a quorum queue that never elects a leader (rabbitmq-server#10070, seen with 3.10.8).
# An operator would trigger the election with rabbitmqctl eval. Here the server does it itself. The text must not contain a space.
elect='spawn(fun()->Again=fun(Again)->timer:sleep(500),'
elect+='catch([ra:trigger_election({Queue,node()})||{Queue,_}<-ra_directory:list_registered(quorum_queues),'
elect+='ra_leaderboard:lookup_leader(Queue)=:=undefined]),Again(Again)end,Again(Again)end)'
# Without busy waiting, which would take processor time from the tests.
export RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS='-kernel inet_dist_use_interface {127,0,0,1} +sbwt none +sbwtdcpu none +sbwtdio none'
RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS+=" -eval $elect"
echo '[].' >"$folder/plugins"
: >"$folder/env.conf"
mkdir -p "$folder/data" "$folder/logs"

for _ in 1 2 3 4 5; do
    owner_lives || exit 0
    port=$(free_port)
    ERL_EPMD_PORT=$(free_port) RABBITMQ_DIST_PORT=$(free_port)
    export ERL_EPMD_PORT RABBITMQ_DIST_PORT
    (umask 077 && cat >"$folder/rabbitmq.conf") <<EOF
listeners.tcp.1 = 127.0.0.1:$port
default_user = orderkit
default_pass = $(cat "$folder/password")
log.console = true
log.console.level = info
disk_free_limit.absolute = 50MB
EOF
    [ -n "$user" ] && chown -R "$user": "$folder"
    start_mapper && start && break
    end "$mapper" KILL
    mapper=
done
[ -n "$server" ] || fail

while owner_lives; do
    if [ -e "$folder/command" ]; then
        case $(cat "$folder/command") in
            kill) rm -f "$folder/ready"; end "$server" KILL; server= ;;
            stop) rm -f "$folder/ready"; end "$server" TERM; server= ;;
            start) [ -n "$server" ] || start || fail ;;
        esac
        rm -f "$folder/command"
    fi
    sleep 0.1
done
