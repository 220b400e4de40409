#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Loads the world twice: the second time changes nothing. A bad list leaves nothing behind and names file and row.
#     world_test.sh <program>
set -euo pipefail

world=$1
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
data=/usr/share/iso-codes/json
database=sqlite:///$scratch/world.db

"$world" --database "$database" >"$scratch/first" 2>"$scratch/progress"
head -1 "$scratch/first" | grep -qx loaded
grep -q 'subdivisions: ' "$scratch/progress"
grep -q 'Paris (Metropolitan department) < Île-de-France (Metropolitan region) < France' "$scratch/first"
"$world" --database "$database" >"$scratch/second" 2>/dev/null
head -1 "$scratch/second" | grep -qx 'nothing to change'
diff <(tail -n +2 "$scratch/first") <(tail -n +2 "$scratch/second")

# refuses <what the message must say>: with the lists of $scratch/data, into a database of their own
refuses() {
    rm -f "$scratch/bad.db"
    if "$world" --database "sqlite:///$scratch/bad.db" --data "$scratch/data" >/dev/null 2>"$scratch/error"; then
        echo "a bad list was loaded: $1" >&2
        exit 1
    fi
    grep -q -- "$1" "$scratch/error" || { echo "expected \"$1\", got:" >&2; cat "$scratch/error" >&2; exit 1; }
    # Nothing of it stays: loading the good lists finds an empty database.
    "$world" --database "sqlite:///$scratch/bad.db" >"$scratch/after" 2>/dev/null
    head -1 "$scratch/after" | grep -qx loaded
}
mkdir "$scratch/data"
refuses 'iso_3166-1.json: cannot be read'
cp "$data/iso_3166-1.json" "$scratch/data"
echo 'no json' >"$scratch/data/iso_3166-2.json"
refuses 'iso_3166-2.json: is not JSON'
echo '{"3166-2": [{"code": "AD-02", "name": "Canillo", "type": "Parish"}, {"code": "AD-03"}]}' >"$scratch/data/iso_3166-2.json"
refuses 'iso_3166-2.json: row 2 has no "name"'
echo '{"3166-2": [{"code": "??-1", "name": "x", "type": "y"}]}' >"$scratch/data/iso_3166-2.json"
refuses 'iso_3166-2.json: row 1 (??-1) belongs to no country'
echo "the world is loaded once, and bad lists are refused"
