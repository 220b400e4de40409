#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Runs an example program on one kind of database, in a fresh database of its own, and compares what it prints.
#     examples_test.sh sqlite|postgresql|mariadb <program> <source path without suffix>
# Expected is <source>.<database>.out when there is one, else <source>.out. Exit 77: no such server configured.
set -euo pipefail

database=$1 program=$2 source=$3
expected=$source.$database.out
[[ -f $expected ]] || expected=$source.out
scratch=$(mktemp -d)
name=azoth_example_$$

# The parts of scheme://user:password@host:port/database
split_url() {
    [[ $1 =~ ^([a-z+]+)://([^:@/]+):([^@/]*)@([^:/]+):([0-9]+)/([^?]*) ]] || {
        echo "cannot read the URL of the $database test server" >&2
        exit 1
    }
    user=${BASH_REMATCH[2]} password=${BASH_REMATCH[3]} host=${BASH_REMATCH[4]} port=${BASH_REMATCH[5]}
    main=${BASH_REMATCH[6]}
}

# sql <statement>: on the server, as the test user
sql() {
    case $database in
    postgresql) PGPASSWORD=$password psql -X -q -h "$host" -p "$port" -U "$user" -d "$main" -c "$1" ;;
    mariadb) MYSQL_PWD=$password mariadb --no-defaults -h "$host" -P "$port" -u "$user" -e "$1" "$main" ;;
    esac
}

cleanup() {
    rm -rf "$scratch"
    if [[ $database != sqlite && -n ${created-} ]]; then
        sql "DROP DATABASE IF EXISTS $name" || true
    fi
}
trap cleanup EXIT

case $database in
sqlite) url=sqlite:// ;;
postgresql) server=${AZOTH_TEST_POSTGRESQL_URL-} ;;
mariadb) server=${AZOTH_TEST_MARIADB_URL-} ;;
esac
if [[ $database != sqlite ]]; then
    if [[ -z $server ]]; then
        echo "skipped: no $database server configured (tools/test_servers.sh starts one)"
        [[ -z ${AZOTH_TEST_REQUIRE_SERVERS-} ]] || exit 1
        exit 77
    fi
    split_url "$server"
    sql "CREATE DATABASE $name"
    created=1
    url=${server%%://*}://$user:$password@$host:$port/$name
fi

"$program" "$url" >"$scratch/out"
if ! diff -u "$expected" "$scratch/out"; then
    echo "$(basename "$source") on $database does not print what $(basename "$expected") promises" >&2
    exit 1
fi
