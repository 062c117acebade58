/* SPDX-License-Identifier: Apache-2.0 */
/* Launches every operator of the workload: writes the descriptor, rings the doorbell, sleeps until the front end's
   interrupt, checks the status, reports. Each way to fail has a code of its own. */
#include "firmware/common/firmware.h"

enum { kWrongBlock = 1, kNothingToDo = 2, kRefused = 3, kNotComplete = 4, kTrap = 100 };

static volatile uint32_t causes; /* of the front end's interrupts so far */

__attribute__((interrupt("machine"), aligned(4), used)) void vr_trap_entry(void) {
    const uint32_t cause = VR_CSR_READ(mcause);
    if (cause != VR_CAUSE_EXTERNAL) {
        vr_log("hello_doorbell: exception\n");
        vr_exit((int)(kTrap + (cause & 0xffu)));
    }
    const uint32_t pending = vr_read(VR_COMMAND_FRONT_END_INTERRUPT_PENDING);
    vr_write(VR_COMMAND_FRONT_END_INTERRUPT_PENDING, pending);
    causes |= pending;
}

/* Sleeps until an interrupt has come. It is looked for with interrupts off, so that none comes between the look and
   the sleep: wfi wakes for a pending one all the same. */
static uint32_t wait_for_front_end(void) {
    for (;;) {
        VR_CSR_CLEAR(mstatus, VR_MSTATUS_MIE);
        if (causes != 0) {
            return causes;
        }
        __asm__ volatile("wfi");
        VR_CSR_SET(mstatus, VR_MSTATUS_MIE);
    }
}

int main(void) {
    vr_log("hello_doorbell: management core is up\n");
    if (vr_read(VR_COMMAND_FRONT_END_ID) != 0x56524645u) {
        return kWrongBlock;
    }
    const uint32_t operators = vr_read(VR_COMMAND_FRONT_END_OPERATORS);
    if (operators == 0) {
        return kNothingToDo;
    }
    VR_CSR_SET(mie, VR_MIE_EXTERNAL);
    vr_write(VR_COMMAND_FRONT_END_INTERRUPT_ENABLE,
             VR_COMMAND_FRONT_END_INTERRUPT_ENABLE_DONE_MASK | VR_COMMAND_FRONT_END_INTERRUPT_ENABLE_REFUSED_MASK);
    vr_write(VR_COMMAND_FRONT_END_LAUNCH_FIRST, 0);
    vr_write(VR_COMMAND_FRONT_END_LAUNCH_COUNT, operators);
    vr_write(VR_COMMAND_FRONT_END_DOORBELL, VR_COMMAND_FRONT_END_DOORBELL_RING);
    vr_log("hello_doorbell: the doorbell is rung\n");
    if ((wait_for_front_end() & VR_COMMAND_FRONT_END_INTERRUPT_PENDING_REFUSED_MASK) != 0) {
        return kRefused;
    }
    if ((vr_read(VR_COMMAND_FRONT_END_STATUS) & VR_COMMAND_FRONT_END_STATUS_COMPLETE_MASK) == 0 ||
        vr_read(VR_COMMAND_FRONT_END_COMPLETED) != operators) {
        return kNotComplete;
    }
    vr_log("hello_doorbell: every operator is complete\n");
    return 0;
}
