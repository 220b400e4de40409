# shellcheck shell=bash
# SPDX-License-Identifier: MIT
# For the other scripts: `step <name> <command...>` runs a command and says how long it took.

# Compiles with Ninja where it is installed, unless the user chose something else.
if [[ -z ${CMAKE_GENERATOR-} ]] && command -v ninja >/dev/null; then
    export CMAKE_GENERATOR=Ninja
fi
: "${AZOTH_JOBS:=$(nproc)}"

step() {
    local name=$1 started=$EPOCHREALTIME status=0
    shift
    echo "== $name"
    "$@" || status=$?
    local elapsed=$((${EPOCHREALTIME/[.,]/} - ${started/[.,]/}))
    if ((status == 0)); then
        printf '== %s: %d.%d s\n' "$name" $((elapsed / 1000000)) $((elapsed / 100000 % 10))
    else
        printf '== %s: FAILED after %d.%d s\n' "$name" $((elapsed / 1000000)) $((elapsed / 100000 % 10)) >&2
    fi
    return "$status"
}

# configure <preset> [cmake arguments...]: quiet unless it fails or has something to say.
configure() {
    local preset=$1 log status=0
    shift
    if ! command -v cmake >/dev/null; then
        echo "cmake is missing; tools/setup.sh installs it" >&2
        return 1
    fi
    # A build folder made with another generator cannot be used again.
    local cache=build/$preset/CMakeCache.txt generator=${CMAKE_GENERATOR-}
    if [[ -n $generator && -f $cache ]] && ! grep -q "^CMAKE_GENERATOR:INTERNAL=$generator\$" "$cache"; then
        rm -rf "build/$preset"
    fi
    log=$(mktemp)
    cmake --preset "$preset" "$@" >"$log" 2>&1 || status=$?
    if ((status != 0)); then
        cat "$log" >&2
    else
        grep -E 'not found|not built|no tests|Warning' "$log" || true
    fi
    rm -f "$log"
    return "$status"
}
