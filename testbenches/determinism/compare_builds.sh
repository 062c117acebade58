#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Do several builds of vrsim give the same results? Runs three samples with each program and compares the JSON reports
# byte for byte, without `host` and `revision`.
#
#     testbenches/determinism/compare_builds.sh build/release/app/vrsim build/debug/app/vrsim build/clang/app/vrsim
#
# Exit codes: 0 all equal; 1 a difference (its lines are shown) or a run that failed; 2 wrong use.
set -u

if [ $# -lt 2 ]; then
    echo "usage: compare_builds.sh VRSIM VRSIM...  (two built programs or more)" >&2
    exit 2
fi
for program; do
    if [ ! -x "$program" ]; then
        echo "compare_builds.sh: $program is no program; build it first" >&2
        exit 2
    fi
done

root=$(cd "$(dirname "$0")/../.." && pwd) || exit 2
VRSIM_HOME=$root
export VRSIM_HOME
folder=$(mktemp -d) || exit 2
trap 'rm -rf "$folder"' EXIT
trap 'exit 1' HUP INT TERM

# report PROGRAM SAMPLE PLATFORM: the report as far as it must be equal; `host` is its last object.
report() {
    "$1" run "$root/traces/samples/$2.jsonl" --platform "$3" --quiet --json "$folder/whole" || return 1
    sed -e '/^ *"revision": /d' -e '/^ *"host": {$/,$d' "$folder/whole"
}

different=0
while read -r sample platform; do
    first=
    for program; do
        if ! report "$program" "$sample" "$platform" > "$folder/this"; then
            echo "FAILED     $sample on $platform: $program"
            different=1
            continue
        fi
        if [ -z "$first" ]; then
            first=$program
            mv "$folder/this" "$folder/first"
            echo "reference  $sample on $platform: $program, $(wc -c < "$folder/first") bytes"
        elif cmp -s "$folder/first" "$folder/this"; then
            echo "equal      $sample on $platform: $program"
        else
            echo "DIFFERENT  $sample on $platform: $program"
            diff "$folder/first" "$folder/this" | head -n 10
            different=1
        fi
    done
done <<SAMPLES
hello_gemm tiny
nvfp4_gemm tiny
copy rubin
SAMPLES
exit $different
