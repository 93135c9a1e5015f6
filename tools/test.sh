#!/bin/sh
# Everything CI runs: prerequisites, lint, the tests on SQLite, and the database tests again on a real PostgreSQL.
# Usage: tools/test.sh BIN
set -eu
bin=$1
sh tools/prerequisites.sh
sh tools/lint.sh "$bin"

work=$(mktemp -d /tmp/cityloop-postgres.XXXXXX)
dir=$work/server
chmod 755 "$work"
trap 'sh tools/postgres.sh stop "$dir"; rm -rf "$work"' EXIT INT TERM
url=${CITYLOOP_TEST_POSTGRES:-$(sh tools/postgres.sh start "$dir")}

CITYLOOP_TEST_POSTGRES=$url "$bin/pytest" -n 2 --dist loadgroup -m "not slow" -q
if [ -n "$url" ]; then
    echo "the database tests again, on PostgreSQL" >&2
    CITYLOOP_TEST_DATABASE_URL=$url CITYLOOP_TEST_POSTGRES=$url \
        "$bin/pytest" -n 2 --dist loadgroup -m "not slow and not browser and not sqlite_only" -q \
        tests/kernel tests/sense tests/analyse tests/decide tests/serve tests/supervise
elif [ "${CI:-}" = true ]; then
    echo "PostgreSQL is missing, so its tests could not run" >&2
    exit 1
fi
