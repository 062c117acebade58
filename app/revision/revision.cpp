// SPDX-License-Identifier: Apache-2.0
// The only file that is compiled anew when the revision changes.
#include "app/revision/revision.h"

#include "revision_generated.h"

namespace vr {

const char* version_text() {
    return VRSIM_VERSION;
}
const char* revision_text() {
    return VRSIM_REVISION;
}

}  // namespace vr
