#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# same_ticks.sh PROGRAM...: the programs print the same, and that is 4,000 ticks, some after a wait.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
for program; do
    "$program" >"$folder/now"
    [ -e "$folder/first" ] || cp "$folder/now" "$folder/first"
    cmp "$folder/first" "$folder/now" || { echo "$program differs from $1"; exit 1; }
done
[ "$(grep -c '^access ' "$folder/first")" = 4000 ]
tail -n 1 "$folder/first"
grep -q '^[1-9][0-9]* accesses waited' "$folder/first"
