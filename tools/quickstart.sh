#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# From a clone to a running program: installs what is missing, builds the quickstart with the SQLite driver, runs it.
#     tools/quickstart.sh [database URL; the default, sqlite://, lives in memory]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# shellcheck source=tools/steps.sh
source tools/steps.sh
step setup tools/setup.sh --minimal
# shellcheck source=tools/steps.sh
source tools/steps.sh # Ninja may have been installed just now
step configure configure quickstart
step build cmake --build --preset quickstart -j "$AZOTH_JOBS"
step run build/quickstart/examples/1_tutorial/01_quickstart "$@"
