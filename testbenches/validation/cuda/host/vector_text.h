// SPDX-License-Identifier: Apache-2.0
// Vector files as `vrsim numerics check` reads them (models/numerics/check/vector_check.h): one
// dot product a line, in hexadecimal.
#pragma once

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "testbenches/validation/cuda/host/error.h"
#include "testbenches/validation/cuda/host/probe.h"

namespace vr::kit {

/// Elements of a format, element 0 first.
inline std::string elements_text(NumberFormat format, const std::vector<std::uint32_t>& codes) {
    const int digits = (properties(format).bits + 3) / 4;
    std::string text;
    for (const std::uint32_t code : codes) {
        char one[12];
        std::snprintf(one, sizeof one, "%0*x", digits, code);
        text += one;
    }
    return text;
}

/// A whole file. `results` are the codes of d, as the device left them; `origin` is one line
/// without '=' (origin.h).
inline std::string vector_text(const ProbeInstruction& of, const std::string& origin,
                               const std::vector<ProbeCase>& cases,
                               const std::vector<std::uint32_t>& results) {
    if (cases.size() != results.size()) {
        throw Error(kFailed, "a vector file of " + std::to_string(cases.size()) + " cases with " +
                                 std::to_string(results.size()) + " results");
    }
    const auto name = [](NumberFormat format) { return std::string(properties(format).name); };
    std::string text = "# arch=" + of.architecture + " instruction=" + of.instruction +
                       " qualifier=" + of.qualifier + "\n# a=" + name(of.a) + " b=" + name(of.b) +
                       " c=" + name(of.c) + " d=" + name(of.c) + " k=" + std::to_string(of.k);
    if (of.scale) {
        text += " scale=" + name(*of.scale) + " block=" + std::to_string(of.block);
    }
    text += "\n# " + origin + "\n# columns: id class a b c" + (of.scale ? " sa sb" : "") +
            " d   (hex; element 0 first)\n";
    for (std::size_t i = 0; i < cases.size(); ++i) {
        const ProbeCase& one = cases[i];
        text += std::to_string(i + 1) + " " + one.letter + " " + elements_text(of.a, one.a) + " " +
                elements_text(of.b, one.b) + " " + elements_text(of.c, {one.c});
        if (of.scale) {
            text += " " + elements_text(*of.scale, one.a_scales) + " " +
                    elements_text(*of.scale, one.b_scales);
        }
        text += " " + elements_text(of.c, {results[i]}) + "\n";
    }
    return text;
}

/// Where a probe's file goes: dot_ARCH_INSTRUCTION_TYPES.txt.
inline std::string vector_path(const std::string& folder, const ProbeInstruction& of) {
    std::string name = "dot_" + of.architecture + "_" + of.instruction + "_" + of.qualifier;
    for (char& c : name) {
        c = c == '.' ? '_' : c;
    }
    return (std::filesystem::path(folder) / (name + ".txt")).string();
}

/// Writes a new file. Throws Error when it is there or cannot be written.
inline void write_new_file(const std::string& path, const std::string& text) {
    if (std::filesystem::exists(path)) {
        throw Error(kUsage, path + " is there; give another --out, or remove it");
    }
    std::error_code ignored;
    std::filesystem::create_directories(std::filesystem::path(path).parent_path(), ignored);
    std::ofstream stream(path, std::ios::binary);
    stream << text;
    stream.close();
    if (!stream) {
        throw Error(kFailed, path + " cannot be written; is the folder of --out writable?");
    }
}

}  // namespace vr::kit
