// SPDX-License-Identifier: Apache-2.0
// Entry point of the vrsim command: parse, run the verb, turn errors into messages and exit codes.
#include <cstdio>
#include <exception>
#include <string_view>

#include "app/command_line.h"
#include "app/console.h"
#include "app/paths.h"
#include "app/verbs.h"
#include "models/base/error.h"

namespace {

constexpr int kInternalError = 70;  // EX_SOFTWARE of sysexits.h: none of our own codes

void print_error(std::string_view text) {
    while (!text.empty()) {
        const std::size_t end = text.find('\n');
        const std::string_view line = text.substr(0, end);
        std::fprintf(stderr, "vrsim: %.*s\n", static_cast<int>(line.size()), line.data());
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    }
}

}  // namespace

// The SystemC library refers to this name; it is never called.
extern "C" int sc_main(int, char**) {
    return 0;
}

int main(int argc, char** argv) {
#ifdef VRSIM_DATA  // a program on an installed vrsim: vrsim_add_program()
    vr::set_tree(VRSIM_DATA);
#endif
    try {
        const vr::CommandLine line = vr::parse_command_line({argv + 1, argv + argc});
        for (const vr::Verb& verb : vr::verbs()) {
            if (line.verb == verb.name) {
                const vr::ExitCode code = verb.run(line);
                vr::Console::finish();
                return static_cast<int>(code);
            }
        }
        return kInternalError;
    } catch (const vr::Error& error) {
        print_error(error.what());
        return static_cast<int>(error.exit_code());
    } catch (const std::exception& error) {
        print_error(error.what());
        return kInternalError;
    }
}
