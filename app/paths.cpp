// SPDX-License-Identifier: Apache-2.0
#include "app/paths.h"

#include <cstdlib>

namespace vr {

std::string tree_path(const std::string& relative) {
    const char* root = std::getenv("VRSIM_HOME");
    return std::string(root != nullptr && *root != '\0' ? root : VRSIM_SOURCE_DIR) + "/" + relative;
}

}  // namespace vr
