#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Builds the fuzzers (Clang, AddressSanitizer, UndefinedBehaviorSanitizer) and runs each for a while.
#     tools/fuzz.sh [seconds]      60 unless said; what breaks one is left in build/fuzz/<fuzzer>/
set -euo pipefail

seconds=${1:-60}
cd "$(dirname "${BASH_SOURCE[0]}")/.."
cmake --preset asan -B build/fuzz -DAZOTH_FUZZERS=ON -DAZOTH_EXAMPLES=OFF >/dev/null
targets=()
for source in tests/fuzz/*_fuzz.cpp; do
    targets+=("azoth_$(basename "$source" .cpp)")
done
cmake --build build/fuzz --target "${targets[@]}" -j "$(nproc)"
for target in "${targets[@]}"; do
    name=${target#azoth_}
    mkdir -p "build/fuzz/$name/corpus"
    echo "== $name, ${seconds} s"
    (cd "build/fuzz/$name" && "../tests/$target" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=1024 -print_final_stats=1 \
        corpus "../../../tests/fuzz/seeds/${name%_fuzz}") 2>&1 | grep -E 'stat::number_of_executed|ERROR|SUMMARY|Test unit' || true
    if compgen -G "build/fuzz/$name/crash-*" >/dev/null || compgen -G "build/fuzz/$name/timeout-*" >/dev/null \
        || compgen -G "build/fuzz/$name/oom-*" >/dev/null; then
        echo "$name: found something, see build/fuzz/$name" >&2
        exit 1
    fi
done
