// SPDX-License-Identifier: Apache-2.0
// What Verilator calls when an assertion of the SystemVerilog fails or $stop and $finish run: by
// default it ends the program; here it throws, so that the run ends as every failed check does.
#include "rtl/runtime/print.h"  // before verilated.h, which has a default of its own

#include <verilated.h>

#include <cstdarg>
#include <cstdio>

#include "models/base/error.h"

namespace {

[[noreturn]] void throw_stop(const char* file, int line, const char* where, const char* what) {
    const std::string scope =
        where != nullptr && *where != '\0' ? fmt::format(" in {}", where) : "";
    throw vr::CheckFailed(fmt::format("{}:{}: {}{}: see the assertion above",
                                      file != nullptr ? file : "", line, what, scope));
}

}  // namespace

int vrsim_rtl_print(const char* format, ...) {
    std::va_list arguments;
    va_start(arguments, format);
    const int written = std::vfprintf(stderr, format, arguments);
    va_end(arguments);
    return written;
}

void vl_stop(const char* file, int line, const char* where) {
    throw_stop(file, line, where, "the RTL stopped");
}

void vl_finish(const char* file, int line, const char* where) {
    throw_stop(file, line, where, "the RTL called $finish");
}

void vl_fatal(const char* file, int line, const char* where, const char* message) {
    throw_stop(file, line, where, message);
}
