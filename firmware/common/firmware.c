/* SPDX-License-Identifier: Apache-2.0 */
#include "firmware/common/firmware.h"

void vr_exit(int code) {
    vr_write(VR_MANAGEMENT_CORE_TEST_STATUS, (uint32_t)code << 1 | 1u);
    for (;;) {
    }
}
