// SPDX-License-Identifier: Apache-2.0
// wgmma.mma_async as text (PTX ISA, "Asynchronous warpgroup level matrix instructions"): lists of
// accumulator registers d0, d1, ... that a PTX block declares itself.
#pragma once

#include <cuda_runtime.h>

#include <cstdint>

// WGMMA is compiled for sm_90a alone; elsewhere kernels that use it are empty.
#if !defined(__CUDA_ARCH__) || defined(__CUDA_ARCH_FEAT_SM90_ALL)
#define VRSIM_KIT_HAS_WGMMA 1
#endif

// OP("0") ... OP("9") with the tens in front.
#define KIT_ONES(OP, t) OP(t "1") OP(t "2") OP(t "3") OP(t "4") OP(t "5") OP(t "6") OP(t "7")
#define KIT_TEN(OP, t) OP(t "0") KIT_ONES(OP, t) OP(t "8") OP(t "9")
// OP of 1 ... COUNT - 1; number 0 stands apart, so that lists begin without a comma.
#define KIT_AFTER_0_OF_4(OP) OP("1") OP("2") OP("3")
#define KIT_AFTER_0_OF_32(OP) \
    KIT_ONES(OP, "") OP("8") OP("9") KIT_TEN(OP, "1") KIT_TEN(OP, "2") OP("30") OP("31")
#define KIT_AFTER_0_OF_64(OP) \
    KIT_ONES(OP, "")          \
    OP("8")                   \
    OP("9")                   \
    KIT_TEN(OP, "1")          \
    KIT_TEN(OP, "2")          \
    KIT_TEN(OP, "3") KIT_TEN(OP, "4") KIT_TEN(OP, "5") OP("60") OP("61") OP("62") OP("63")
#define KIT_AFTER_0_OF_128(OP)                                                           \
    KIT_ONES(OP, "")                                                                     \
    OP("8")                                                                              \
    OP("9")                                                                              \
    KIT_TEN(OP, "1")                                                                     \
    KIT_TEN(OP, "2")                                                                     \
    KIT_TEN(OP, "3") KIT_TEN(OP, "4") KIT_TEN(OP, "5") KIT_TEN(OP, "6") KIT_TEN(OP, "7") \
        KIT_TEN(OP, "8") KIT_TEN(OP, "9") KIT_TEN(OP, "10") KIT_TEN(OP, "11") OP("120")  \
            KIT_ONES(OP, "12")

#define KIT_COMMA_D(i) ", d" i
#define KIT_XOR_D(i) "xor.b32 %1, %1, d" i ";\n\t"
#define KIT_ZERO_D(i) "mov.b32 d" i ", 0;\n\t"
