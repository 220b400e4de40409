#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Builds the benchmarks (release preset), runs them on SQLite and on a private PostgreSQL and MariaDB.
#     tools/bench.sh [--workload W2,W3] [--database sqlite,mariadb] [--contender raw,core] [--repeats N]
#                    [--unpinned] [--json FILE]     prints a markdown table
#     tools/bench.sh --micro [arguments of Google Benchmark...]
# AZOTH_BENCH_BUILD names another build folder, which is then used as it is.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

micro=0 servers=1
for argument in "$@"; do
    case $argument in
    --micro) micro=1 ;;
    -h | --help) sed -n '3,7s/^# \{0,1\}//p' tools/bench.sh; exec python3 tools/bench.py --help ;;
    esac
done

# SQLite alone needs no server.
case "$* " in *"--database sqlite "* | *"--database=sqlite "*) servers=0 ;; esac

# The table alone goes to standard output.
prepare() {
    # shellcheck source=tools/steps.sh
    source tools/steps.sh
    step configure configure release -DAZOTH_EXAMPLES=OFF -DAZOTH_VERIFY_HEADERS=OFF
    step build cmake --build --preset release -j "$AZOTH_JOBS" --target "$@"
}

build=${AZOTH_BENCH_BUILD:-build/release}
if ((micro)); then
    [[ -n ${AZOTH_BENCH_BUILD-} ]] || prepare azoth_bench_micro >&2
    arguments=()
    for argument in "$@"; do
        [[ $argument == --micro ]] || arguments+=("$argument")
    done
    exec taskset -c "$(taskset -cp $$ | sed 's/.*[ ,-]//')" "$build/bench/azoth_bench_micro" "${arguments[@]}"
fi

[[ -n ${AZOTH_BENCH_BUILD-} ]] || prepare azoth_bench_raw azoth_bench >&2
run=(python3 tools/bench.py --build "$build/bench" "$@")
if ((servers)); then
    # On top of what the tests' servers have (no fsync, no waiting for the log): data in memory, and room for it.
    # MariaDB syncs its files at each DROP and CREATE TABLE whatever it is told; on a disk the next contender would
    # wait for that.
    export AZOTH_TEST_INNODB_BUFFER_POOL=256M AZOTH_TEST_INNODB_LOG=96M
    [[ -w /dev/shm ]] && export TMPDIR=/dev/shm
    exec tools/test_servers.sh -- "${run[@]}"
fi
exec "${run[@]}"
