#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Installs what Azoth is built on, with apt-get, and only what is missing.
set -euo pipefail

usage() {
    cat <<'TEXT'
tools/setup.sh [--minimal] [--servers] [--clang]
    (nothing)   what the whole build and its tests need
    --minimal   only what the quickstart needs: compiler, CMake, Asio, SQLite
    --servers   also PostgreSQL and MariaDB, for tools/test.sh; neither is started as a system service
    --clang     also Clang 19 with its sanitizers
TEXT
}

base=(g++ cmake ninja-build ccache pkg-config libasio-dev libsqlite3-dev libfmt-dev robin-map-dev nlohmann-json3-dev libboost-dev)
full=(python3 libpq-dev libmariadb-dev libcli11-dev catch2 libbenchmark-dev iso-codes)
servers=(postgresql mariadb-server-core mariadb-client-core)
clang=(clang-19 libclang-rt-19-dev llvm-19) # the last for readable sanitizer reports

wanted=("${base[@]}" "${full[@]}")
for argument in "$@"; do
    case $argument in
    --minimal) wanted=("${base[@]}") ;;
    --servers) wanted+=("${servers[@]}") ;;
    --clang) wanted+=("${clang[@]}") ;;
    -h | --help) usage; exit 0 ;;
    *) usage >&2; exit 2 ;;
    esac
done

# One clear line, then out.
give_up() {
    echo "setup: $1" >&2
    exit 1
}

is_installed() {
    [[ $(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null) == installed ]]
}

if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
    # Another distribution: its names differ, so CMake has to tell what is missing.
    echo "setup: no apt-get here; needed are the equivalents of: ${wanted[*]}"
    exit 0
fi

missing=()
for package in "${wanted[@]}"; do
    is_installed "$package" || missing+=("$package")
done
if ((${#missing[@]} == 0)); then
    echo "setup: all ${#wanted[@]} packages are installed"
    exit 0
fi
echo "setup: missing: ${missing[*]}"

run=()
if ((EUID != 0)); then
    if ! command -v sudo >/dev/null || ! sudo -n true 2>/dev/null; then
        give_up "not root, so cannot install; run as root: apt-get install ${missing[*]}"
    fi
    run=(sudo)
fi

# Debian's packages create and start a system database server. The tests start their own, so suppress that
# while installing, and leave no trace of it behind.
policy=/usr/sbin/policy-rc.d
no_cluster=/etc/postgresql-common/createcluster.d/azoth-setup.conf
undo=() made_folder=''
cleanup() {
    if ((${#undo[@]})); then
        "${run[@]}" rm -f "${undo[@]}"
    fi
    if [[ -n $made_folder ]]; then
        "${run[@]}" rmdir --ignore-fail-on-non-empty "${no_cluster%/*}"
    fi
}
trap cleanup EXIT
if [[ " ${missing[*]} " == *" postgresql "* ]]; then
    if [[ ! -e $policy ]]; then
        undo+=("$policy")
        printf '#!/bin/sh\nexit 101\n' | "${run[@]}" tee "$policy" >/dev/null
        "${run[@]}" chmod 755 "$policy"
    fi
    if [[ ! -e $no_cluster ]]; then
        undo+=("$no_cluster")
        [[ -d ${no_cluster%/*} ]] || made_folder=1
        "${run[@]}" mkdir -p "${no_cluster%/*}"
        echo 'create_main_cluster = false' | "${run[@]}" tee "$no_cluster" >/dev/null
    fi
fi

log=$(mktemp)
undo+=("$log")
echo "setup: apt-get update"
"${run[@]}" apt-get update >"$log" 2>&1 || true # the packages may be in the cache already
echo "setup: apt-get install ${missing[*]}"
if ! "${run[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "${missing[@]}" \
    >>"$log" 2>&1; then
    grep -E '^(E|W|Err):?' "$log" | tail -n 5 >&2 || tail -n 5 "$log" >&2
    give_up "apt-get could not install ${missing[*]} (no network, or not Debian 12 or newer?)"
fi
echo "setup: installed ${#missing[@]} packages"
