// SPDX-License-Identifier: Apache-2.0
#include "app/console.h"

#include <cstdio>

namespace vr {

void Console::print(std::string_view text) const {
    if (!quiet_) {
        std::FILE* stream = json_on_stdout_ ? stderr : stdout;
        std::fwrite(text.data(), 1, text.size(), stream);
        std::fflush(stream);
    }
}

void Console::document(std::string_view text) {
    std::fwrite(text.data(), 1, text.size(), stdout);
    std::fflush(stdout);
}

}  // namespace vr
