// SPDX-License-Identifier: Apache-2.0
// Version and source revision of this program.
#pragma once

namespace vr {

/// "0.1.0".
[[nodiscard]] const char* version_text();
/// Short commit hash, with "-dirty" when the tree had changes; "unknown" outside git.
[[nodiscard]] const char* revision_text();

}  // namespace vr
