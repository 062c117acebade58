/* SPDX-License-Identifier: Apache-2.0 */
/* Launches the workload's operators one after the other and holds each to a budget of cycles: a test of speed whose
   verdict is the exit code. Not here: interrupts; it looks until the front end says that an operator is complete. */
#include "firmware/common/firmware.h"

enum { kLate = 1, kRefused = 2, kNothingToDo = 3, kTrap = 100 };
enum { kBudget = 20000 }; /* of the management core's cycles */

__attribute__((interrupt("machine"), aligned(4), used)) void vr_trap_entry(void) {
    vr_exit(kTrap);
}

static void log_number(uint32_t number) {
    if (number >= 10) {
        log_number(number / 10);
    }
    vr_write(VR_MANAGEMENT_CORE_LOG_CHARACTER, '0' + number % 10);
}

int main(void) {
    const uint32_t operators = vr_read(VR_COMMAND_FRONT_END_OPERATORS);
    if (operators == 0) {
        return kNothingToDo;
    }
    for (uint32_t i = 0; i < operators; ++i) {
        const uint32_t start = VR_CSR_READ(mcycle);
        vr_write(VR_COMMAND_FRONT_END_LAUNCH_FIRST, i);
        vr_write(VR_COMMAND_FRONT_END_LAUNCH_COUNT, 1);
        vr_write(VR_COMMAND_FRONT_END_DOORBELL, VR_COMMAND_FRONT_END_DOORBELL_RING);
        while (vr_read(VR_COMMAND_FRONT_END_COMPLETED) <= i) {
            if ((vr_read(VR_COMMAND_FRONT_END_STATUS) & VR_COMMAND_FRONT_END_STATUS_ERROR_MASK) != 0) {
                return kRefused;
            }
        }
        const uint32_t cycles = VR_CSR_READ(mcycle) - start;
        vr_log("my_firmware: operator ");
        log_number(i);
        vr_log(" took ");
        log_number(cycles);
        vr_log(" cycles\n");
        if (cycles > kBudget) {
            return kLate;
        }
    }
    return 0;
}
