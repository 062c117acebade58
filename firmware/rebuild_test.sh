#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Rebuilds every committed firmware: rebuild_test.sh gcc|clang VRSIM BUILD-FOLDER. The compiler that made the committed
# file must make the same bytes; what another one makes must pass.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
made_by="12.2.0"
cd "$here/.."
for committed in firmware/prebuilt/*.elf testbenches/examples/*/*.elf; do
    name=$(basename "$committed" .elf)
    case $committed in
    firmware/*) folder=$name ;;
    *) folder=$(dirname "$committed") ;;
    esac
    "$here/build.sh" "$1" "$folder" "$3/generated" "$work/$name.elf"
    if [ "$1" = gcc ] && [ "$(riscv64-unknown-elf-gcc -dumpfullversion)" = "$made_by" ]; then
        cmp "$committed" "$work/$name.elf" || {
            echo "$committed is not what its sources give; firmware/build.sh makes it" >&2
            exit 1
        }
    fi
    "$2" fw run "$work/$name.elf" --platform tiny | grep '^firmware PASS'
done
