// SPDX-License-Identifier: Apache-2.0
#include "app/console.h"

#include <cerrno>
#include <cstdio>
#include <cstring>

#include "models/base/error.h"

namespace vr {

namespace {

[[noreturn]] void fail(int error) {
    throw UsageError(
        fmt::format("standard output: cannot write{}{}; the output is not whole: send it to where "
                    "there is room",
                    error == 0 ? "" : ": ", error == 0 ? "" : std::strerror(error)));
}

void write(std::string_view text, std::FILE* stream) {
    errno = 0;
    const bool taken = std::fwrite(text.data(), 1, text.size(), stream) == text.size();
    if ((std::fflush(stream) != 0 || !taken) && stream == stdout) {
        fail(errno);
    }
}

}  // namespace

void Console::print(std::string_view text) const {
    if (!quiet_) {
        write(text, json_on_stdout_ ? stderr : stdout);
    }
}

void Console::document(std::string_view text) {
    write(text, stdout);
}

void Console::finish() {
    errno = 0;
    if (std::fflush(stdout) != 0 || std::ferror(stdout) != 0) {
        fail(errno);
    }
}

}  // namespace vr
