#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Starts a private PostgreSQL and MariaDB: unprivileged user, data in a temporary folder, free loopback ports.
# They end with the command and with this script, however that ends; only SIGKILL to the script leaves the data folder behind.
#     tools/test_servers.sh -- command args...   runs the command with the two URLs in its environment
#     tools/test_servers.sh                      prints the URLs, serves until interrupted
# The URLs are AZOTH_TEST_POSTGRESQL_URL and AZOTH_TEST_MARIADB_URL. Exit status is the command's.
# shellcheck disable=SC2317 # shellcheck does not see that the trap calls the functions
set -euo pipefail

command=()
case ${1-} in
'') ;;
--) shift; command=("$@") ;;
*) echo "tools/test_servers.sh [-- command args...]" >&2; exit 2 ;;
esac

# ---- tools and user --------------------------------------------------------------------------
give_up() {
    echo "test servers: $1" >&2
    exit 1
}

# Debian keeps PostgreSQL's server programs out of the PATH, a folder for each version.
postgres_bin=$(command -v initdb || find /usr/lib/postgresql/*/bin -name initdb 2>/dev/null | sort -V | tail -n 1 || true)
[[ -n $postgres_bin ]] || give_up "no PostgreSQL server (initdb) found; tools/setup.sh --servers installs it"
postgres_bin=$(dirname "$(readlink -f "$postgres_bin")")
mariadbd=$(PATH=$PATH:/usr/sbin command -v mariadbd) ||
    give_up "no MariaDB server (mariadbd) found; tools/setup.sh --servers installs it"

# Neither server runs as root.
as_user=()
if ((EUID == 0)); then
    id nobody >/dev/null 2>&1 || give_up "running as root, and there is no user nobody to run the servers as"
    as_user=(setpriv --reuid nobody --regid "$(id -g nobody)" --clear-groups)
fi

# ---- stopping --------------------------------------------------------------------------------
folder=$(mktemp -d "${TMPDIR:-/tmp}/azoth-servers.XXXXXX")
postgres_pid='' mariadb_pid='' command_pid='' preparing=()

# A process and all it started, children first asked for while their parent is still there to name them.
terminate_tree() {
    local children=() child
    read -r -a children < <(cat "/proc/$1/task/$1/children" 2>/dev/null || true) || true
    kill -TERM "$1" 2>/dev/null || true
    for child in "${children[@]}"; do
        terminate_tree "$child"
    done
}

# Waits up to 10 s for a child of ours to end, then kills it.
reap() {
    local i
    for ((i = 0; i < 200; ++i)); do
        kill -0 "$1" 2>/dev/null || break
        sleep 0.05
    done
    kill -KILL "$1" 2>/dev/null || true
    wait "$1" 2>/dev/null || true
}

stop_all() {
    trap '' INT TERM HUP # once is enough
    if [[ -n $command_pid ]] && kill -0 "$command_pid" 2>/dev/null; then
        terminate_tree "$command_pid"
        reap "$command_pid"
    fi
    local pid
    for pid in "${preparing[@]}"; do
        terminate_tree "$pid"
        reap "$pid"
    done
    exec 2>/dev/null # bash would report the killed server
    [[ -z $postgres_pid ]] || kill -INT "$postgres_pid" 2>/dev/null || true # fast: does not wait for clients
    # The data is thrown away next, so MariaDB need not tidy it up first.
    [[ -z $mariadb_pid ]] || kill -KILL "$mariadb_pid" 2>/dev/null || true
    [[ -z $postgres_pid ]] || reap "$postgres_pid"
    [[ -z $mariadb_pid ]] || reap "$mariadb_pid"
    rm -rf "$folder"
}
trap stop_all EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
trap 'exit 129' HUP

# ---- starting --------------------------------------------------------------------------------
# A port nobody listens on, below the range the kernel gives to outgoing connections.
free_port() {
    local port
    while :; do
        port=$((20000 + (RANDOM * 32768 + RANDOM) % 12000))
        (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || break
    done
    echo "$port"
}

# serve <signal> <log> <program...>: in the background, in a session of its own so that Ctrl-C reaches this script and not
# the server; the kernel sends it <signal> should this script be killed. The process id is in $!.
serve() {
    local signal=$1 log=$2
    shift 2
    (cd "$folder" && exec setsid "${as_user[@]}" setpriv --pdeathsig "$signal" "$@") >"$log" 2>&1 </dev/null &
}

# wait_until <pid> <log> <command...>: until the command succeeds; fails when the process ends first.
wait_until() {
    local pid=$1 log=$2 i
    shift 2
    for ((i = 0; i < 600; ++i)); do
        if "$@" >/dev/null 2>&1; then return 0; fi
        kill -0 "$pid" 2>/dev/null || return 1
        sleep 0.05
    done
    return 1
}

initialise_postgres() {
    (cd "$folder" && "${as_user[@]}" "$postgres_bin/initdb" -D "$folder/postgres" --no-sync --username azoth \
        --pwfile "$folder/password" --auth scram-sha-256 --encoding UTF8 --locale C.UTF-8) >"$folder/initdb.log" 2>&1 ||
        { cat "$folder/initdb.log" >&2 || true; return 1; }
    cat >>"$folder/postgres/postgresql.conf" <<TEXT
listen_addresses = '127.0.0.1'
unix_socket_directories = '$folder'
fsync = off
synchronous_commit = off
full_page_writes = off
wal_level = minimal
max_wal_senders = 0
autovacuum = off
max_connections = 200
max_prepared_transactions = 20
TEXT
}

start_postgres() {
    local attempt
    for attempt in 1 2 3 4 5; do
        postgres_port=$(free_port)
        serve INT "$folder/postgres.log" "$postgres_bin/postgres" -D "$folder/postgres" -p "$postgres_port"
        postgres_pid=$!
        if wait_until "$postgres_pid" "$folder/postgres.log" "$postgres_bin/pg_isready" -q -h 127.0.0.1 -p "$postgres_port"; then
            PGPASSWORD=secret "$postgres_bin/psql" -X -q -h 127.0.0.1 -p "$postgres_port" -U azoth -d postgres \
                -c 'CREATE DATABASE azoth'
            return 0
        fi
        grep -q 'Address already in use' "$folder/postgres.log" || break
    done
    cat "$folder/postgres.log" >&2
    give_up "PostgreSQL does not start (attempt $attempt), its log is above"
}

initialise_mariadb() {
    "${as_user[@]}" mkdir -p "$folder/mariadb/mysql" "$folder/mariadb/azoth"
    # What mariadb-install-db does, less the checks, time zones and help texts: 1 s instead of 4.
    {
        echo 'USE mysql;'
        cat /usr/share/mysql/mysql_system_tables.sql /usr/share/mysql/mysql_performance_tables.sql
        echo "SET @auth_root_socket = NULL, @skip_auth_anonymous = 1, @current_hostname = 'localhost';"
        cat /usr/share/mysql/mysql_system_tables_data.sql
    } | "${as_user[@]}" "$mariadbd" "${mariadb_options[@]}" --bootstrap --log-warnings=0 >"$folder/bootstrap.log" 2>&1 ||
        { cat "$folder/bootstrap.log" >&2; return 1; }
}

start_mariadb() {
    local attempt
    for attempt in 1 2 3 4 5; do
        mariadb_port=$(free_port)
        serve TERM "$folder/mariadb.log" "$mariadbd" "${mariadb_options[@]}" --bind-address=127.0.0.1 \
            --port="$mariadb_port" --socket="$folder/mariadb.sock" --pid-file="$folder/mariadb.pid" \
            --init-file="$folder/init.sql"
        mariadb_pid=$!
        if wait_until "$mariadb_pid" "$folder/mariadb.log" env MYSQL_PWD=secret mariadb --no-defaults \
            -h 127.0.0.1 -P "$mariadb_port" -u azoth -e 'SELECT 1' azoth; then
            return 0
        fi
        grep -q 'Address already in use' "$folder/mariadb.log" || break
    done
    cat "$folder/mariadb.log" >&2
    give_up "MariaDB does not start (attempt $attempt), its log is above"
}

started=$EPOCHREALTIME
mariadb_options=(
    --no-defaults --datadir="$folder/mariadb" --tmpdir="$folder" --skip-log-bin --skip-name-resolve
    --character-set-server=utf8mb4 --collation-server=utf8mb4_general_ci
    --innodb-buffer-pool-size="${AZOTH_TEST_INNODB_BUFFER_POOL:-32M}"
    --innodb-log-file-size="${AZOTH_TEST_INNODB_LOG:-16M}" --innodb-flush-log-at-trx-commit=0
    --innodb-doublewrite=0 --innodb-flush-method=nosync --aria-log-file-size=8M --max-connections=200
)
echo secret >"$folder/password"
cat >"$folder/init.sql" <<'TEXT'
CREATE OR REPLACE USER azoth@'%' IDENTIFIED BY 'secret';
GRANT ALL PRIVILEGES ON *.* TO azoth@'%' WITH GRANT OPTION;
CREATE DATABASE IF NOT EXISTS azoth;
TEXT
chmod 755 "$folder"
if ((EUID == 0)); then
    chown nobody "$folder" "$folder/password" "$folder/init.sql"
fi
chmod 600 "$folder/password"
# Both are prepared at once, then started one after the other (each start is a fraction of a second).
initialise_postgres &
postgres_ready=$!
initialise_mariadb &
mariadb_ready=$!
preparing=("$postgres_ready" "$mariadb_ready")
wait "$postgres_ready" || give_up "PostgreSQL's data folder cannot be made, see above"
start_postgres
wait "$mariadb_ready" || give_up "MariaDB's data folder cannot be made, see above"
preparing=()
start_mariadb

export AZOTH_TEST_POSTGRESQL_URL=postgresql://azoth:secret@127.0.0.1:$postgres_port/azoth
export AZOTH_TEST_MARIADB_URL=mariadb://azoth:secret@127.0.0.1:$mariadb_port/azoth
elapsed=$((${EPOCHREALTIME/[.,]/} - ${started/[.,]/}))
printf 'test servers: PostgreSQL on port %d, MariaDB on port %d, up in %d.%d s\n' "$postgres_port" "$mariadb_port" \
    $((elapsed / 1000000)) $((elapsed / 100000 % 10)) >&2

# ---- serving ---------------------------------------------------------------------------------
if ((${#command[@]} == 0)); then
    echo "export AZOTH_TEST_POSTGRESQL_URL=$AZOTH_TEST_POSTGRESQL_URL"
    echo "export AZOTH_TEST_MARIADB_URL=$AZOTH_TEST_MARIADB_URL"
    echo "test servers: stop with Ctrl-C" >&2
    command=(sleep infinity)
fi
# In the background and waited for, so that a signal to this script alone is acted on at once. A shell starts background
# commands with SIGINT ignored and no input: undo both. Like the servers it ends when this script is killed.
setpriv --pdeathsig TERM env --default-signal=INT,QUIT "${command[@]}" <&0 &
command_pid=$!
status=0
wait "$command_pid" || status=$?
command_pid=''
exit "$status"
