/* SPDX-License-Identifier: Apache-2.0 */
/* Start-up of a firmware: stack, global pointer, trap handler, zeroed data, main(); what main() returns ends the run. */
    .section .text.start, "ax"
    .global _start
_start:
    .option push
    .option norelax
    la gp, __global_pointer$
    .option pop
    la sp, __stack_top
    la t0, vr_trap_entry
    csrw mtvec, t0
    la t0, __bss_start
    la t1, __bss_end
1:  bgeu t0, t1, 2f
    sw zero, 0(t0)
    addi t0, t0, 4
    j 1b
2:  call main
    call vr_exit
3:  j 3b
