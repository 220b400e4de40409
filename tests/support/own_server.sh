#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# A database server of one test's own, to be killed: what is committed survives that.
#     own_server.sh prepare postgresql|mariadb <folder> [good|expired|elsewhere]
#         makes the data; with a word, a certificate for localhost, an expired one, or one for another host, in <folder>/tls:
#         ca.pem signs it, other_ca.pem does not
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

# A certificate authority that trusts nobody else, and what it signs.
make_certificates() {
    local names='DNS:localhost,DNS:127.0.0.1,IP:127.0.0.1' from=20200101000000Z until=20990101000000Z ca
    case $1 in
    expired) until=20200102000000Z ;;
    elsewhere) names='DNS:elsewhere.example' ;;
    esac
    mkdir -p tls
    for ca in ca other_ca; do
        openssl req -x509 -newkey rsa:2048 -nodes -days 3650 -subj "/CN=Azoth test $ca" -keyout "tls/$ca.key" -out "tls/$ca.pem"
    done
    openssl req -newkey rsa:2048 -nodes -subj /CN=azoth -keyout tls/server.key -out tls/server.csr
    cat >tls/ca.conf <<TEXT
[ca]
default_ca = test
[test]
database = tls/index.txt
serial = tls/serial
new_certs_dir = tls
default_md = sha256
policy = any
x509_extensions = server
[any]
commonName = supplied
[server]
subjectAltName = $names
extendedKeyUsage = serverAuth
TEXT
    : >tls/index.txt
    echo 01 >tls/serial
    openssl ca -batch -config tls/ca.conf -cert tls/ca.pem -keyfile tls/ca.key -startdate $from -enddate $until \
        -in tls/server.csr -out tls/server.pem -notext
    chmod 600 tls/server.key
}

tls=()
case $verb-$kind in
prepare-*) if [[ -n $port ]]; then make_certificates "$port" >openssl.log 2>&1; fi ;;
serve-postgresql)
    if [[ -d tls ]]; then tls=(-c ssl=on -c ssl_cert_file="$folder/tls/server.pem" -c ssl_key_file="$folder/tls/server.key"); fi ;;
serve-mariadb)
    if [[ -d tls ]]; then
        tls=(--ssl-ca="$folder/tls/ca.pem" --ssl-cert="$folder/tls/server.pem" --ssl-key="$folder/tls/server.key")
    fi ;;
esac

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
    exec "${as_user[@]}" setpriv --pdeathsig KILL "$bin/postgres" -D "$folder/data" -p "$port" "${tls[@]}" >>server.log 2>&1
    ;;
serve-mariadb)
    exec "${as_user[@]}" setpriv --pdeathsig KILL "$mariadbd" "${options[@]}" --bind-address=127.0.0.1 --port="$port" \
        --socket="$folder/socket" --pid-file="$folder/pid" --init-file="$folder/init.sql" "${tls[@]}" >>server.log 2>&1
    ;;
esac
