#!/bin/sh
# A PostgreSQL server of our own for the tests, on loopback, in a folder that is thrown away.
# Usage: tools/postgres.sh start DIR   (prints the URL, or nothing where PostgreSQL is not installed)
#        tools/postgres.sh stop DIR
set -eu
action=$1
dir=$2
bin=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1)
[ -n "$bin" ] || exit 0

# The server refuses to run as root: there it runs as the user that Debian's package made.
as_server() {
    if [ "$(id -u)" = 0 ]; then
        su postgres -s /bin/sh -c "$*"
    else
        sh -c "$*"
    fi
}

case $action in
start)
    mkdir -p "$dir"
    if [ "$(id -u)" = 0 ]; then chown postgres "$dir"; fi
    port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
    as_server "$bin/initdb -D $dir/data -U cityloop --auth=trust --encoding=UTF8 --locale=C.UTF-8" >"$dir.log" 2>&1
    as_server "$bin/pg_ctl -D $dir/data -w -o '-p $port -c listen_addresses=127.0.0.1 -c unix_socket_directories=$dir -c fsync=off' -l $dir/server.log start" >>"$dir.log" 2>&1
    as_server "$bin/createdb -h 127.0.0.1 -p $port -U cityloop cityloop"
    echo "postgresql://cityloop@127.0.0.1:$port/cityloop"
    ;;
stop)
    [ ! -d "$dir/data" ] || as_server "$bin/pg_ctl -D $dir/data -m immediate stop" >/dev/null 2>&1 || true
    rm -rf "$dir" "$dir.log"
    ;;
esac
