// SPDX-License-Identifier: Apache-2.0
// Writes the C header and the C++ table of a register map:
//     vrsim_registers MAP.toml NAME-IN-HEADERS OUTPUT.h OUTPUT_map.h
#include <cstdio>
#include <fstream>
#include <sstream>

#include "models/base/error.h"
#include "rtl/registers/generator/register_source.h"

namespace {

bool write(const char* path, const std::string& text) {
    std::ofstream out(path, std::ios::binary);
    out << text;
    out.close();
    if (!out) {
        std::fprintf(stderr, "vrsim_registers: cannot write %s\n", path);
    }
    return static_cast<bool>(out);
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 5) {
        std::fputs("usage: vrsim_registers MAP.toml NAME OUTPUT.h OUTPUT_map.h\n", stderr);
        return 2;
    }
    std::ifstream in(argv[1], std::ios::binary);
    std::ostringstream text;
    text << in.rdbuf();
    if (!in) {
        std::fprintf(stderr, "vrsim_registers: cannot read %s\n", argv[1]);
        return 3;
    }
    try {
        const vr::registers::MapSource map = vr::registers::parse_map(text.str(), argv[2]);
        const bool done = write(argv[3], vr::registers::c_header(map)) &&
                          write(argv[4], vr::registers::cpp_table(map));
        return done ? 0 : 2;
    } catch (const vr::Error& error) {
        std::fprintf(stderr, "%s\n", error.what());
        return static_cast<int>(error.exit_code());
    }
}
