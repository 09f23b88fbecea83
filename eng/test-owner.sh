# shellcheck shell=bash
# Shared by the scripts that run throw-away servers: watches the owner process. Source it with `owner` and `folder` set.

# Compares state and start time, because a zombie counts as dead and a process id may be reused.
identity() {
    if [ -r "/proc/$1/stat" ]; then
        sed 's/.*) //' "/proc/$1/stat" 2>/dev/null | awk '$1 != "Z" && $1 != "X" { print $20 }'
    else
        kill -0 "$1" 2>/dev/null && echo alive
    fi
}
owner_identity=$(identity "$owner")
owner_lives() { [ -n "$owner_identity" ] && [ "$(identity "$owner")" = "$owner_identity" ]; }

fail() {
    touch "$folder/failed"
    while owner_lives; do sleep 0.2; done # the owner reads the log first
    exit 1
}

# Below the range of ports that the system uses for outgoing connections.
free_port() {
    local port
    while :; do
        port=$((20000 + (RANDOM * 32768 + RANDOM) % 12000))
        (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || break
    done
    echo "$port"
}

is_ready() { # port
    echo "$1" >"$folder/ready.new" && mv "$folder/ready.new" "$folder/ready"
}
