#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Builds one firmware: build.sh gcc|clang NAME GENERATED-HEADERS OUTPUT.elf. The committed files of prebuilt/ are what
# Debian 12's gcc-riscv64-unknown-elf 12.2 makes; neither paths nor dates get into them.
set -eu
cd "$(dirname "$0")/.."
flags="-mabi=ilp32 -Os -std=c11 -Wall -Wextra -Werror -ffreestanding -fno-builtin -fno-asynchronous-unwind-tables -nostdlib -static -I. -I$3"
link="-Wl,--build-id=none -Wl,-s -Wl,-n -T firmware/common/firmware.ld"
case $1 in
gcc) compiler="riscv64-unknown-elf-gcc -march=rv32imc_zicsr" ;;
clang) compiler="clang --target=riscv32-unknown-elf -march=rv32imc -fuse-ld=lld -mno-relax" ;;
*) echo "build.sh: unknown compiler $1; allowed: gcc, clang" >&2; exit 2 ;;
esac
# One command with fixed, relative names: the same bytes wherever the tree lies.
$compiler $flags -ffile-prefix-map="$PWD"=. $link firmware/common/start.S firmware/common/firmware.c "firmware/$2"/*.c -o "$4"
