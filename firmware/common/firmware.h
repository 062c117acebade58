/* SPDX-License-Identifier: Apache-2.0 */
/* What every firmware needs: registers, log, end of the run, interrupts. Not here: a C library. */
#ifndef VR_FIRMWARE_H
#define VR_FIRMWARE_H

#include <registers/command_front_end.h>
#include <registers/management_core.h>
#include <stdint.h>

static inline uint32_t vr_read(uint32_t address) {
    return *(volatile uint32_t*)address;
}
static inline void vr_write(uint32_t address, uint32_t value) {
    *(volatile uint32_t*)address = value;
}

/* Appends a text to the log; "\n" ends its line. */
static inline void vr_log(const char* text) {
    __asm__ volatile("" ::: "memory"); /* the device reads the text from memory */
    vr_write(VR_MANAGEMENT_CORE_LOG_STRING, (uint32_t)text);
}

/* Ends the run: 0 passes, anything else fails with that code. */
__attribute__((noreturn)) void vr_exit(int code);

#define VR_MSTATUS_MIE 8u
#define VR_MIE_EXTERNAL (1u << 11)
#define VR_CAUSE_EXTERNAL 0x8000000bu

#define VR_CSR_READ(name)                                      \
    ({                                                         \
        uint32_t value_;                                       \
        __asm__ volatile("csrr %0, " #name : "=r"(value_));    \
        value_;                                                \
    })
#define VR_CSR_SET(name, bits) __asm__ volatile("csrs " #name ", %0" ::"r"(bits) : "memory")
#define VR_CSR_CLEAR(name, bits) __asm__ volatile("csrc " #name ", %0" ::"r"(bits) : "memory")

#endif
