#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Installs the build into a scratch prefix and builds main.cpp against it, by find_package and by pkg-config.
#     run.sh <cmake> <build folder> <compiler> <compiler flags>
set -euo pipefail

cmake=$1 build=$2 compiler=$3
read -r -a flags <<<"${4-}"
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
scratch=$build/package_test
prefix=$scratch/prefix

rm -rf "$scratch"
mkdir -p "$scratch"
"$cmake" --install "$build" --prefix "$prefix" >"$scratch/install.log" || { cat "$scratch/install.log"; exit 1; }

echo "== find_package"
"$cmake" -S "$here" -B "$scratch/build" -DCMAKE_PREFIX_PATH="$prefix" -DCMAKE_CXX_COMPILER="$compiler" \
    -DCMAKE_CXX_FLAGS="${4-}" >"$scratch/configure.log" || { cat "$scratch/configure.log"; exit 1; }
"$cmake" --build "$scratch/build"
"$scratch/build/consumer"

echo "== pkg-config"
pc=$(find "$prefix" -name azoth.pc)
export PKG_CONFIG_PATH=${pc%/*}
pkg-config --exists --print-errors azoth
read -r -a cflags < <(pkg-config --cflags azoth)
read -r -a libs < <(pkg-config --libs azoth)
if [[ " ${cflags[*]} " != *" -I${prefix}"* && " ${cflags[*]} " != *"package_test/prefix"* ]]; then
    echo "azoth.pc does not point into the installed tree: ${cflags[*]}" >&2
    exit 1
fi
"$compiler" "${flags[@]}" "${cflags[@]}" "$here/main.cpp" "${libs[@]}" -o "$scratch/consumer_pc"
"$scratch/consumer_pc"
