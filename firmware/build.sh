#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Builds one firmware: build.sh gcc|clang FOLDER GENERATED-HEADERS OUTPUT.elf, from every .c file of FOLDER (a path, or the
# name of a folder beside this file). The committed files are what Debian 12's gcc-riscv64-unknown-elf 12.2 makes;
# neither paths nor dates get into them.
set -eu
home=$(cd "$(dirname "$0")/.." && pwd)
compiler=$1 folder=$2 headers=$3 output=$4
case $folder in */*) ;; *) folder=$home/firmware/$folder ;; esac
for path in folder headers output; do  # all absolute: the compiler runs in the tree
    eval "value=\$$path"
    case $value in /*) ;; *) eval "$path=\$PWD/\$value" ;; esac
done
set -- "$folder"/*.c
[ -f "$1" ] || { echo "build.sh: no .c file in $folder" >&2; exit 2; }
set -- -I. "-I$headers" "-I$folder" "-ffile-prefix-map=$folder=." "-ffile-prefix-map=$home=." \
    -mabi=ilp32 -Os -std=c11 -Wall -Wextra -Werror -ffreestanding -fno-builtin -fno-asynchronous-unwind-tables \
    -nostdlib -static -Wl,--build-id=none -Wl,-s -Wl,-n -T firmware/common/firmware.ld \
    firmware/common/start.S firmware/common/firmware.c "$@" -o "$output"
cd "$home"
case $compiler in
gcc) exec riscv64-unknown-elf-gcc -march=rv32imc_zicsr "$@" ;;
clang) exec clang --target=riscv32-unknown-elf -march=rv32imc -fuse-ld=lld -mno-relax "$@" ;;
*) echo "build.sh: unknown compiler $compiler; allowed: gcc, clang" >&2; exit 2 ;;
esac
