#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# A database server of one test's own, to be killed: what is committed survives that.
#     own_server.sh prepare postgresql|mariadb <folder>          makes the data
#     own_server.sh serve postgresql|mariadb <folder> <port>     becomes the server
# User azoth, password secret, database azoth. The server ends with the program that started it.
set -euo pipefail

verb=$1 kind=$2 folder=$3 port=${4-}
as_user=()
if ((EUID == 0)); then
    as_user=(setpriv --reuid nobody --regid "$(id -g nobody)" --clear-groups)
fi
case $kind in
postgresql)
    bin=$(command -v initdb || find /usr/lib/postgresql/*/bin -name initdb | sort -V | tail -n 1)
    bin=$(dirname "$(readlink -f "$bin")")
    ;;
mariadb)
    mariadbd=$(PATH=$PATH:/usr/sbin command -v mariadbd)
    options=(--no-defaults --datadir="$folder/data" --tmpdir="$folder" --skip-log-bin --skip-name-resolve
        --innodb-buffer-pool-size=32M --innodb-log-file-size=16M --innodb-flush-log-at-trx-commit=1
        --innodb-doublewrite=0 --innodb-flush-method=nosync --aria-log-file-size=8M --max-connections=100)
    ;;
esac
cd "$folder"

case $verb-$kind in
prepare-postgresql)
    echo secret >password
    if ((EUID == 0)); then chown -R nobody "$folder"; fi
    "${as_user[@]}" "$bin/initdb" -D "$folder/data" --no-sync --username azoth --pwfile "$folder/password" \
        --auth scram-sha-256 --encoding UTF8 --locale C.UTF-8 >initdb.log 2>&1
    # synchronous_commit stays on: killed, the server has lost nothing that it reported.
    cat >>data/postgresql.conf <<TEXT
listen_addresses = '127.0.0.1'
unix_socket_directories = '$folder'
fsync = off
TEXT
    echo 'CREATE DATABASE azoth' | "${as_user[@]}" "$bin/postgres" --single -D "$folder/data" postgres >/dev/null 2>&1
    ;;
prepare-mariadb)
    mkdir -p data/mysql data/azoth
    cat >init.sql <<'TEXT'
CREATE OR REPLACE USER azoth@'%' IDENTIFIED BY 'secret';
GRANT ALL PRIVILEGES ON *.* TO azoth@'%' WITH GRANT OPTION;
TEXT
    if ((EUID == 0)); then chown -R nobody "$folder"; fi
    {
        echo 'USE mysql;'
        cat /usr/share/mysql/mysql_system_tables.sql /usr/share/mysql/mysql_performance_tables.sql
        echo "SET @auth_root_socket = NULL, @skip_auth_anonymous = 1, @current_hostname = 'localhost';"
        cat /usr/share/mysql/mysql_system_tables_data.sql
    } | "${as_user[@]}" "$mariadbd" "${options[@]}" --bootstrap --log-warnings=0 >bootstrap.log 2>&1
    ;;
serve-postgresql)
    exec "${as_user[@]}" setpriv --pdeathsig KILL "$bin/postgres" -D "$folder/data" -p "$port" >>server.log 2>&1
    ;;
serve-mariadb)
    exec "${as_user[@]}" setpriv --pdeathsig KILL "$mariadbd" "${options[@]}" --bind-address=127.0.0.1 --port="$port" \
        --socket="$folder/socket" --pid-file="$folder/pid" --init-file="$folder/init.sql" >>server.log 2>&1
    ;;
esac
