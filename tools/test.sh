#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Installs what is missing, builds, and runs every test on SQLite and on a private PostgreSQL and MariaDB.
#     tools/test.sh [--preset dev|clang|asan|tsan] [-- ctest arguments...]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

usage() {
    echo "tools/test.sh [--preset dev|clang|asan|tsan] [-- ctest arguments...]"
}

preset=dev
while (($#)); do
    case $1 in
    --preset)
        (($# > 1)) || { usage >&2; exit 2; }
        preset=$2
        shift 2
        ;;
    --preset=*) preset=${1#*=}; shift ;;
    --) shift; break ;;
    -h | --help) usage; exit 0 ;;
    *) usage >&2; exit 2 ;;
    esac
done

setup=(--servers)
case $preset in
dev) ;;
clang | asan | tsan) setup+=(--clang) ;;
*) usage >&2; exit 2 ;;
esac

# shellcheck source=tools/steps.sh
source tools/steps.sh
step setup tools/setup.sh "${setup[@]}"
# shellcheck source=tools/steps.sh
source tools/steps.sh # Ninja may have been installed just now
step configure configure "$preset"
step build cmake --build --preset "$preset" -j "$AZOTH_JOBS"
if [[ $preset == dev ]]; then
    step "headers compile alone" cmake --build --preset headers -j "$AZOTH_JOBS"
fi
# With both servers there is no reason to skip: a test that finds no URL fails.
export AZOTH_TEST_REQUIRE_SERVERS=1
echo "== test"
exec tools/test_servers.sh -- ctest --preset "$preset" -j "$AZOTH_JOBS" "$@"
